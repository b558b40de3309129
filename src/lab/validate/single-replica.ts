import { createRandom } from '../../runtime/index.ts';
import { createEngine, createEventQueue, type InferenceRequest, type ServingProfile } from '../../simulator/index.ts';

/** One request to an idle replica: seconds until its first token leaves the engine. */
export function idleTtftSeconds(profile: ServingProfile, promptTokens: number): number {
  const queue = createEventQueue(0);
  const engine = createEngine({ ...profile, networkMs: 0 }, queue);
  let firstTokenAtMs = Number.NaN;
  engine.submit({ id: 0, modelID: profile.modelID, arrivedAtMs: 0, promptTokens, generationTokens: 1, onEnd: (request) => (firstTokenAtMs = request.firstTokenAtMs ?? Number.NaN) });
  queue.runUntil(Infinity);
  return firstTokenAtMs / 1000;
}

export interface Sustained {
  readonly outputTokensPerSecond: number;
  readonly ttftP99Seconds: number;
}

/** A replica under a Poisson load of one shape for `seconds`; what it did in the second half of them. */
export function sustained(profile: ServingProfile, load: { readonly perSecond: number; readonly promptTokens: number; readonly outputTokens: number }, seconds: number, seed: string): Sustained {
  const queue = createEventQueue(0);
  const engine = createEngine(profile, queue);
  const random = createRandom(seed);
  const ttfts: number[] = [];
  let id = 0;

  function arrive(atMs: number): void {
    if (atMs > seconds * 1000) return;
    queue.at(atMs, () => {
      const request: InferenceRequest = {
        id: id++, modelID: profile.modelID, arrivedAtMs: atMs, promptTokens: load.promptTokens, generationTokens: load.outputTokens,
        onEnd: ({ firstTokenAtMs }) => {
          if (firstTokenAtMs !== undefined && atMs > seconds * 500) ttfts.push((firstTokenAtMs - atMs) / 1000);
        },
      };
      engine.submit(request);
      arrive(atMs + random.exponential(1000 / load.perSecond));
    });
  }

  arrive(random.exponential(1000 / load.perSecond));
  queue.runUntil(seconds * 500);
  engine.running();
  const before = engine.meters.generationTokens;
  queue.runUntil(seconds * 1000);
  engine.running();
  const tokens = engine.meters.generationTokens - before;
  queue.runUntil(Infinity);
  return { outputTokensPerSecond: tokens / (seconds / 2), ttftP99Seconds: ttfts.toSorted((a, b) => a - b)[Math.floor(0.99 * ttfts.length)] ?? Number.NaN };
}
