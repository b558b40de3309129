import { freshValue, type RouterReadings } from '../../model/index.ts';
import type { Group } from './group.ts';
import { isYoung } from './telling.ts';

/** Requests per second that come to a group, over the last minute, and those that wait for it. */
export interface Arrivals {
  /** `undefined`: nobody tells; that is not 0. */
  readonly perSecond: number | undefined;
  /** Requests that no replica runs yet, in engines and, where it holds some, in the router. */
  readonly waiting: number;
  readonly source: 'router' | 'replicas';
  /** Serving replicas that have had time to say how they fare, and do not; without a router, what comes to them. */
  readonly silent: number;
}

/** The router's count comes first, where it has one; else what the replicas add up to, with those that are silent taken to have as much as the others. */
export function arrivalsOf({ members }: Group, router: RouterReadings | undefined, nowMs: number): Arrivals {
  let waiting = (router && freshValue(router.waiting)) ?? 0;
  let [total, telling, silent, mute] = [0, 0, 0, 0];
  for (const { supply } of members) {
    for (const replica of supply.serving) {
      const { arrivalsPerSecond, recentArrivalsPerSecond, kvUsedFraction, waiting: queue } = replica.readings;
      waiting += freshValue(queue) ?? 0;
      const young = isYoung(replica, nowMs);
      if (!young && freshValue(queue) === undefined && freshValue(kvUsedFraction) === undefined) mute++;
      const rate = freshValue(arrivalsPerSecond) ?? freshValue(recentArrivalsPerSecond);
      if (rate !== undefined) {
        total += rate;
        telling++;
      } else if (!young) silent++;
    }
  }
  const atRouter = router && (freshValue(router.arrivalsPerSecond) ?? freshValue(router.recentArrivalsPerSecond));
  if (atRouter !== undefined) return { perSecond: atRouter, waiting, source: 'router', silent: mute };
  return { perSecond: telling === 0 ? undefined : (total * (telling + silent)) / telling, waiting, source: 'replicas', silent };
}
