import { assert } from '../../base/index.ts';

/** How a request ended. `lost`: without an answer, because its server went away or none could take it. */
export type Ending = 'completed' | 'lost';

/** One request of a client, from its arrival to its one and only end. */
export interface InferenceRequest {
  readonly id: number;
  readonly modelID: string;
  readonly arrivedAtMs: number;
  readonly promptTokens: number;
  readonly generationTokens: number;
  /** When the first token left the engine. */
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
