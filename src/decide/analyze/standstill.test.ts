import { describe, expect, it } from 'vitest';
import { createFleet, server } from '../../../test/support/decide/fleet.ts';
import { readingsOf, type VariantSketch } from '../../../test/support/decide/scene.ts';
import { defaultPolicy, type Decision, type Policy } from '../../model/index.ts';
import { missingOrStale } from '../optimize/recommend.ts';
import type { Subject } from './group.ts';
import { hasJustMoved, isAtAStandstill, watchStandstill } from './standstill.ts';

type Values = Parameters<typeof readingsOf>[0];

describe('a replica at a standstill', () => {
  const busy: Values = { running: 40, waiting: 0, recentArrivalsPerSecond: 0, generationTokensPerSecond: 1200, itlSeconds: 0.03 };

  it.each<[string, Values, boolean]>([
    ['answers while nobody comes', {}, false],
    ['has given half of its tokens for a minute', { generationTokensPerSecond: 640 }, true],
    ['gives none any more', { generationTokensPerSecond: 0 }, true],
    ['gives none, and many wait', { generationTokensPerSecond: 0, waiting: 50 }, true],
    ['has just got more than it can run', { generationTokensPerSecond: 640, waiting: 50 }, false],
    ['has just got a batch, and gets more', { generationTokensPerSecond: 640, recentArrivalsPerSecond: 2 }, false],
    ['runs nothing', { running: 0, generationTokensPerSecond: 0 }, false],
  ])('%s', (_, values, expected) => {
    expect(isAtAStandstill(readingsOf({ ...busy, ...values }))).toBe(expected);
  });

  it('is not told where it does not say what it gives', () => {
    expect(isAtAStandstill(readingsOf({ running: 40, recentArrivalsPerSecond: 0 }))).toBe(false);
  });
});

describe('pages that show the same numbers again and again', () => {
  const policy: Policy = { ...defaultPolicy, slo: { ttftSeconds: 2, itlSeconds: 0.1, attainment: 0.99 } };

  /** Counters stand still: rates over a minute sink to none within it, and what is in flight stays. */
  const frozenFor = (cycles: number, pods: number) => (sketches: VariantSketch[]): VariantSketch[] => sketches.map((sketch) => ({
    ...sketch,
    replicas: sketch.replicas.map((replica, index) => {
      if (index >= pods || replica.readings === undefined) return replica;
      const { generationTokensPerSecond = 0, completionsPerSecond = 0, arrivalsPerSecond = 0 } = replica.readings;
      const left = Math.max(0, 1 - cycles / 4);
      return { ...replica, readings: { ...replica.readings, recentArrivalsPerSecond: 0, arrivalsPerSecond: left * arrivalsPerSecond, completionsPerSecond: left * completionsPerSecond, generationTokensPerSecond: left * generationTokensPerSecond } };
    }),
  }));

  function frozen(pods: number): readonly Decision[] {
    const fleet = createFleet([{ name: 'v', server, replicas: 5 }], policy);
    for (let cycle = 0; cycle < 160; cycle++) fleet.step(24);
    return Array.from({ length: 40 }, (_, cycle) => fleet.step(24, frozenFor(cycle + 1, pods))).flat();
  }

  it('take no replica away, and say so', () => {
    const decisions = frozen(5);
    const [before] = decisions;
    expect(Math.min(...decisions.map(({ desired = 0 }) => desired))).toBe(before?.current);
    const last = decisions.at(-1);
    expect(last).toMatchObject({ held: true, reason: 'HeldMetricsFrozen' });
    expect(last?.trail[0]?.sentence).toMatch(/^All \d ready replicas say that they run requests, and counted neither new ones nor tokens of late: the last decision, \d replicas, stays\.$/);
    expect(last?.conditions.find(({ type }) => type === 'MetricsAvailable')).toMatchObject({ status: 'False', reason: 'MetricsFrozen' });
  });

  it('of some replicas leave the load to be told by the others', () => {
    const decisions = frozen(2);
    const [before] = decisions;
    expect(Math.min(...decisions.map(({ desired = 0 }) => desired))).toBe(before?.current);
    expect(decisions.at(-1)?.basis?.need?.levelPerSecond).toBeCloseTo(24, 0);
  });

  it('tell of no load with the first numbers after that, which are those of all the time', () => {
    const fleet = createFleet([{ name: 'v', server, replicas: 5 }], policy);
    for (let cycle = 0; cycle < 160; cycle++) fleet.step(24);
    for (let cycle = 0; cycle < 40; cycle++) fleet.step(24, frozenFor(cycle + 1, 5));
    // ten minutes within fifteen seconds
    const [moved] = fleet.step(24, (sketches) => sketches.map((sketch) => ({
      ...sketch, replicas: sketch.replicas.map((replica) => replica.readings === undefined ? replica : { ...replica, readings: { ...replica.readings, recentArrivalsPerSecond: 40 * 4.8, arrivalsPerSecond: 10 * 4.8 } }),
    })));
    const [after] = fleet.step(24);
    expect(moved?.desired).toBe(moved?.current);
    expect(moved).toMatchObject({ held: true, reason: 'HeldMetricsFrozen' });
    expect(moved?.trail[0]?.sentence).toMatch(/^Ready replicas have just begun to count again after standing still, and what came meanwhile shows as if it came now: the last decision, \d replicas, stays\.$/);
    expect(after?.desired).toBe(moved?.current);
    expect(after?.basis?.need?.levelPerSecond).toBeCloseTo(24, 0);
  });
});

it('is not what is held against a replica that only lacks something else', () => {
  const told = readingsOf({ recentArrivalsPerSecond: 3, arrivalsPerSecond: 3 });
  expect(missingOrStale({ supply: { serving: [{ readings: told }] } } as unknown as Subject)).toBe('HeldMetricsMissing');
});

describe('what is remembered of standstill', () => {
  it('is how many stand still, and for nine seconds of samples that one moved again', () => {
    const still = watchStandstill(undefined, 3, 0);
    expect(still).toEqual({ replicas: 3 });
    expect(hasJustMoved(still)).toBe(false);
    const moved = watchStandstill(still, 1, 100_000);
    expect(moved).toEqual({ replicas: 1, movedAtMs: 100_000 });
    expect(hasJustMoved(moved)).toBe(true);
    expect(hasJustMoved(watchStandstill(moved, 1, 105_000))).toBe(true);
    expect(watchStandstill(moved, 1, 110_000)).toEqual({ replicas: 1 });
    expect(watchStandstill({ replicas: 0, movedAtMs: 100_000 }, 0, 110_000)).toBeUndefined();
    expect(watchStandstill(undefined, 0, 0)).toBeUndefined();
  });
});
