import { quantile } from '../../base/index.ts';
import { createRandom } from '../../runtime/index.ts';
import type { ServingProfile } from '../../simulator/index.ts';
import { measureLog, measurePages } from './measures.ts';
import type { Measures } from './measures.ts';
import { offeredLoad } from './offered-load.ts';
import { playLoad } from './play.ts';
import { readLimits } from './server-limits.ts';
import type { ServerLimits } from './server-limits.ts';
import type { Stage } from './stages.ts';
import type { Tape } from './tape.ts';

/** What a model says of a stretch of a recording, beside what was seen. */
export interface Prediction {
  readonly tape: string;
  readonly stages: readonly Stage[];
  readonly seen: Measures;
  /** Medians over runs that differ in chance. */
  readonly ours: Measures;
  readonly source: 'log' | 'pages';
}

const runs = 9;

/**
 * Plays the load of a recording on a model, and measures both alike. Settings that the recording shows (KV blocks) are its own: a
 * server may have been started with others.
 * @param given settings that its user knows better than its pages tell.
 */
export function predictTape(profile: ServingProfile, tape: Tape, stages: readonly Stage[], given: Partial<ServerLimits> = {}): Prediction {
  const { kvBlocks, blockTokens, maxModelTokens } = readLimits([tape], given).limits;
  const source = tape.requests === undefined ? 'pages' : 'log';
  const load = offeredLoad(tape, source, createRandom('predict').fork(`load ${tape.name}`));
  const server = { ...profile, kvBlocks, blockTokens, maxModelTokens: Math.max(maxModelTokens, profile.maxModelTokens) };
  const pageSeconds = tape.pages.map(({ atSeconds }) => atSeconds);
  const measured = Array.from({ length: runs }, (_, run) => {
    const played = playLoad(server, load, pageSeconds, `predict ${run}`);
    return source === 'log' ? measureLog(played.requests, played.pages, stages) : measurePages(played.pages, stages);
  });
  const ours: Record<string, number> = {};
  for (const name of Object.keys(measured[0] ?? {}) as (keyof Measures)[]) {
    const values = measured.flatMap((one) => one[name] ?? []);
    const middle = quantile(values, 0.5);
    if (middle !== undefined) ours[name] = middle;
  }
  const seen = tape.requests === undefined ? measurePages(tape.pages, stages) : measureLog(tape.requests, tape.pages, stages);
  return { tape: tape.name, stages, seen, ours, source };
}
