import { assert } from '../../base/index.ts';

/**
 * How a request ended. `lost`: without an answer, because its server went away. `refused`: turned away, because no server could take it
 * in time, or ever. `timed-out`: its client gave up.
 */
export type Ending = 'completed' | 'lost' | 'refused' | 'timed-out';

/** One request of a client, from its arrival to its one and only end. */
export interface InferenceRequest {
  readonly id: number;
  readonly modelID: string;
  readonly arrivedAtMs: number;
  readonly promptTokens: number;
  readonly generationTokens: number;
  /** Its prompt begins with the first `tokens` tokens of text `id`, as other prompts may. A conversation is one text that grows. */
  readonly prefix?: { readonly id: number; readonly tokens: number };
  /** When the client had the first token. */
  firstTokenAtMs?: number;
  endedAtMs?: number;
  ending?: Ending;
  /** Called once, when it has ended. */
  readonly onEnd: (request: InferenceRequest) => void;
}

/**
 * Ends a request.
 * @throws when it has ended already: that would be a mistake of the simulator.
 */
export function endRequest(request: InferenceRequest, ending: Ending, atMs: number): void {
  assert(request.ending === undefined, `Request ${request.id} ended twice: ${request.ending} and ${ending}.`);
  request.ending = ending;
  request.endedAtMs = atMs;
  request.onEnd(request);
}
