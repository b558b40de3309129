import type { DemandMemory, Reversion, ReversionLaw } from '../../model/index.ts';
import type { Level } from './level.ts';

/** What follows a level is learned once a minute, from the last two hours, and its mean is that of twenty minutes: what comes and goes with the hours is no gust. */
const everyMs = 60_000;
const mostSeen = 120;
const meanMinutes = 20;
/** From so many minutes on it is foretold, and from so many more believed. */
const leastSeen = 15;
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

/** Memory of a load that is told better so than by saying that nothing will change. */
export type Reverting = Reversion & Required<Pick<Reversion, 'law' | 'beyond'>>;

/**
 * How a load goes on from the level that it has. Traffic that swings faster than replicas start is back near its mean by the time they serve, so neither its peaks nor its lulls are a reason to
 * change anything: of a difference to the mean a part stays (a first-order autoregression over one horizon; Box and Jenkins, Time Series Analysis, 1970). It is foretold
 * all the time, and held against having said that nothing will change.
 */
export function watchReversion(before: Reversion | undefined, perSecond: number, horizonMs: number, nowMs: number): Reversion {
  const known: Reversion = before ?? { open: [], seen: [], lately: [], mean: perSecond, errors: { reverting: 0, none: 0 }, judged: 0 };
  const last = known.open.at(-1);
  const isDue = known.open[0] !== undefined && known.open[0][0] <= nowMs;
  const isTime = last === undefined || last[0] - horizonMs <= nowMs - everyMs;
  if (!isDue && !isTime) return known;
  const told = isDue ? judged(known, perSecond, nowMs) : known;
  if (!isTime) return told;
  const lately = [...told.lately, perSecond].slice(-meanMinutes);
  const mean = lately.reduce((sum, level) => sum + level, 0) / lately.length;
  const dueMs = nowMs + horizonMs;
  return { ...told, lately, mean, open: [...told.open, told.law === undefined ? [dueMs, perSecond, mean] : [dueMs, perSecond, mean, expectedFrom(told.law, mean, perSecond)]] };
}

/** What followed the levels of one horizon ago is known now, and how well it was foretold. */
function judged(before: Reversion, perSecond: number, nowMs: number): Reversion {
  const { open, errors } = before;
  let [{ reverting, none }, count] = [errors, before.judged];
  const all = [...before.seen];
  for (const [dueMs, level, mean, forecast] of open) {
    if (dueMs > nowMs) break;
    // what came then was not seen
    if (nowMs - dueMs >= everyMs) continue;
    all.push(level, perSecond, mean);
    if (forecast === undefined) continue;
    reverting = keep * reverting + (forecast - perSecond) ** 2;
    none = keep * none + (level - perSecond) ** 2;
    count++;
  }
  const seen = all.length > 3 * mostSeen ? all.slice(-3 * mostSeen) : all;
  const law = lawOf(seen);
  const isBelieved = law !== undefined && count >= leastJudged && law.crossed >= leastCrossed && reverting < leftOfError * none;
  return {
    lately: before.lately, mean: before.mean,
    open: open.filter(([dueMs]) => dueMs > nowMs), seen, errors: { reverting, none }, judged: count,
    ...(law && { law }), ...(isBelieved && { beyond: beyondOf(law, seen) }),
  };
}

/** By least squares. `undefined`: too little is known. */
function lawOf(seen: readonly number[]): ReversionLaw | undefined {
  if (seen.length < 3 * leastSeen) return undefined;
  let [squares, along, crossed] = [0, 0, 0];
  let [lowest, highest] = [Infinity, -Infinity];
  let wasAbove: boolean | undefined;
  for (let index = 0; index < seen.length; index += 3) {
    const mean = seen[index + 2] as number;
    const away = (seen[index] as number) - mean;
    squares += away * away;
    along += away * ((seen[index + 1] as number) - mean);
    if (wasAbove !== undefined && wasAbove !== away > 0) crossed++;
    wasAbove = away > 0;
    lowest = Math.min(lowest, away);
    highest = Math.max(highest, away);
  }
  return { stays: squares > 0 ? Math.min(1, Math.max(0, along / squares)) : 1, crossed: (3 * crossed) / seen.length, lowest, highest };
}

function beyondOf(law: ReversionLaw, seen: readonly number[]): NonNullable<Reversion['beyond']> {
  const excesses: number[] = [];
  let all = 0;
  for (let index = 0; index < seen.length; index += 3) {
    const came = seen[index + 1] as number;
    all += came;
    const excess = came - expectedFrom(law, seen[index + 2] as number, seen[index] as number);
    if (excess > 0) excesses.push(excess);
  }
  return { excesses: excesses.toSorted((a, b) => b - a), came: all };
}

/** Of what goes further from the mean than was seen nothing is known, and all of it is thought to stay. */
function expectedFrom({ stays, lowest, highest }: ReversionLaw, mean: number, perSecond: number): number {
  const away = perSecond - mean;
  const within = Math.min(highest, Math.max(lowest, away));
  return Math.max(0, mean + stays * within + away - within);
}

export function isReverting(reversion: Reversion | undefined): reversion is Reverting {
  return reversion?.law !== undefined && reversion.beyond !== undefined;
}

/** The level that is to be expected one horizon from now: the one of now, where the load is not known to return to a mean. */
export function expectedLevel({ reversion, rates }: Pick<DemandMemory, 'reversion' | 'rates'>, level: Level, horizonMs: number, nowMs: number): Level {
  if (!isReverting(reversion)) return level;
  const [least, most] = minutesWithin(rates, Math.max(2 * horizonMs, stayingMs), nowMs);
  const perSecond = Math.max(least, Math.min(most, expectedFrom(reversion.law, reversion.mean, level.perSecond)));
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
 * than takes the load as far above its mean as was seen.
 */
export function reserveAround({ law, beyond, mean }: Reverting, perSecond: number, share: number): number {
  let sum = 0;
  for (const [index, excess] of beyond.excesses.entries()) {
    sum += excess;
    // what comes beyond a reserve between this excess and the next falls by so many
    const reserve = (sum - share * beyond.came) / (index + 1);
    if (reserve >= (beyond.excesses[index + 1] ?? 0)) return Math.max(0, Math.min(reserve, mean + law.highest - perSecond));
  }
  return 0;
}
