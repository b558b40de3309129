import { freshValue, newestArrivals, type ModelMemory, type Reading, type RouterReadings, type Slo, type StandstillMemory } from '../../../model/index.ts';
import { blockedAbove } from '../../learn/prompt-time.ts';
import { meanRate } from '../../learn/level.ts';
import type { Group } from '../group.ts';
import { hasJustMoved, isAtAStandstill, watchStandstill } from '../standstill.ts';

/** What comes to a group, and how its replicas bear it. */
export interface Load {
  /** Requests per second since the look before; absent where nobody tells. */
  readonly perSecond: number | undefined;
  /** When that was true; absent where it is not known. */
  readonly atMs?: number;
  /** What was told last, where that is too old to be the load of now, and when it was true. */
  readonly old?: { readonly perSecond: number; readonly atMs: number };
  /** Where the rate comes from. */
  readonly source: 'router' | 'replicas';
  /** Requests that no replica runs yet, in engines and routers. */
  readonly waiting: number;
  /** Of these, prompts before servers whose caches are full of computed ones: those wait for the servers that answer, and more of these here would not help. */
  readonly blocked: number;
  /** Serving replicas that say nothing although they have had time to, or contradict themselves. */
  readonly silent: number;
  /** False as soon as one of the replicas is at work, or may be: one that is silent may, and one that is on its way was asked for because of somebody. */
  readonly idle: boolean;
  /** Some replica misses a target on average. Of one whose prompts are computed elsewhere, what waits for itself counts: the first token may be late for the other's queue. */
  readonly late: boolean;
  /** To be remembered. */
  readonly standstill?: StandstillMemory;
}

/** A replica that became ready so long ago reports, or something is wrong. */
const settlingMs = 60_000;
/** A rate that some replicas cannot tell yet is held against the last minute. */
const meanMs = 60_000;

/**
 * The load as the router counts it, where there is one that does, and as the replicas add up otherwise: what left them and what is more in flight. One that has just
 * begun to serve has not been seen twice yet; it takes its share, as the others do, of no more than came before.
 */
export function loadOn({ members, stage }: Group, router: RouterReadings | undefined, before: ModelMemory | undefined, { ttftSeconds = Infinity, itlSeconds = Infinity }: Slo, nowMs: number): Load {
  let total = 0;
  let telling = 0;
  let newestMs = 0;
  let young = 0;
  let still = 0;
  let serving = 0;
  let idle = true;
  let late = false;
  let blocked = 0;
  let waiting = (router && freshValue(router.waiting)) ?? 0;
  for (const { supply } of members) {
    if (supply.usable > supply.ready) idle = false;
    for (const { readings, readySinceMs } of supply.serving) {
      serving++;
      waiting += freshValue(readings.waiting) ?? 0;
      if (stage === 'prompts' && (freshValue(readings.kvUsedFraction) ?? 0) > blockedAbove) blocked += freshValue(readings.waiting) ?? 0;
      if (freshValue(readings.running) !== 0 || freshValue(readings.waiting) !== 0) idle = false;
      if ((freshValue(stage === 'answers' ? readings.queueSeconds : readings.ttftSeconds) ?? 0) > ttftSeconds || (freshValue(readings.itlSeconds) ?? 0) > itlSeconds) late = true;
      if (isAtAStandstill(readings)) {
        still++;
        continue;
      }
      const rate = newestArrivals(readings);
      if (rate.kind === 'fresh') {
        total += rate.value;
        telling++;
        if (rate.atMs > newestMs) newestMs = rate.atMs;
      } else if (readySinceMs !== undefined && nowMs - readySinceMs < settlingMs) young++;
    }
  }
  const silent = serving - telling - young;
  // where all of them stand still it is not the load that does, whatever a router says: it is looked at through the same eyes
  const atRouter = router && newestArrivals(router);
  const standstill = watchStandstill(before?.standstill, still, atRouter?.kind === 'fresh' ? Math.max(newestMs, atRouter.atMs) : newestMs);
  const seen = { waiting, blocked, silent, late, ...(standstill && { standstill }) };
  if ((still > 0 && still === serving) || hasJustMoved(standstill)) return { perSecond: undefined, source: 'replicas', ...seen, idle: false };
  if (silent > 0) idle = false;
  if (atRouter?.kind === 'fresh') return { perSecond: atRouter.value, atMs: atRouter.atMs, source: 'router', ...seen, idle: idle && atRouter.value === 0 && waiting === 0 };
  // a rate needs two pages of the router; what waits before the first replica is told by one, and is reason enough
  if (serving === 0 && waiting > 0) return { perSecond: 0, source: 'router', ...seen, idle: false };
  if (telling === 0) {
    const old = oldRate(members, router);
    return { perSecond: undefined, ...(old && { old }), source: 'replicas', ...seen, idle: false };
  }
  const all = (total * serving) / telling;
  const usual = young === 0 || before?.demand === undefined ? Infinity : meanRate(before.demand.rates, nowMs, meanMs);
  const perSecond = young === 0 ? all : Math.max(total, Math.min(all, usual));
  return { perSecond, atMs: newestMs, source: 'replicas', ...seen, idle: idle && perSecond === 0 && waiting === 0 };
}

/** The rate that router or replicas told last, at the time of the oldest sample of it; `undefined` where one of them has told none. */
function oldRate(members: Group['members'], router: RouterReadings | undefined): Load['old'] {
  const atRouter = router && (known(router.recentArrivalsPerSecond) ?? known(router.arrivalsPerSecond));
  if (atRouter) return { perSecond: atRouter.value, atMs: atRouter.atMs };
  let perSecond = 0;
  let atMs = Infinity;
  for (const { supply } of members) {
    for (const { readings } of supply.serving) {
      const rate = known(readings.recentArrivalsPerSecond) ?? known(readings.arrivalsPerSecond);
      if (rate === undefined) return undefined;
      perSecond += rate.value;
      atMs = Math.min(atMs, rate.atMs);
    }
  }
  return atMs < Infinity ? { perSecond, atMs } : undefined;
}

function known(reading: Reading): Exclude<Reading, { kind: 'missing' }> | undefined {
  return reading.kind === 'missing' ? undefined : reading;
}
