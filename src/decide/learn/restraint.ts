import type { RestraintMemory } from '../../model/index.ts';
import { levelMs, type Level } from './level.ts';

/** A removal that was undone soon is remembered half as well after a day: what a load does by night says little of its noons. */
const halfLifeMs = 24 * 3_600_000;
/** Chance that is allowed for once removals have been undone, in standard deviations. */
const mostDeviations = 2;
/** Each one takes away three quarters of what is missing to that. */
const missingAfterOne = 0.25;

/** What a look tells of a load that may come back. */
export interface Return {
  readonly level: Level;
  /** It has come down at once: what it was before does not count. */
  readonly fallen: boolean;
  /** Replicas that were decided last, of all variants together. */
  readonly decided: number;
  /** In which a load that drifts may be back. */
  readonly driftMs: number;
  /** In which one look may be a slip. */
  readonly slipMs: number;
}

/**
 * What is remembered so that no more is removed than can be spared: the highest level of late, to which a load that only drifts may drift back, and how often a removal was undone within that time. Noise that calls
 * back what was removed is learned from: then chance is allowed for besides, and for longer.
 */
export function watchRestraint(before: RestraintMemory | undefined, { level, fallen, decided, driftMs, slipMs }: Return, nowMs: number): RestraintMemory {
  let undone = before === undefined ? 0 : before.undone * 2 ** (-(nowMs - before.atMs) / halfLifeMs);
  let removedAtMs = before?.removedAtMs;
  if (before !== undefined && decided < before.decided && !fallen) removedAtMs = nowMs;
  if (before !== undefined && decided > before.decided && removedAtMs !== undefined) {
    if (nowMs - removedAtMs < driftMs && before.decided > 0) undone++;
    removedAtMs = undefined;
  }
  const forMs = fallen ? slipMs : driftMs;
  return { decided, ...(removedAtMs !== undefined && { removedAtMs }), undone, levels: levelsWith(before?.levels, level.perSecond, forMs, nowMs), atMs: nowMs };
}

/** The levels that were seen within `forMs`, each that no later one reached; the highest and oldest first. */
function levelsWith(before: readonly number[] | undefined, perSecond: number, forMs: number, nowMs: number): readonly number[] {
  const levels: number[] = [];
  if (before !== undefined) {
    for (let index = 0; index < before.length; index += 2) {
      const [atMs, level] = [before[index] as number, before[index + 1] as number];
      if (nowMs - atMs < forMs && level > perSecond) levels.push(atMs, level);
    }
  }
  levels.push(nowMs, perSecond);
  return levels;
}

/** Requests per second to which the load may drift back. */
export function mayReturnTo({ levels, undone }: RestraintMemory, dispersion: number): number {
  const highest = levels[1] ?? 0;
  return highest + mostDeviations * (2 - missingAfterOne ** undone) * Math.sqrt((dispersion * highest) / (levelMs / 1000));
}
