import type { DemandMemory } from '../../model/index.ts';
import type { Level } from './level.ts';

/** Forecasts are made once a minute; errors of an hour ago count half. */
const everyMs = 60_000;
const errorHalfLifeMs = 3_600_000;

type Judged = Pick<DemandMemory, 'forecasts' | 'forecastErrors'>;

/** Forecasts whose time has come are held against what came, and against having said that nothing would change; a new one is made where there is a trend. */
export function judged(before: Judged, { perSecond, slope }: Level, horizonMs: number, nowMs: number): Judged {
  const { forecasts } = before;
  const last = forecasts.at(-1);
  const isDue = forecasts.length > 0 && (forecasts[0] as readonly [number, number, number])[0] <= nowMs;
  const isTime = slope !== 0 && (last === undefined || last[0] - horizonMs <= nowMs - everyMs);
  if (!isDue && !isTime) return before;
  let { trend, none } = before.forecastErrors;
  const keep = 2 ** (-everyMs / errorHalfLifeMs);
  const open: (readonly [number, number, number])[] = [];
  for (const one of forecasts) {
    const [dueMs, naive, forecast] = one;
    if (dueMs > nowMs) {
      open.push(one);
      continue;
    }
    trend = keep * trend + (forecast - perSecond) ** 2;
    none = keep * none + (naive - perSecond) ** 2;
  }
  if (isTime) open.push([nowMs + horizonMs, perSecond, Math.max(0, perSecond + (slope * horizonMs) / 1000)]);
  return { forecasts: open, forecastErrors: { trend, none } };
}

/**
 * By how much the rate will have grown after so long, if its trend goes on, requests per second. Nothing where there is none, and where trends of this
 * load have been told worse than no change.
 */
export function expectedGrowth({ forecastErrors: { trend, none } }: Judged, { slope }: Level, horizonMs: number): number {
  return slope <= 0 || trend > none ? 0 : (slope * horizonMs) / 1000;
}
