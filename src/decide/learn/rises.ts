import type { DemandMemory, Rise } from '../../model/index.ts';
import { levelMs, type Level } from './level.ts';

/** Increases that are kept, the largest of each stretch of time where there are more. */
const mostRises = 40;
/** An increase that comes slowly is told from noise by so many standard deviations of the difference of two minutes. */
const noiseDeviations = 3;
/** What was seen counts half after so long. */
const halfLifeMs = 7 * 24 * 3_600_000;
/** A load has come down when it is at so much of its height. */
const fallen = 0.8;
/** An increase that is to be expected again has to have shown itself so well by the time that it is over. */
export const evidenceForRise = 12;
/** Of nine of ten rises the evidence is enough when it is so much on average: x - 1.28 √(2 x) = 8. */
const evidenceForMost = 14.4;
/** What a load is thought able to do before it has been watched: half as much again. Believed half as much after each quarter of an hour in which it did not. */
const unknownRise = 0.5;
const unknownHalfLifeMs = 900_000;
/** A rate that is higher than where an increase began by so much may still be the same. */
const nearlyFrom = 1.1;
/** Rates are told apart by their means over so long. */
const meanMs = 60_000;

/** How much what was seen `ageMs` ago still counts. */
export function keptAfter(ageMs: number): number {
  return 2 ** (-ageMs / halfLifeMs);
}

/** The increase that is going on, if any. A change at once is told better with every look at it; one that comes slowly, by the largest difference. */
export function risingNow(rising: Rise | undefined, level: Level, rates: readonly number[], dispersion: number, horizonMs: number, nowMs: number): Rise | undefined {
  const { course, before, perSecond, sinceMs, evidence, deviation } = level;
  if (course === 'step' && before !== undefined) {
    return before < perSecond && nowMs - sinceMs <= horizonMs ? { atMs: nowMs, increase: perSecond - before, from: before, deviation, evidence } : undefined;
  }
  const slow = slowIncrease(rates, dispersion, horizonMs, nowMs);
  return slow === undefined || rising === undefined || slow.increase > rising.increase ? slow : rising;
}

/** The difference of the mean of the last minute and the lowest mean of a minute within one horizon before it, where it is more than noise. */
function slowIncrease(rates: readonly number[], dispersion: number, horizonMs: number, nowMs: number): Rise | undefined {
  let index = rates.length - 2;
  let total = 0;
  let count = 0;
  for (; index >= 0 && (count === 0 || nowMs - (rates[index] as number) < meanMs); index -= 2) {
    total += rates[index + 1] as number;
    count++;
  }
  const mean = total / count;
  const reachMs = Math.max(horizonMs, meanMs) + meanMs / 2;
  let lowest = mean;
  // a window of as many looks, slid back
  for (let end = rates.length - 2, start = index + 2; start >= 2; end -= 2, start -= 2) {
    total += (rates[start - 1] as number) - (rates[end + 1] as number);
    if (nowMs - (rates[end - 2] as number) > reachMs) break;
    if (total < lowest * count) lowest = total / count;
  }
  const deviation = Math.sqrt((dispersion * (mean + lowest)) / (meanMs / 1000));
  const increase = mean - lowest - noiseDeviations * deviation;
  return increase > 0 ? { atMs: nowMs, increase, from: lowest, deviation, evidence: evidenceForRise } : undefined;
}

/** The increases with one more; of two neighbours in time that are nearest to each other, counted by their age, the larger stays. */
export function withRise(rises: readonly Rise[], rise: Rise): readonly Rise[] {
  const all = [...rises, rise];
  if (all.length <= mostRises) return all;
  let nearest = 0;
  let least = Infinity;
  for (let index = 0; index + 1 < all.length; index++) {
    const [a, b] = [all[index] as Rise, all[index + 1] as Rise];
    const gap = (b.atMs - a.atMs) / (rise.atMs - a.atMs + 1);
    if (gap < least) [nearest, least] = [index, gap];
  }
  const [a, b] = [all[nearest] as Rise, all[nearest + 1] as Rise];
  return [...all.slice(0, nearest), a.increase > b.increase ? a : b, ...all.slice(nearest + 2)];
}

/** The height from which the load has come down, with the news that it is at `perSecond` and had climbed to `climb`. */
export function peakWith(peak: DemandMemory['peak'], climb: number, perSecond: number, nowMs: number): DemandMemory['peak'] {
  if (perSecond >= fallen * climb) return peak;
  return peak === undefined || climb >= heightOf(peak, nowMs) ? { perSecond: climb, atMs: nowMs } : peak;
}

/** Whether the load is coming down from the height to which it climbed. */
export function hasFallen(climb: number, perSecond: number): boolean {
  return perSecond < fallen * climb;
}

function heightOf({ perSecond, atMs }: NonNullable<DemandMemory['peak']>, nowMs: number): number {
  return perSecond * keptAfter(nowMs - atMs);
}

/**
 * Seconds until nine of ten rises are told from chance: the logarithm of the likelihood ratio of Poisson counts grows by about increase² / (2 · rate) a second, with a variance of
 * twice itself.
 */
export function secondsToNotice({ dispersion }: DemandMemory, perSecond: number, increase: number): number {
  return increase > 0 ? Math.min(levelMs / 1000, (2 * evidenceForMost * dispersion * (perSecond + increase / 2)) / increase ** 2) : 0;
}

/**
 * The smallest reserve, in requests per second, with which the increases that this load has made would have cost no more than `allowedShare` of all requests. One that meets no reserve costs the requests of one horizon, as many as it
 * would cost if it came again today; one that meets a part of it costs the other part, for what grows is late from when it has used the reserve up.
 *
 * What an increase says of today's rate depends on where it began. One that began here or higher may come again, and is scaled to a smaller rate. One that
 * began lower says how high the load goes. Above every height that the load has come down from, nothing is known but how
 * it climbed before: then every increase counts in full, but for the one that is still going on.
 * A load that has hardly been watched, or has never been seen to rise, is also reckoned with to do what many do as if it had been watched since `newSinceMs`.
 */
export function reserveFor(demand: DemandMemory, perSecond: number, horizonMs: number, allowedShare: number, nowMs: number, newSinceMs = demand.sinceMs): number {
  const { rises, rising, requests, peak } = demand;
  const isNew = peak === undefined || perSecond > heightOf(peak, nowMs) * 1.1;
  // what it is to rise from is what it was for a while, not where a rise has just brought it
  const unknown = isNew || (rises.length === 0 && rising === undefined) ? unknownRise * Math.min(perSecond, rising?.from ?? perSecond) * 2 ** (-(nowMs - newSinceMs) / unknownHalfLifeMs) : 0;
  if (rises.length === 0 && rising === undefined) return unknown;
  const allowed = allowedShare * requests;
  const amounts: number[] = [];
  for (const rise of rises) amounts.push(amountOf(rise, perSecond, isNew));
  if (rising !== undefined) amounts.push(amountOf(rising, perSecond, false));
  // from the largest down, as far as is needed. Of those so far, what they would cost without a reserve, and by how much less for each request per second of it
  let cost = 0;
  let saved = 0;
  for (;;) {
    let largest = 0;
    let at = -1;
    for (let index = 0; index < amounts.length; index++) {
      const amount = amounts[index] as number;
      if (amount > largest) [largest, at] = [amount, index];
    }
    const enough = saved > 0 ? (cost - allowed) / saved : 0;
    if (at < 0 || (saved > 0 && enough >= largest)) return Math.max(enough, unknown);
    const rise = (at < rises.length ? rises[at] : rising) as Rise;
    const costs = (((perSecond + largest) * horizonMs) / 1000) * keptAfter(nowMs - rise.atMs);
    cost += costs;
    saved += costs / largest;
    amounts[at] = 0;
  }
}

/** By how much such an increase would take today's rate up. */
function amountOf({ increase: measured, from, deviation }: Rise, perSecond: number, isNew: boolean): number {
  const increase = measured + deviation;
  const again = from > 0 ? Math.min(increase, (increase / from) * perSecond) : increase;
  // what is needed, today's rate and this, may not shrink as the rate grows: else less is asked for with more load
  return isNew ? again : Math.min(again, Math.max(0, nearlyFrom * from + increase - perSecond));
}
