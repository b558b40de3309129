import { freshValue, type Reading } from './reading.ts';
import type { RouterReadings } from './model-observation.ts';

/** Arrivals over the shortest time that tells them, where that is fresh; else over the longer one. */
export function newestArrivals({ recentArrivalsPerSecond, arrivalsPerSecond }: Pick<RouterReadings, 'recentArrivalsPerSecond' | 'arrivalsPerSecond'>): Reading {
  return recentArrivalsPerSecond.kind === 'fresh' ? recentArrivalsPerSecond : arrivalsPerSecond;
}

/** Whether a router holds a request back, or has counted one of late: the latter is all there is where it holds nothing back, and without replicas nobody else could tell. */
export function isAskedFor(router: RouterReadings | undefined): boolean {
  return router !== undefined && ((freshValue(router.waiting) ?? 0) > 0 || (freshValue(newestArrivals(router)) ?? 0) > 0);
}
