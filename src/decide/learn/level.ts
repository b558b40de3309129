import type { DemandMemory } from '../../model/index.ts';

/** The rate that a load has now. */
export interface Level {
  /** Requests per second. */
  readonly perSecond: number;
  /** How it came to be what it is: it has not changed, it changed at once, or it grew or fell for a while and may still do. */
  readonly course: 'even' | 'step' | 'line';
  /** Since when it has been that, as far back as is looked. */
  readonly sinceMs: number;
  /** The rate before, where it changed at once or began to grow or fall. */
  readonly before?: number;
  /** Logarithm of the likelihood ratio of the change or of the trend, 0 where there was none. */
  readonly evidence: number;
  /** Standard deviation of what is told. */
  readonly deviation: number;
  /** By how much it grows each second, where a line tells the last minutes better than a step or nothing; the least that is likely. Of a step that may as well be a line, that growth by the odds of the two. */
  readonly slope: number;
  /** For how long it has grown or fallen so, where it does; infinite where that is as far back as is looked. */
  readonly slopeMs?: number;
}

/** How far back a rate is averaged where nothing changed, and in which a change is looked for. */
export const levelMs = 180_000;
/** What came before a change is told by so much more of the past, and there a trend may have begun. */
const beforeMs = 2 * levelMs;
/**
 * A change is one when it is e^8 times as likely as none. With a dozen places where it could have happened, chance gives one in four hours of looks.
 */
const evidenceForChange = 8;
const latelyMs = 15_000;
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
  const line = trendOf(rates, sincePause(rates, first), dispersion);
  if (line !== undefined && line.evidence > (place < 0 ? evidenceForChange : ratio + evidenceForLine)) return { ...line, perSecond: Math.min(line.perSecond, mostLately(rates, dispersion, nowMs)), course: 'line', sinceMs: rates[recent] as number };
  if (place < 0) return { course: 'even', perSecond: afterCount / afterSeconds, sinceMs: rates[recent] as number, evidence: 0, deviation: deviationOf(afterCount, afterSeconds, dispersion), slope: 0 };
  return {
    course: 'step',
    perSecond: count / seconds,
    sinceMs: rates[place] as number,
    before: Math.max(0, (allCount - count) / (allSeconds - seconds)),
    evidence: ratio,
    deviation: deviationOf(count, seconds, dispersion),
    slope: line === undefined ? 0 : Math.max(0, line.slope) / (1 + Math.exp(ratio - line.evidence)),
    ...(line?.slopeMs !== undefined && { slopeMs: line.slopeMs }),
  };
}

/** A line through looks that have just jumped ends above all of them: no more is told than the last quarter of a minute makes likely. */
function mostLately(rates: readonly number[], dispersion: number, nowMs: number): number {
  const mean = meanRate(rates, nowMs, latelyMs);
  return mean + 2 * deviationOf(mean * (latelyMs / 1000), latelyMs / 1000, dispersion);
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

type Line = Omit<Level, 'course' | 'sinceMs'>;

/** Requests per second; less is none. */
const leastRate = 1e-3;
/** Looks that a trend has to be seen in. */
const leastLooks = 5;
/** Looks for which it may have been over. That it has ended has to be so much likelier than that it goes on (logarithm of the ratio). */
const endings = [4, 8, 12];
const evidenceForEnd = 1;
/** And that it is no step: a line through the looks around a step calls for replicas for a growth that has been. */
const evidenceForLine = 3;

/** A line that bends twice: even until `bend`, growing or falling evenly from there until `end`, and even again. In seconds before the last look. */
interface Bent {
  readonly bend: number;
  readonly end: number;
  readonly slope: number;
  /** Squares that it explains, and those of its own course. */
  readonly explained: number;
  readonly spread: number;
  /** Sum of its course, of which its mean is taken. */
  readonly course: number;
}

/**
 * The likeliest line through the rates from `first` on, by least squares: even until some look, and growing or falling evenly from there. The place of the bend is
 * chosen, as that of a step is. `undefined`: no line is likely.
 */
function trendOf(rates: readonly number[], first: number, dispersion: number): Line | undefined {
  const count = (rates.length - first) / 2;
  if (count < leastLooks + 1) return undefined;
  const endMs = rates[rates.length - 2] as number;
  let sumY = 0;
  for (let index = first; index < rates.length; index += 2) sumY += rates[index + 1] as number;
  const mean = sumY / count;
  const step = Math.max(1, (endMs - (rates[first] as number)) / 1000 / (count - 1));
  const variance = (dispersion * Math.max(mean, leastRate)) / step;
  let best = likeliest(rates, first, mean, 0);
  // by the normal approximation, which needs no logarithm, most are no candidates
  if (best === undefined || best.explained < evidenceForChange * variance) return undefined;
  let isOver = false;
  for (const looks of endings) {
    const ended = likeliest(rates, first, mean, looks);
    if (ended === undefined || ended.explained < best.explained + (isOver ? 0 : 2 * evidenceForEnd * variance)) continue;
    [best, isOver] = [ended, true];
  }
  const { bend, end, slope, spread, course } = best;
  const firstX = ((rates[first] as number) - endMs) / 1000;
  const before = mean - (slope * course) / count;
  const evidence = lineGain(rates, first, before, best) / dispersion;
  if (evidence < evidenceForChange) return undefined;
  const reach = end - bend - course / count;
  const doubt = Math.sqrt(variance / spread);
  return {
    perSecond: Math.max(0, before + slope * (end - bend)),
    before: Math.max(0, before),
    slopeMs: bend <= firstX + 1 ? Infinity : 1000 * (end - bend),
    slope: isOver ? 0 : Math.sign(slope) * Math.max(0, Math.abs(slope) - doubt),
    deviation: Math.sqrt(variance * (1 / count + reach ** 2 / spread)),
    evidence,
  };
}

/** Of the lines whose trend has been over for so many looks, the one with the bend that explains most. */
function likeliest(rates: readonly number[], first: number, mean: number, over: number): Bent | undefined {
  const count = (rates.length - first) / 2;
  const last = rates.length - 2;
  if (count < over + leastLooks) return undefined;
  const endMs = rates[last] as number;
  const end = ((rates[last - 2 * over] as number) - endMs) / 1000;
  // sums over the looks behind the bend: of x, x², y and x y, with x in seconds before the last look, and no later than the end
  let looks = 0;
  let x1 = 0;
  let x2 = 0;
  let y1 = 0;
  let xy = 0;
  let best: Bent | undefined;
  for (let index = last; index >= first; index -= 2) {
    const x = Math.min(end, ((rates[index] as number) - endMs) / 1000);
    const y = rates[index + 1] as number;
    looks++;
    x1 += x;
    x2 += x * x;
    y1 += y;
    xy += x * y;
    if (looks < over + leastLooks) continue;
    const course = x1 - x * looks;
    const spread = x2 - 2 * x * x1 + x * x * looks - (course * course) / count;
    if (spread <= 0) continue;
    const along = xy - x * y1 - course * mean;
    const explained = (along * along) / spread;
    if (best === undefined || explained > best.explained) best = { bend: x, end, slope: along / spread, explained, spread, course };
  }
  return best;
}

/** By how much a line makes the counts likelier than their mean does (logarithm of the likelihood ratio of Poisson counts), as `gain` says it of a step. */
function lineGain(rates: readonly number[], first: number, before: number, { bend, end, slope }: Bent): number {
  const endMs = rates[rates.length - 2] as number;
  let allCount = 0;
  let allSeconds = 0;
  let gained = 0;
  for (let index = first; index < rates.length; index += 2) {
    const seconds = secondsAt(rates, index);
    const count = seconds * (rates[index + 1] as number);
    const x = ((rates[index] as number) - endMs) / 1000;
    const expected = Math.max(before + slope * Math.max(0, Math.min(end, x) - bend), leastRate);
    allCount += count;
    allSeconds += seconds;
    gained += count * Math.log(expected) - expected * seconds;
  }
  return gained - allCount * Math.log(Math.max(allCount / allSeconds, leastRate)) + allCount;
}
