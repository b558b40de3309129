import { freshValue, shareWithin, type ErrorBudget, type LatencyReadings, type ReplicaObservation, type Slo } from '../../model/index.ts';

/** What requests got counts half after two hours: an outage of the morning does not cost replicas all day, and good nights do not pay for bad noons. */
const halfLifeMs = 2 * 3_600_000;
/** Readings are means over a minute; of a longer silence nothing is known. */
const windowMs = 60_000;
/** Mean times between tokens of single requests lie about the mean of their replica by so much of it. */
const itlSpread = 0.05;
/** So much of what is left may be spent within one start-up time. */
const spendable = 2 / 3;
/** A load begins with what so many start-up times without a late request would have left. */
const startingCredit = 8;
/** However much is left, it is of the past: beyond twenty times what may be late a replica is nearly full by its mean. */
const mostTimesAllowed = 20;

/** What a look tells of how requests fare. */
export interface Faring {
  readonly latency: LatencyReadings | undefined;
  readonly serving: readonly Pick<ReplicaObservation, 'readings'>[];
  /** Requests per second that come. */
  readonly perSecond: number;
  /** More wait than could still get their first token in time, in engines or in a router that no engine's latency tells of. */
  readonly overdue: boolean;
}

/** The requests that were answered and those of them that were late, with what the last look brought. `undefined`: nobody has ever told, or there is no target. */
export function watchBudget(before: ErrorBudget | undefined, { latency, serving, perSecond, overdue }: Faring, { ttftSeconds, itlSeconds }: Slo, nowMs: number): ErrorBudget | undefined {
  if (ttftSeconds === undefined && itlSeconds === undefined) return undefined;
  const ttft = latency && freshValue(latency.ttft);
  if (before === undefined) return ttft && { requests: 0, late: 0, atMs: nowMs };
  const sinceMs = nowMs - before.atMs;
  const keep = 2 ** (-sinceMs / halfLifeMs);
  const seconds = Math.min(sinceMs, windowMs) / 1000;
  let answered = 0;
  let lateShare = 1;
  if (overdue) answered = perSecond * seconds;
  else if (ttft !== undefined) {
    answered = ttft.totalPerSecond * seconds;
    const inTime = ttftSeconds === undefined ? 1 : (shareWithin(ttft, ttftSeconds) ?? 1);
    lateShare = Math.min(1, 1 - inTime + lateBetweenTokens(serving, itlSeconds));
  }
  return { requests: keep * before.requests + answered, late: keep * before.late + answered * lateShare, atMs: nowMs };
}

/** The share of requests whose tokens come too slowly: histograms count each token, while a target is of a request's mean, which is near its replica's. */
function lateBetweenTokens(serving: Faring['serving'], itlSeconds: number | undefined): number {
  if (itlSeconds === undefined) return 0;
  let all = 0;
  let late = 0;
  for (const { readings } of serving) {
    const itl = freshValue(readings.itlSeconds);
    const tokens = freshValue(readings.generationTokensPerSecond);
    if (itl === undefined || tokens === undefined || itl <= 0) continue;
    all += tokens;
    late += tokens * beyond((itlSeconds - itl) / (itlSpread * itl));
  }
  return all > 0 ? late / all : 0;
}

/** Share of a normal distribution beyond so many standard deviations, by a logistic curve: absolute error below 0.01 (Bowling et al. 2009, J. Ind. Eng. Manag. 2(1)). */
function beyond(deviations: number): number {
  return 1 / (1 + Math.exp(1.702 * deviations));
}

/**
 * The share of requests that may be late until a replica that is asked for now serves, 0..1: what the SLO allows of them, and a part of what the past has left over of it. Where
 * the past has spent it all, what the SLO allows; nobody is helped by more replicas for what is over.
 */
export function lateShareAllowed(budget: ErrorBudget | undefined, perSecond: number, horizonMs: number, { attainment }: Slo): number {
  const allowed = 1 - attainment;
  const inHorizon = (perSecond * horizonMs) / 1000;
  if (budget === undefined || inHorizon <= 0 || allowed <= 0) return allowed;
  const left = Math.max(0, budget.requests + startingCredit * inHorizon - budget.late / allowed);
  return allowed * Math.min(mostTimesAllowed, 1 + (spendable * left) / inHorizon);
}
