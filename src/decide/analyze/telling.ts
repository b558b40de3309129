import { freshValue, type ReplicaObservation } from '../../model/index.ts';

/** A scrape may come a minute after readiness, and a rate needs two. */
const settlingMs = 120_000;

/** It has just begun to serve: that it says nothing yet means nothing, and it carries nothing that is missed. */
export function isYoung({ readySinceMs }: ReplicaObservation, nowMs: number): boolean {
  return readySinceMs !== undefined && nowMs - readySinceMs < settlingMs;
}

/** It says how it fares. */
export function reports({ kvUsedFraction, waiting }: ReplicaObservation['readings']): boolean {
  return freshValue(kvUsedFraction) !== undefined || freshValue(waiting) !== undefined;
}
