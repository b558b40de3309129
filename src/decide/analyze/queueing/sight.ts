import { freshValue, type ReplicaObservation } from '../../../model/index.ts';

/** What the replicas of one variant showed together: means of one replica. */
export interface Sight {
  readonly arrivalsPerSecond: number;
  readonly ttftMs: number;
  readonly itlMs: number;
}

/** Of a replica that was ready for a shorter time, the minute that is looked back on was its first. */
const settledMs = 120_000;
/** Arrivals and departures of a queue in its steady state differ by chance alone. */
const mostDifference = 0.25;

/**
 * The busy and settled replicas, each weighing as many requests as came. One with a growing or shrinking queue is in no steady state, and what it shows is of no use here. `undefined`: none
 * is fit to be learned from.
 */
export function sightOf(serving: readonly ReplicaObservation[], fullQueue: number, nowMs: number): Sight | undefined {
  let [count, arrivals, ttft, itl] = [0, 0, 0, 0];
  for (const { readySinceMs, readings } of serving) {
    if (readySinceMs !== undefined && nowMs - readySinceMs < settledMs) continue;
    const [rate, left, first, between] = [readings.arrivalsPerSecond, readings.completionsPerSecond, readings.ttftSeconds, readings.itlSeconds].map((reading) => freshValue(reading) ?? 0) as [number, number, number, number];
    if (!(rate > 0) || !(first > 0) || !(between > 0) || (freshValue(readings.waiting) ?? 0) > fullQueue) continue;
    if (left > 0 && Math.abs(rate - left) > mostDifference * Math.max(rate, left, 0.2)) continue;
    count++;
    arrivals += rate;
    ttft += rate * first;
    itl += rate * between;
  }
  return count === 0 ? undefined : { arrivalsPerSecond: arrivals / count, ttftMs: (1000 * ttft) / arrivals, itlMs: (1000 * itl) / arrivals };
}
