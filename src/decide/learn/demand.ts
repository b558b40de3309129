import type { DemandMemory } from '../../model/index.ts';
import { judged } from './forecast.ts';
import { levelOf, meanRate, type Level } from './level.ts';
import { watchReversion } from './mean-reversion.ts';
import { evidenceForRise, hasFallen, keptAfter, peakWith, risingNow, withRise } from './rises.ts';

/** Rates are kept for so long before the horizon, so that an increase is seen whole. */
const beforeHorizonMs = 120_000;
const leastKeptMs = 375_000;
/** Looks that follow each other faster than this are one. */
const leastStepMs = 5000;
/** What one look may say of the variance, and how much it counts. */
const mostJolt = 9;
const joltShare = 0.02;

export interface Watched {
  readonly demand: DemandMemory;
  readonly level: Level;
}

/**
 * What a load did: the rates of the last minutes, how much they scatter, and the increases within one start-up time that it was ever seen to make. An increase is one
 * from when it begins until it is a start-up time old.
 *
 * @param perSecond The rate since the look before, requests per second.
 */
export function watchDemand(before: DemandMemory | undefined, perSecond: number, horizonMs: number, nowMs: number): Watched {
  const last = before?.rates.length ? (before.rates.at(-2) as number) : undefined;
  if (before === undefined || last === undefined) return begun(perSecond, nowMs);
  const sinceMs = nowMs - last;
  if (sinceMs < leastStepMs) return { demand: before, level: levelOf(before, nowMs) };
  const rates = withRate(before.rates, perSecond, Math.max(horizonMs + beforeHorizonMs, leastKeptMs), nowMs);
  const seconds = Math.min(60, sinceMs / 1000);
  const dispersion = dispersionWith(before, perSecond, seconds);
  const level = levelOf({ rates, dispersion }, nowMs);
  const rising = risingNow(before.rising, level, rates, dispersion, horizonMs, nowMs);
  const over = rising === undefined && before.rising !== undefined && before.rising.evidence >= evidenceForRise ? before.rising : undefined;
  const climb = Math.max(before.climb, level.perSecond);
  const peak = peakWith(before.peak, climb, level.perSecond, nowMs);
  const { forecasts, forecastErrors } = judged(before, level, horizonMs, nowMs);
  const demand: { -readonly [K in keyof DemandMemory]: DemandMemory[K] } = {
    rates,
    dispersion,
    rises: over === undefined ? before.rises : withRise(before.rises, over),
    forecasts,
    forecastErrors,
    sinceMs: before.sinceMs,
    requests: before.requests * keptAfter(sinceMs) + perSecond * Math.min(600, sinceMs / 1000),
    climb: hasFallen(climb, level.perSecond) ? level.perSecond : climb,
    reversion: watchReversion(before.reversion, level.perSecond, horizonMs, nowMs),
  };
  if (rising !== undefined) demand.rising = rising;
  if (peak !== undefined) demand.peak = peak;
  return { demand, level };
}

function begun(perSecond: number, nowMs: number): Watched {
  const demand: DemandMemory = { rates: [nowMs, perSecond], dispersion: 1, rises: [], forecasts: [], forecastErrors: { trend: 0, none: 0 }, sinceMs: nowMs, requests: 0, climb: perSecond };
  return { demand, level: levelOf(demand, nowMs) };
}

function withRate(rates: readonly number[], perSecond: number, keptMs: number, nowMs: number): readonly number[] {
  let first = 0;
  while (first < rates.length && nowMs - (rates[first] as number) > keptMs) first += 2;
  const kept = rates.slice(first);
  kept.push(nowMs, perSecond);
  return kept;
}

/** How much two rates in a row differ, in units of what Poisson arrivals would. */
function dispersionWith({ rates, dispersion }: DemandMemory, perSecond: number, seconds: number): number {
  const last = rates.at(-1) as number;
  const jolt = Math.min(mostJolt, ((perSecond - last) ** 2 * seconds) / Math.max(perSecond + last, 1 / seconds));
  return Math.max(1, dispersion + joltShare * (jolt - dispersion));
}

/**
 * What the load brings at least, requests per second: its level less a part of the doubt about it. While it climbs, the last seconds tell of more than the mean since it
 * began to.
 */
export function atLeast({ rates, dispersion }: DemandMemory, level: Level, nowMs: number): number {
  const settled = Math.max(0, level.perSecond - 0.5 * level.deviation);
  if (level.before === undefined || level.before > level.perSecond) return settled;
  let most = settled;
  for (const seconds of [15, 30]) {
    const mean = meanRate(rates, nowMs, seconds * 1000);
    most = Math.max(most, mean - 2 * Math.sqrt((dispersion * mean) / seconds));
  }
  return most;
}
