import type { Need } from '../../model/index.ts';
import type { Assessment } from '../analyze/learned/assessment.ts';

/** What the load needs, in its parts. */
export function needOf({ source, perSecond, backlogPerSecond, waiting, foreseenWaiting, allowedQueue, measured, level, expected, atMost, lately, reservePerSecond, growth, lateShare, budget, horizonMs }: Assessment): Need {
  return {
    source,
    totalPerSecond: perSecond,
    arrivingPerSecond: perSecond - backlogPerSecond,
    backlogPerSecond,
    waiting,
    foreseenWaiting,
    allowedWaiting: allowedQueue,
    measuredPerSecond: measured,
    levelPerSecond: level.perSecond,
    levelDeviationPerSecond: level.deviation,
    levelSinceMs: level.sinceMs,
    ...(level.before !== undefined && { beforePerSecond: level.before }),
    ...(expected && { expectedPerSecond: expected.perSecond, meanPerSecond: expected.mean, stayingFraction: expected.stays }),
    atMostPerSecond: atMost,
    mayReturnToPerSecond: lately,
    reservePerSecond,
    trendPerSecond: growth,
    horizonMs,
    lateAllowedFraction: lateShare,
    ...(budget && { answered: { requests: budget.requests, late: budget.late } }),
  };
}
