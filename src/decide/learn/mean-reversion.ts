import type { DemandMemory, Reversion, ReversionLaw } from '../../model/index.ts';
import type { Level } from './level.ts';

/** What follows a level is learned once a minute, from the last two hours. */
const everyMs = 60_000;
const mostPairs = 120;
/** From so many minutes on it is foretold, and from so many more believed. */
const leastPairs = 15;
const leastJudged = 15;
/** Errors of an hour ago count half. */
const keep = 2 ** (-everyMs / 3_600_000);
/** So much of the squared error of saying that nothing will change is to be left at the most. */
const leftOfError = 0.95;
/** It comes and goes: of ten minutes, one crosses the mean. One fall from a height to another looks like the way to a mean, too. */
const leastCrossed = 0.1;
/** What has lasted for two horizons, or for this long, is there to stay. */
const stayingMs = 360_000;
/** Looks of one minute may begin this much early. */
const earlyMs = 15_000;

/** Memory of a load of which the law is known. */
export type Reverting = Reversion & { readonly law: ReversionLaw };

/**
 * How a load goes on from the level that it has. Traffic that swings faster than replicas start is back near its mean by the time they serve, so neither its peaks nor its lulls are a reason to
 * change anything: of a difference to the mean a part stays (a first-order autoregression over one horizon; Box and Jenkins, Time Series Analysis, 1970). It is foretold
 * all the time, and held against having said that nothing will change.
 */
export function watchReversion(before: Reversion | undefined, perSecond: number, horizonMs: number, nowMs: number): Reversion {
  const known: Reversion = before ?? { open: [], pairs: [], errors: { reverting: 0, none: 0 }, judged: 0 };
  const last = known.open.at(-1);
  const isDue = known.open.length > 0 && (known.open[0] as Reversion['open'][number])[0] <= nowMs;
  const isTime = last === undefined || last[0] - horizonMs <= nowMs - everyMs;
  if (!isDue && !isTime) return known;
  const told = isDue ? judged(known, perSecond, nowMs) : known;
  if (!isTime) return told;
  const dueMs = nowMs + horizonMs;
  return { ...told, open: [...told.open, told.law === undefined ? [dueMs, perSecond] : [dueMs, perSecond, expectedFrom(told.law, perSecond)]] };
}

/** What followed the levels of one horizon ago is known now, and how well it was foretold. */
function judged({ open, pairs, errors, judged: count }: Reversion, perSecond: number, nowMs: number): Reversion {
  let [{ reverting, none }, judgedNow] = [errors, count];
  const all = [...pairs];
  for (const [dueMs, level, forecast] of open) {
    if (dueMs > nowMs) break;
    // what came then was not seen
    if (nowMs - dueMs >= everyMs) continue;
    all.push(level, perSecond);
    if (forecast === undefined) continue;
    reverting = keep * reverting + (forecast - perSecond) ** 2;
    none = keep * none + (level - perSecond) ** 2;
    judgedNow++;
  }
  const kept = all.length > 2 * mostPairs ? all.slice(-2 * mostPairs) : all;
  const law = lawOf(kept);
  return { open: open.filter(([dueMs]) => dueMs > nowMs), pairs: kept, errors: { reverting, none }, judged: judgedNow, ...(law && { law }) };
}

/** By least squares, about one mean: a load that climbs is foretold no better by this than by its present level. `undefined`: too little is known. */
function lawOf(pairs: readonly number[]): ReversionLaw | undefined {
  if (pairs.length < 2 * leastPairs) return undefined;
  let [sum, lowest, highest] = [0, Infinity, 0];
  for (let index = 0; index < pairs.length; index += 2) {
    const level = pairs[index] as number;
    sum += level + (pairs[index + 1] as number);
    lowest = Math.min(lowest, level);
    highest = Math.max(highest, level);
  }
  const mean = sum / pairs.length;
  let [squares, along, crossed] = [0, 0, 0];
  let wasAbove: boolean | undefined;
  for (let index = 0; index < pairs.length; index += 2) {
    const away = (pairs[index] as number) - mean;
    squares += away * away;
    along += away * ((pairs[index + 1] as number) - mean);
    if (wasAbove !== undefined && wasAbove !== away > 0) crossed++;
    wasAbove = away > 0;
  }
  return { mean, stays: squares > 0 ? Math.min(1, Math.max(0, along / squares)) : 1, crossed: (2 * crossed) / pairs.length, lowest, highest };
}

/** Of what goes beyond the levels that were seen nothing is known, and all of it is thought to stay. */
function expectedFrom({ mean, stays, lowest, highest }: ReversionLaw, perSecond: number): number {
  const within = Math.min(highest, Math.max(lowest, perSecond));
  return Math.max(0, mean + stays * (within - mean) + perSecond - within);
}

/** Whether this load is told better so than by saying that nothing will change. */
export function isReverting(reversion: Reversion | undefined): reversion is Reverting {
  return reversion?.law !== undefined && reversion.judged >= leastJudged && reversion.law.crossed >= leastCrossed && reversion.errors.reverting < leftOfError * reversion.errors.none;
}

/** The level that is to be expected one horizon from now: the one of now, where the load is not known to return to a mean. */
export function expectedLevel({ reversion, rates }: Pick<DemandMemory, 'reversion' | 'rates'>, level: Level, horizonMs: number, nowMs: number): Level {
  if (!isReverting(reversion)) return level;
  const [least, most] = minutesWithin(rates, Math.max(2 * horizonMs, stayingMs), nowMs);
  const perSecond = Math.max(least, Math.min(most, expectedFrom(reversion.law, level.perSecond)));
  return { course: 'even', perSecond, sinceMs: level.sinceMs, evidence: 0, deviation: level.deviation, slope: 0 };
}

/** The lowest and the highest mean of a minute within so long. */
function minutesWithin(rates: readonly number[], spanMs: number, nowMs: number): readonly [lowest: number, highest: number] {
  let [lowest, highest] = [Infinity, 0];
  let [total, count, untilMs] = [0, 0, nowMs];
  for (let index = rates.length - 2; index >= 0; index -= 2) {
    const atMs = rates[index] as number;
    if (nowMs - atMs > spanMs) break;
    total += rates[index + 1] as number;
    count++;
    if (untilMs - atMs < everyMs - earlyMs) continue;
    lowest = Math.min(lowest, total / count);
    highest = Math.max(highest, total / count);
    [total, count, untilMs] = [0, 0, atMs - earlyMs];
  }
  return lowest === Infinity ? [0, Infinity] : [lowest, highest];
}

/**
 * The smallest reserve, in requests per second beyond what is expected, with which no more than `share` of all requests of the last two hours would have come beyond it. No more
 * than takes the load to the highest level that was seen.
 */
export function reserveAround({ pairs, law }: Reverting, perSecond: number, share: number): number {
  const excesses: number[] = [];
  let all = 0;
  for (let index = 0; index < pairs.length; index += 2) {
    const came = pairs[index + 1] as number;
    all += came;
    const excess = came - expectedFrom(law, pairs[index] as number);
    if (excess > 0) excesses.push(excess);
  }
  excesses.sort((a, b) => b - a);
  let beyond = 0;
  for (const [index, excess] of excesses.entries()) {
    beyond += excess;
    // what comes beyond a reserve between this excess and the next falls by so many
    const reserve = (beyond - share * all) / (index + 1);
    if (reserve >= (excesses[index + 1] ?? 0)) return Math.max(0, Math.min(reserve, law.highest - perSecond));
  }
  return 0;
}
