import { createRandom } from '../../runtime/index.ts';
import { createEngine, createEventQueue } from '../../simulator/index.ts';
import type { Engine, Histogram, ServingProfile } from '../../simulator/index.ts';
import type { Buckets, PageReading } from './page-reading.ts';
import type { Offered } from './offered-load.ts';
import type { TapeRequest } from './tape.ts';

/** What a simulated server made of a load, in the form of a recording. */
export interface PlayedTape {
  /** In the order of the load. */
  readonly requests: readonly TapeRequest[];
  readonly pages: readonly PageReading[];
  /** When the last request had ended. */
  readonly endSeconds: number;
}

/** Plays a load on a simulated server and looks at its meters when the recording looked at the genuine ones, and once at the end. */
export function playLoad(profile: ServingProfile, load: readonly Offered[], pageSeconds: readonly number[], seed: string): PlayedTape {
  const queue = createEventQueue(0);
  const engine = createEngine(profile, queue, { random: createRandom(seed).fork('engine') });
  const requests: TapeRequest[] = load.map(({ atSeconds, promptTokens, generationTokens }) => ({ atSeconds, promptTokens, generationTokens }));
  const pages: PageReading[] = [];
  let endSeconds = 0;
  for (const [id, { atSeconds, promptTokens, generationTokens }] of load.entries()) {
    queue.at(1000 * atSeconds, () => {
      engine.submit({
        id, modelID: profile.modelID, arrivedAtMs: 1000 * atSeconds, promptTokens, generationTokens,
        onEnd({ firstTokenAtMs, endedAtMs = Number.NaN, ending }) {
          endSeconds = Math.max(endSeconds, endedAtMs / 1000);
          if (ending !== 'completed' || firstTokenAtMs === undefined) return;
          requests[id] = { atSeconds, promptTokens, generationTokens, ttftSeconds: firstTokenAtMs / 1000 - atSeconds, e2eSeconds: endedAtMs / 1000 - atSeconds };
        },
      });
    });
  }
  for (const at of pageSeconds) queue.at(1000 * at, () => pages.push(readEngine(engine, at)));
  for (let next = queue.nextAtMs(); next !== undefined; next = queue.nextAtMs()) queue.runUntil(next);
  pages.push(readEngine(engine, Math.max(endSeconds, pageSeconds.at(-1) ?? 0) + 0.001));
  return { requests, pages, endSeconds };
}

/** The page that the engine would show, without writing and reading it. */
function readEngine(engine: Engine, atSeconds: number): PageReading {
  const { meters, profile } = engine;
  const buckets = (from: Histogram): Buckets => ({ bounds: from.bounds, ...from.snapshot() });
  return {
    atSeconds,
    running: engine.running(),
    waiting: engine.waiting(),
    kvUsedFraction: engine.kvUsedFraction(),
    promptTokens: meters.promptTokens,
    generationTokens: meters.generationTokens,
    completed: meters.succeeded,
    preemptions: meters.preemptions,
    ttft: buckets(meters.ttft),
    interToken: buckets(meters.interToken),
    perOutputToken: buckets(meters.perOutputToken),
    endToEnd: buckets(meters.endToEnd),
    prefillTime: buckets(meters.prefill),
    promptLength: buckets(meters.requestPromptTokens),
    generationLength: buckets(meters.requestGenerationTokens),
    iterationTokens: buckets(meters.iterationTokens),
    kvBlocks: profile.kvBlocks,
    blockTokens: profile.blockTokens,
  };
}
