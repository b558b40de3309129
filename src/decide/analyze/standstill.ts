import { freshValue, type ReplicaObservation, type ReplicaReadings, type StandstillMemory } from '../../model/index.ts';

/** Of the tokens that the running batch would have given over the window: after half a minute without one, of a minute, half are left. */
const plausible = 0.6;

/**
 * A replica says that it runs requests, and neither did any come of late nor does it give the tokens that those would get: its engine hangs, or its page shows the same numbers again and again.
 * Nothing that it counts tells of the load then. A batch that has just come in all at once, and nothing after it, gives too few tokens for a minute's mean too; where it is so large that requests wait, that is not held against it.
 */
export function isAtAStandstill({ running, waiting, recentArrivalsPerSecond, generationTokensPerSecond, itlSeconds }: ReplicaReadings): boolean {
  const batch = freshValue(running) ?? 0;
  const tokens = freshValue(generationTokensPerSecond);
  if (batch <= 0 || tokens === undefined || freshValue(recentArrivalsPerSecond) !== 0) return false;
  if (tokens === 0) return true;
  const itl = freshValue(itlSeconds);
  return itl !== undefined && itl > 0 && freshValue(waiting) === 0 && tokens < (plausible * batch) / itl;
}

export function allStandStill(replicas: readonly Pick<ReplicaObservation, 'readings'>[]): boolean {
  return replicas.every(({ readings }) => isAtAStandstill(readings));
}

/** Recent arrivals are told over so long at least. */
const recentMs = 9000;

/**
 * What is to be remembered of standstill. Counters that move again show at once what has come since they stopped: a page that was old for ten minutes would tell of forty times the load.
 *
 * @param newestMs Of the samples that tell arrivals now.
 */
export function watchStandstill(before: StandstillMemory | undefined, replicas: number, newestMs: number): StandstillMemory | undefined {
  const movedAtMs = before !== undefined && replicas < before.replicas ? newestMs : before?.movedAtMs;
  const isOver = movedAtMs === undefined || newestMs - movedAtMs >= recentMs;
  if (replicas === 0 && isOver) return undefined;
  return { replicas, ...(!isOver && { movedAtMs }) };
}

/** Arrivals are counted from before the move. */
export function hasJustMoved(standstill: StandstillMemory | undefined): boolean {
  return standstill?.movedAtMs !== undefined;
}
