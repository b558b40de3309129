import type { DemandMemory } from '../../model/index.ts';
import type { Level } from './level.ts';

/** Forecasts are made once a minute; errors of an hour ago count half. */
const everyMs = 60_000;
const errorHalfLifeMs = 3_600_000;
/** Of a trend that has lasted for t, with the chance t / (t + 2 t). */
const blindlyAgain = 2;

type Judged = Pick<DemandMemory, 'forecasts' | 'forecastErrors'>;

/** Forecasts whose time has come are held against what came, and against having said that nothing would change; a new one is made where there is a trend. */
export function judged(before: Judged, level: Level, horizonMs: number, nowMs: number): Judged {
  const { forecasts } = before;
  const { perSecond, slope } = level;
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
  if (isTime) open.push([nowMs + horizonMs, perSecond, Math.max(0, perSecond + growthIn(level, horizonMs))]);
  return { forecasts: open, forecastErrors: { trend, none } };
}

/**
 * By how much the rate will have grown after so long, if its trend goes on, requests per second. Nothing where there is none, and where trends of this
 * load have been told worse than no change.
 */
export function expectedGrowth({ forecastErrors: { trend, none } }: Judged, level: Level, horizonMs: number): number {
  return level.slope <= 0 || trend > none ? 0 : growthIn(level, horizonMs);
}

/** The same where nobody will tell whether the trend goes on: with the chance of one in three it lasts for twice as long again as it has, and that is reckoned with. */
export function likelyGrowth({ forecastErrors: { trend, none } }: Judged, { slope, slopeMs = Infinity }: Level, horizonMs: number): number {
  return slope <= 0 || trend > none ? 0 : (slope * Math.min(horizonMs, blindlyAgain * slopeMs)) / 1000;
}

/**
 * What a trend brings within so long, where it goes on for as long as trends do: one that has lasted for t lasts for s more with the chance t / (t + s) (Laplace's rule of succession for an end that may come at any time), so
 * in the mean it grows for t × ln(1 + s / t) of the next s.
 */
function growthIn({ slope, slopeMs = Infinity }: Level, horizonMs: number): number {
  const growsMs = slopeMs === Infinity ? horizonMs : slopeMs <= 0 ? 0 : slopeMs * Math.log1p(horizonMs / slopeMs);
  return (slope * growsMs) / 1000;
}
