import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../runtime/index.ts';
import type { DemandMemory } from '../../model/index.ts';
import { atLeast, watchDemand, type Watched } from './demand.ts';
import { expectedGrowth } from './forecast.ts';
import { levelOf } from './level.ts';
import { reserveFor, secondsToNotice } from './rises.ts';

const horizonMs = 120_000;
const stepMs = 15_000;

/** Requests that come by Poisson's law, counted. */
function counted(random: Random, perSecond: number): number {
  let count = 0;
  for (let at = random.exponential(1); at < perSecond * 15; at += random.exponential(1)) count++;
  return count / 15;
}

/** Looks at a load, one every 15 s. */
function watch(rates: readonly number[], from?: DemandMemory, startMs = 0): Watched {
  let watched: Watched | undefined;
  for (const [index, rate] of rates.entries()) watched = watchDemand(watched?.demand ?? from, rate, horizonMs, startMs + index * stepMs);
  if (watched === undefined) throw new Error('Nothing was watched.');
  return watched;
}

const times = (count: number, rate: number): number[] => Array.from({ length: count }, () => rate);

describe('the level of a load', () => {
  it('is the mean where nothing changes, and what it is since a change where something does', () => {
    expect(watch(times(30, 4)).level).toMatchObject({ perSecond: 4, slope: 0, evidence: 0 });
    const jumped = watch([...times(30, 4), ...times(3, 8)]).level;
    expect(jumped).toMatchObject({ perSecond: 8, before: 4, sinceMs: 30 * stepMs });
    expect(watch([...times(30, 8), ...times(3, 4)]).level).toMatchObject({ perSecond: 4, before: 8 });
  });

  it('sees half as much again within half a minute at eight a second, and no change in a day of chance', () => {
    let noticed = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const random = createRandom(`jump/${seed}`);
      const { level } = watch([...Array.from({ length: 40 }, () => counted(random, 8)), counted(random, 12), counted(random, 12)]);
      if (level.before !== undefined && level.perSecond > 10) noticed++;
    }
    expect(noticed).toBeGreaterThanOrEqual(32);
    const random = createRandom('calm');
    let alarms = 0;
    let memory: DemandMemory | undefined;
    for (let look = 0; look < 5760; look++) {
      const { demand, level } = watchDemand(memory, counted(random, 8), horizonMs, look * stepMs);
      if (level.evidence > 0 && (memory === undefined || levelOf(memory, (look - 1) * stepMs).evidence === 0)) alarms++;
      memory = demand;
    }
    expect(alarms).toBeLessThanOrEqual(15);
    // what chance looked like now and then asks for a tenth of a reserve, and not for a replica
    if (memory !== undefined) expect(reserveFor(memory, 8, horizonMs, 0.005, 5760 * stepMs)).toBeLessThan(1.2);
  });

  it('keeps a part of an increase in reserve where the other part would cost no more than may be late', () => {
    const rise = { atMs: 0, increase: 10, from: 10, deviation: 0, evidence: 20 };
    const memory = { ...watch(times(40, 10)).demand, rises: [rise], requests: 100_000, sinceMs: -1e9 };
    // it would cost the 20 × 120 requests of two minutes: all of them, half, and none may be late
    const reserves = [2400, 1200, 0].map((allowed) => reserveFor(memory, 10, 120_000, allowed / 100_000, 0));
    expect(reserves[0]).toBeCloseTo(0, 2);
    expect(reserves[1]).toBeCloseTo(5, 2);
    expect(reserves[2]).toBeCloseTo(10, 2);
  });

  it('reckons with what many loads do until this one has been seen to rise, also below a height from which it came', () => {
    const { demand } = watch([...times(8, 50), ...times(30, 10)]);
    expect(demand.rises).toEqual([]);
    expect(reserveFor(demand, 10, 120_000, 0.005, 37 * stepMs)).toBeGreaterThan(2);
    // and not once it is known how it climbs
    const risen = { ...demand, rises: [{ atMs: 37 * stepMs, increase: 1, from: 10, deviation: 0, evidence: 20 }] };
    expect(reserveFor(risen, 10, 120_000, 0.005, 37 * stepMs)).toBeLessThan(2);
  });

  it('follows a line where one tells more than a step, and foresees its growth until that has proved wrong', () => {
    // from 4 to 6 a second within five minutes: what climbs faster is told as a step, and then another
    const { demand, level } = watch([...times(20, 4), ...Array.from({ length: 20 }, (_, look) => 4 + look * 0.1)]);
    expect(level.perSecond).toBeCloseTo(5.9, 1);
    expect(level.slope).toBeGreaterThan(0.004);
    expect(level.slope).toBeLessThan(0.0067);
    // what has grown for five minutes grows for 100 of the next 120 s in the mean, and what has for one, for 66
    expect(expectedGrowth(demand, level, horizonMs)).toBeCloseTo(level.slope * 100, 1);
    expect(expectedGrowth(demand, { ...level, slopeMs: 60_000 }, horizonMs)).toBeCloseTo(level.slope * 60 * Math.log(3), 6);
    expect(expectedGrowth(demand, { ...level, slopeMs: Infinity }, horizonMs)).toBeCloseTo(level.slope * 120, 6);
    expect(expectedGrowth({ ...demand, forecastErrors: { trend: 9, none: 4 } }, level, horizonMs)).toBe(0);
    expect(demand.forecasts.length).toBeGreaterThan(0);
  });

  it('draws no line over a time in which nobody looked', () => {
    const before = watch([...times(6, 3), ...times(6, 20)]).demand;
    // 150 s later comes a mean of them: 90 s at 20, and 60 s at 3
    const first = watch([13.2], before, 315_000);
    expect(first.level.perSecond).toBeLessThanOrEqual(20);
    expect(first.level.slope).toBe(0);
    expect(watch(times(8, 3), first.demand, 330_000).level.perSecond).toBeCloseTo(3, 1);
    // and where the looks go on, a line may be drawn again
    expect(watch(Array.from({ length: 12 }, (_, look) => 3 + look), first.demand, 330_000).level.slope).toBeGreaterThan(0);
  });

  it('asks for no less than what the last seconds prove while it climbs', () => {
    const { demand, level } = watch([...times(30, 3), 12, 30, 30]);
    expect(atLeast(demand, level, 32 * stepMs)).toBeGreaterThan(25);
    const calm = watch(times(30, 3));
    expect(atLeast(calm.demand, calm.level, 29 * stepMs)).toBeLessThanOrEqual(3);
  });
});

describe('the reserve', () => {
  const reserve = (demand: DemandMemory, rate: number, nowMs: number): number => reserveFor(demand, rate, horizonMs, 0.005, nowMs);

  it('is the step that a staircase made before, at every new height', () => {
    const { demand } = watch([...times(24, 2), ...times(24, 4), ...times(24, 6)]);
    expect(demand.rises.map(({ increase }) => Math.round(increase * 10) / 10)).toEqual([2, 2]);
    expect(reserve(demand, 6, 72 * stepMs)).toBeGreaterThan(1.9);
    expect(reserve(demand, 6, 72 * stepMs)).toBeLessThan(3);
  });

  it('is up to the height that a load has shown, and nothing above it', () => {
    const { demand } = watch([...times(24, 5), ...times(12, 25), ...times(24, 5)]);
    const nowMs = 60 * stepMs;
    expect(reserve(demand, 5, nowMs)).toBeGreaterThan(19);
    expect(reserve(demand, 15, nowMs)).toBeLessThan(12);
    expect(reserve(demand, 25, nowMs)).toBeLessThan(2.5);
  });

  it('is scaled to a smaller rate, and is given up when such rises are rare', () => {
    const { demand } = watch([...times(24, 100), ...times(12, 120), ...times(24, 100)]);
    expect(reserve(demand, 10, 60 * stepMs)).toBeLessThan(3);
    expect(reserve(demand, 100, 60 * stepMs)).toBeGreaterThan(18);
    expect(reserve({ ...demand, requests: 1e8, sinceMs: -1e9 }, 100, 60 * stepMs)).toBeLessThan(1e-9);
  });

  it('never lets a larger load need less than a smaller one', () => {
    const random = createRandom('monotone');
    for (let round = 0; round < 20; round++) {
      const [low, high] = [2 + 8 * random.next(), 12 + 20 * random.next()];
      const { demand } = watch([...times(24, low), ...times(12, high), ...times(24, low), ...times(8, 1.5 * low), ...times(24, low)]);
      let before = 0;
      for (let rate = 0.5; rate < 1.2 * high; rate *= 1.02) {
        const needed = rate + reserve(demand, rate, 92 * stepMs);
        expect(needed).toBeGreaterThanOrEqual(before - 1e-9);
        before = needed;
      }
    }
  });

  it('reckons with what is not known yet, and less the longer nothing happens', () => {
    const { demand } = watch(times(4, 10));
    expect(reserve(demand, 10, 4 * stepMs)).toBeGreaterThan(4);
    expect(reserve(demand, 10, 4 * 3_600_000)).toBeLessThan(0.1);
  });

  it('knows that small rises are noticed later than large ones', () => {
    const { demand } = watch(times(4, 10));
    expect(secondsToNotice(demand, 10, 1)).toBeGreaterThan(secondsToNotice(demand, 10, 5));
    expect(secondsToNotice(demand, 10, 0)).toBe(0);
  });
});

it('a pause of the controller is no rise, and looks that follow each other at once are one', () => {
  const { demand } = watch(times(30, 4));
  const later = watchDemand(demand, 4, horizonMs, 30 * stepMs + 3_600_000);
  expect(later.level.perSecond).toBe(4);
  expect(later.demand.rising).toBeUndefined();
  expect(watchDemand(demand, 9, horizonMs, 29 * stepMs + 1000).demand).toBe(demand);
});

it('memory stays small: forty rises, some minutes of rates, two hours of levels', () => {
  const random = createRandom('size');
  let memory: DemandMemory | undefined;
  for (let look = 0; look < 20_000; look++) memory = watchDemand(memory, counted(random, look % 80 < 40 ? 3 : 9), horizonMs, look * stepMs).demand;
  expect(memory?.rises.length).toBeLessThanOrEqual(40);
  expect(JSON.stringify(memory).length).toBeLessThan(16_000);
});
