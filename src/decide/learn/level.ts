import type { DemandMemory } from '../../model/index.ts';

/** The rate that a load has now. */
export interface Level {
  /** Requests per second. */
  readonly perSecond: number;
  /** Since when it has been that, as far back as is looked. */
  readonly sinceMs: number;
  /** The rate before, where it changed at once. */
  readonly before?: number;
  /** Logarithm of the likelihood ratio of the change or of the trend, 0 where there was none. */
  readonly evidence: number;
  /** Standard deviation of what is told. */
  readonly deviation: number;
  /** By how much it grows each second, where a line tells the last minutes better than a step or nothing; the least that is likely. */
  readonly slope: number;
}

/** How far back a rate is averaged where nothing changed, and in which a change is looked for. */
export const levelMs = 180_000;
/** And how far back a trend is looked for. */
const lineMs = 300_000;
/** What came before a change is told by so much more of the past. */
const beforeMs = 2 * levelMs;
/**
 * A change is one when it is e^8 times as likely as none. With a dozen places where it could have happened, chance gives one in four hours of looks.
 */
const evidenceForChange = 8;
/** A step has its place to choose beside its height, which makes it likelier by about e^2 where there is none. */
const choiceOfStep = 2;
/** The first look, and looks after a pause, speak for no longer than this. */
const firstSeconds = 15;
const mostSeconds = 60;

/** Seconds that the rate at `index` of the pairs speaks for. */
export function secondsAt(rates: readonly number[], index: number): number {
  return index === 0 ? firstSeconds : Math.min(mostSeconds, ((rates[index] as number) - (rates[index - 2] as number)) / 1000);
}

/** Place of the first pair that is younger than `spanMs`. */
function firstWithin(rates: readonly number[], nowMs: number, spanMs: number): number {
  let index = rates.length - 2;
  while (index >= 2 && nowMs - (rates[index - 2] as number) < spanMs) index -= 2;
  return Math.max(0, index);
}

/**
 * The first pair from `first` on with no pause behind it. A line over a time in which nobody looked would be drawn from what lay before it, and told as if it had gone on. The look
 * that ends a pause is the mean of all of it, and belongs to no moment.
 */
function sincePause(rates: readonly number[], first: number): number {
  for (let index = rates.length - 2; index > first; index -= 2) {
    if ((rates[index] as number) - (rates[index - 2] as number) > mostSeconds * 1000) return index + 2;
  }
  return first;
}

/** Mean of the rates of the `spanMs` before `untilMs`, as far as they are known. */
export function meanRate(rates: readonly number[], untilMs: number, spanMs: number): number {
  let total = 0;
  let count = 0;
  for (let index = rates.length - 2; index >= 0; index -= 2) {
    const atMs = rates[index] as number;
    if (atMs > untilMs) continue;
    if (untilMs - atMs >= spanMs && count > 0) break;
    total += rates[index + 1] as number;
    count++;
  }
  return count === 0 ? 0 : total / count;
}

/**
 * The present rate: the mean since it last changed, or what a line through the last minutes says of now. Where it changed is told by the generalised
 * likelihood ratio of Poisson counts, over all places of the last three minutes (Lai, Sequential changepoint detection, JRSS B 57, 1995).
 */
export function levelOf({ rates, dispersion }: Pick<DemandMemory, 'rates' | 'dispersion'>, nowMs: number): Level {
  const first = firstWithin(rates, nowMs, beforeMs);
  const recent = firstWithin(rates, nowMs, levelMs);
  let allCount = 0;
  let allSeconds = 0;
  for (let index = first; index < rates.length; index += 2) {
    const span = secondsAt(rates, index);
    allSeconds += span;
    allCount += span * (rates[index + 1] as number);
  }
  const rate = allCount / allSeconds;
  let afterCount = 0;
  let afterSeconds = 0;
  let ratio = 0;
  let place = -1;
  let count = 0;
  let seconds = 0;
  for (let index = rates.length - 2; index >= recent; index -= 2) {
    const span = secondsAt(rates, index);
    afterSeconds += span;
    afterCount += span * (rates[index + 1] as number);
    if (index === first) break;
    // by the normal approximation, which needs no logarithm, most places are no candidates
    const excess = afterCount - rate * afterSeconds;
    if (excess * excess < evidenceForChange * dispersion * rate * afterSeconds * (1 - afterSeconds / allSeconds)) continue;
    const gained = (gain(afterCount, afterSeconds, rate) + gain(allCount - afterCount, allSeconds - afterSeconds, rate)) / dispersion;
    if (gained > Math.max(ratio, evidenceForChange)) [ratio, place, count, seconds] = [gained, index, afterCount, afterSeconds];
  }
  const watched = sincePause(rates, firstWithin(rates, nowMs, lineMs));
  const line = trendOf(rates, Math.max(recent, watched), watched, dispersion);
  if (line !== undefined && line.evidence > Math.max(ratio - choiceOfStep, evidenceForChange)) return { ...line, sinceMs: rates[recent] as number };
  if (place < 0) return { perSecond: afterCount / afterSeconds, sinceMs: rates[recent] as number, evidence: 0, deviation: deviationOf(afterCount, afterSeconds, dispersion), slope: 0 };
  return {
    perSecond: count / seconds,
    sinceMs: rates[place] as number,
    before: Math.max(0, (allCount - count) / (allSeconds - seconds)),
    evidence: ratio,
    deviation: deviationOf(count, seconds, dispersion),
    slope: 0,
  };
}

function deviationOf(count: number, seconds: number, dispersion: number): number {
  return Math.sqrt(dispersion * Math.max(count, 1)) / Math.max(seconds, 1);
}

/** By how much a rate of its own makes a count likelier (logarithm of the likelihood ratio of Poisson counts). */
function gain(count: number, seconds: number, rate: number): number {
  if (seconds <= 0) return 0;
  const expected = rate * seconds;
  return (count > 0 ? count * Math.log(count / Math.max(expected, 1e-9)) : 0) - count + expected;
}

type Line = Omit<Level, 'sinceMs' | 'before'>;

/** The likelier of the lines through the rates since two times. */
function trendOf(rates: readonly number[], recent: number, earlier: number, dispersion: number): Line | undefined {
  const short = lineThrough(rates, recent, dispersion);
  if (earlier === recent) return short;
  const long = lineThrough(rates, earlier, dispersion);
  return long !== undefined && long.evidence > (short?.evidence ?? 0) ? long : short;
}

/** The line through the rates from `first` on, by least squares. `undefined`: no line is likely. */
function lineThrough(rates: readonly number[], first: number, dispersion: number): Line | undefined {
  const count = (rates.length - first) / 2;
  if (count < 6) return undefined;
  const endMs = rates[rates.length - 2] as number;
  let sumX = 0;
  let sumY = 0;
  let sumXX = 0;
  let sumXY = 0;
  for (let index = first; index < rates.length; index += 2) {
    const x = ((rates[index] as number) - endMs) / 1000;
    const y = rates[index + 1] as number;
    sumX += x;
    sumY += y;
    sumXX += x * x;
    sumXY += x * y;
  }
  const spread = sumXX - (sumX * sumX) / count;
  if (spread <= 0) return undefined;
  const mean = sumY / count;
  const slope = (sumXY - sumX * mean) / spread;
  const step = Math.max(1, (-2 * sumX) / count / (count - 1));
  const variance = (dispersion * Math.max(mean, 1e-3)) / step;
  const evidence = (slope * slope * spread) / variance / 2;
  if (evidence < evidenceForChange) return undefined;
  const doubt = Math.sqrt(variance / spread);
  return {
    perSecond: Math.max(0, mean - (slope * sumX) / count),
    slope: Math.sign(slope) * Math.max(0, Math.abs(slope) - doubt),
    deviation: Math.sqrt(variance * (1 / count + (sumX / count) ** 2 / spread)),
    evidence,
  };
}
