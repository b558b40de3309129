import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../runtime/index.ts';
import type { DemandMemory, Reversion } from '../../model/index.ts';
import { watchDemand } from './demand.ts';
import { expectedLevel, isReverting, reserveAround, watchReversion, type Reverting } from './mean-reversion.ts';

const horizonMs = 120_000;
const stepMs = 15_000;

/** Levels, one every 15 s. */
function watch(levels: readonly number[], from?: Reversion, startMs = 0): Reversion {
  let reversion = from;
  for (const [index, level] of levels.entries()) reversion = watchReversion(reversion, level, horizonMs, startMs + index * stepMs);
  return reversion as Reversion;
}

/** A rate around 10/s that forgets itself to 1/e within so long (Ornstein-Uhlenbeck in the logarithm). */
function wandering(random: Random, looks: number, correlationSeconds: number, deviation = 0.3): number[] {
  const keep = Math.exp(-15 / correlationSeconds);
  let state = 0;
  return Array.from({ length: looks }, () => {
    state = keep * state + Math.sqrt(1 - keep * keep) * deviation * random.normal(0, 1);
    return 10 * Math.exp(state);
  });
}

function reverting(reversion: Reversion): Reverting {
  if (!isReverting(reversion)) throw new Error('The load is not known to return to a mean.');
  return reversion;
}

const hours = (count: number): number => count * 240;
const level = (perSecond: number): Parameters<typeof expectedLevel>[1] => ({ perSecond, course: 'step', sinceMs: 0, before: 1, evidence: 9, deviation: 1, slope: 0.1 });
/** Minutes that each had such a rate, the last one now. */
const minutes = (rates: readonly number[]): number[] => rates.flatMap((rate, index) => Array.from({ length: 4 }, (_, look) => [(4 * index + look) * stepMs, rate]).flat());
const expected = (reversion: Reversion, perSecond: number, rates: readonly number[] = minutes([1, 100, 1, 100, 1, 100, 1, 100])): number => expectedLevel({ reversion, rates }, level(perSecond), horizonMs, rates.at(-2) ?? 0).perSecond;

describe('a load that returns to a mean', () => {
  it('is known by that after half an hour, and then neither a peak nor a lull is expected to last', () => {
    const known = watch(wandering(createRandom('gusts'), hours(2), 40));
    const { law } = reverting(known);
    expect(law.stays).toBeLessThan(0.3);
    expect(expected(known, 15)).toBeGreaterThan(expected(known, 10));
    expect(expected(known, 15)).toBeLessThan(12);
    expect(expected(known, 7)).toBeGreaterThan(8.5);
    expect(isReverting(watch(wandering(createRandom('gusts'), hours(0.4), 40)))).toBe(false);
  });

  it('is told from one that only wanders, climbs, or steps up', () => {
    let believed = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const random = createRandom(`walk/${seed}`);
      let rate = 100;
      believed += isReverting(watch(Array.from({ length: hours(3) }, () => (rate = Math.max(1, rate + random.normal(0, 1)))))) ? 1 : 0;
    }
    expect(believed).toBeLessThanOrEqual(8);
    expect(isReverting(watch(Array.from({ length: hours(3) }, (_, look) => 5 + look / 100)))).toBe(false);
    expect(isReverting(watch(Array.from({ length: hours(3) }, (_, look) => 5 + 3 * Math.floor(look / hours(0.5)))))).toBe(false);
  });

  it('is expected at its mean where nothing but chance moves it', () => {
    let memory: DemandMemory | undefined;
    const random = createRandom('poisson');
    const told: number[] = [];
    for (let look = 0; look < hours(4); look++) {
      let count = 0;
      for (let at = random.exponential(1); at < 30; at += random.exponential(1)) count++;
      const watched = watchDemand(memory, count / 15, horizonMs, look * stepMs);
      memory = watched.demand;
      if (look > hours(2)) told.push(expectedLevel(watched.demand, watched.level, horizonMs, look * stepMs).perSecond);
    }
    expect(Math.max(...told)).toBeLessThan(2.4);
    expect(Math.min(...told)).toBeGreaterThan(1.6);
  });

  it('is expected higher with every request more, and what goes beyond all that was seen is expected to stay', () => {
    const known = watch(wandering(createRandom('gusts'), hours(2), 40));
    const { law: { highest }, mean } = reverting(known);
    let before = 0;
    for (let rate = 0; rate < 60; rate += 0.5) {
      const now = expected(known, rate);
      expect(now).toBeGreaterThanOrEqual(before);
      before = now;
    }
    expect(expected(known, mean + highest + 30) - expected(known, mean + highest + 10)).toBeCloseTo(20, 6);
  });

  it('stays where it has been for two starts, or six minutes', () => {
    const known = watch(wandering(createRandom('gusts'), hours(2), 40));
    expect(expected(known, 15, minutes([10, 10, 15, 15, 15, 15]))).toBeLessThan(12);
    expect(expected(known, 15, minutes([10, 15, 15, 15, 15, 15, 15, 15, 15]))).toBeCloseTo(15, 6);
    expect(expected(known, 6, minutes([10, 6, 6, 6, 6, 6, 6, 6, 6]))).toBeCloseTo(6, 6);
  });

  it('is known where it comes and goes with the hours, too', () => {
    const gusts = wandering(createRandom('hours'), hours(4), 40);
    const known = reverting(watch(gusts.map((rate, look) => rate * (1 + 0.5 * Math.sin((2 * Math.PI * look) / hours(6))))));
    // it is at three quarters of ten by now, and on its way down
    expect(known.mean).toBeLessThan(9.5);
    expect(known.law.stays).toBeLessThan(0.5);
  });

  it('is not learned about from what nobody saw', () => {
    const before = watch(wandering(createRandom('gusts'), hours(2), 40));
    const after = watchReversion(before, 500, horizonMs, hours(2) * stepMs + 600_000);
    expect(after.seen).toStrictEqual(before.seen);
    expect(after.errors).toStrictEqual(before.errors);
  });

  it('is one that keeps two hours of minutes, whatever comes', () => {
    const known = watch(wandering(createRandom('long'), hours(12), 40));
    expect(known.seen).toHaveLength(360);
    expect(known.lately).toHaveLength(20);
    expect(known.open.length).toBeLessThanOrEqual(3);
    // as it is written to a record and read again
    expect(JSON.parse(JSON.stringify(known))).toStrictEqual(known);
  });
});

describe('the reserve around what is expected', () => {
  it('is the smallest that leaves no more than may be late beyond it', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = createRandom(`reserve/${seed}`);
      const known = watch(wandering(random, hours(2), 30, 0.2 + 0.4 * random.next()));
      if (!isReverting(known)) continue;
      const share = 0.002 + 0.05 * random.next();
      const reserve = reserveAround(known, 0, share);
      let [beyond, nearly, all] = [0, 0, 0];
      for (let index = 0; index < known.seen.length; index += 3) {
        const [level, came, mean] = known.seen.slice(index, index + 3) as [number, number, number];
        const excess = came - (mean + known.law.stays * (level - mean));
        all += came;
        beyond += Math.max(0, excess - reserve);
        nearly += Math.max(0, excess - 0.98 * reserve);
      }
      expect(beyond / all).toBeLessThanOrEqual(share + 1e-9);
      if (reserve > 0) expect(nearly / all).toBeGreaterThan(share);
    }
  });

  it('takes the load no higher than it has been seen', () => {
    const known = reverting(watch(wandering(createRandom('gusts'), hours(2), 40)));
    expect(reserveAround(known, known.mean + known.law.highest - 0.5, 0)).toBeLessThanOrEqual(0.5);
    expect(reserveAround(known, known.mean + known.law.highest + 5, 0)).toBe(0);
    expect(reserveAround(known, 10, 1)).toBe(0);
  });
});
