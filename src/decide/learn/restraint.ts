import type { RestraintMemory } from '../../model/index.ts';
import { levelMs, type Level } from './level.ts';

/** A removal that was undone soon is remembered half as well after a day: what a load does by night says little of its noons. */
const halfLifeMs = 24 * 3_600_000;
/** Chance that is allowed for once removals have been undone, in standard deviations. */
const mostDeviations = 2;
/** Each one takes away three quarters of what is missing to that. */
const missingAfterOne = 0.25;

/** What turned out to be needed is kept for a day, as long as the load is four fifths of what it was then. */
const neededMs = 24 * 3_600_000;
const sameLoad = 0.8;

/** What a look tells of a load that may come back. */
export interface Return {
  readonly level: Level;
  /** It has come down at once: what it was before does not count. */
  readonly fallen: boolean;
  /** Requests wait too long, or get their tokens too late. */
  readonly late: boolean;
  /** Replicas that were decided last, of all variants together. */
  readonly decided: number;
  /** In which a load that drifts may be back. */
  readonly driftMs: number;
  /** In which one look may be a slip. */
  readonly slipMs: number;
}

/** What follows from a look, but for what the next removal is weighed by. */
export type Restraint = Omit<RestraintMemory, 'weighed' | 'carried'>;

/**
 * What is remembered so that no more is removed than can be spared: the highest level of late, to which a load that only drifts may drift back, and how often a removal was undone within that time. Noise that calls
 * back what was removed is learned from: then chance is allowed for besides. Where requests waited although no more came than had been weighed, less is carried than was thought (by replicas of two kinds behind a router that gives
 * both as much, say), and what was there before is kept.
 */
export function watchRestraint(before: RestraintMemory | undefined, { level, fallen, late, decided, driftMs, slipMs }: Return, nowMs: number): Restraint {
  let undone = before === undefined ? 0 : before.undone * 2 ** (-(nowMs - before.atMs) / halfLifeMs);
  let removal = before?.removal;
  let needed = before?.needed;
  if (before !== undefined && decided < before.decided) removal = { atMs: nowMs, weighed: before.weighed, carried: before.carried, drifted: !fallen };
  if (before !== undefined && decided > before.decided && removal !== undefined) {
    if (nowMs - removal.atMs < driftMs && before.decided > 0) {
      if (late && level.perSecond <= removal.weighed) needed = { atMs: nowMs, perSecond: level.perSecond, carried: removal.carried };
      else if (removal.drifted) undone++;
    }
    removal = undefined;
  }
  if (needed !== undefined && nowMs - needed.atMs >= neededMs) needed = undefined;
  return { decided, ...(removal && { removal }), ...(needed && { needed }), undone, levels: levelsWith(before?.levels, level.perSecond, fallen ? slipMs : driftMs, nowMs), atMs: nowMs };
}

/** Requests per second that have to be carried by what we think, because fewer replicas turned out to be too few; 0 where that is not known. */
export function turnedOutNeeded({ needed, levels }: Restraint): number {
  return needed !== undefined && (levels.at(-1) ?? 0) >= sameLoad * needed.perSecond ? needed.carried : 0;
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
export function mayReturnTo({ levels, undone }: Restraint, dispersion: number): number {
  const highest = levels[1] ?? 0;
  return highest + mostDeviations * (2 - missingAfterOne ** undone) * Math.sqrt((dispersion * highest) / (levelMs / 1000));
}
