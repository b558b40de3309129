import type { DemandMemory, ModelMemory, Slo } from '../../../model/index.ts';
import { atLeast, watchDemand } from '../../learn/demand.ts';
import { lateShareAllowed } from '../../learn/error-budget.ts';
import { likelyGrowth } from '../../learn/forecast.ts';
import { levelOf } from '../../learn/level.ts';
import { reserveFor } from '../../learn/rises.ts';
import { spreadOf } from '../../learn/spread.ts';
import { besideOthers, carriedUnder, reactionMs, type Ability } from './ability.ts';
import type { Assessment } from './assessment.ts';
import type { Known } from './laws.ts';
import { deviationsOf } from './limits.ts';
import type { Load } from './load.ts';

/** What was known so long ago says nothing of now. */
const longestMs = 900_000;

/**
 * A load of which nobody tells any more, or only what it was minutes ago: by what it was then, and what such a trend brings until replicas that are asked for now would serve. No assessment where nobody tells and it was not growing, or where that is too long
 * ago. It is good for additions only: nothing is removed for what is not known.
 */
export function foreseenBlindly(known: readonly Known[], { old }: Pick<Load, 'old'>, { slo }: { readonly slo: Slo }, before: ModelMemory | undefined, nowMs: number): { readonly assessment: Assessment | undefined; readonly demand: DemandMemory | undefined } {
  const horizonMs = known.reduce((latest, { startup }) => Math.max(latest, startup.lateMs), 0) + reactionMs;
  const last = before?.demand?.rates.at(-2) ?? Infinity;
  const isNews = old !== undefined && old.atMs > last;
  const demand = before?.demand && isNews ? watchDemand(before.demand, old.perSecond, horizonMs, old.atMs).demand : before?.demand;
  const toldAtMs = demand?.rates.at(-2);
  const sharing = known.reduce((total, { member }) => total + member.supply.usable, 0);
  if (demand === undefined || toldAtMs === undefined || sharing === 0 || nowMs - toldAtMs > longestMs) return { assessment: undefined, demand };
  const level = levelOf(demand, toldAtMs);
  const until = likelyGrowth(demand, level, nowMs - toldAtMs + horizonMs);
  if (until <= 0 && !isNews) return { assessment: undefined, demand };
  const grown = likelyGrowth(demand, level, nowMs - toldAtMs);
  const perSecond = atLeast(demand, level, toldAtMs) + grown;
  const growth = until - grown;
  const lateShare = lateShareAllowed(before?.budget, perSecond, horizonMs, slo);
  const rise = Math.max(growth, reserveFor(demand, perSecond, horizonMs, lateShare, nowMs));
  const abilities = known.map((one): Ability => {
    const carries = carriedUnder(one, { demand, rate: perSecond, rise, sharing, deviations: deviationsOf(1 - lateShare) });
    const spread = spreadOf(before?.spread);
    return carries === undefined ? one : spread === undefined ? { ...one, carries } : besideOthers({ ...one, carries }, spread);
  });
  const assessment: Assessment = {
    perSecond,
    atMost: perSecond,
    lately: perSecond,
    turnedOutNeeded: 0,
    backlogPerSecond: 0,
    reservePerSecond: rise,
    waiting: 0,
    foreseenWaiting: 0,
    allowedQueue: 0,
    measured: demand.rates.at(-1) ?? 0,
    level,
    growth,
    lateShare,
    ...(before?.budget && { budget: before.budget }),
    source: 'replicas',
    horizonMs,
    fallen: false,
    abilities,
    toldAtMs,
  };
  return { assessment, demand };
}
