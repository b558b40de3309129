import { describe, expect, test } from 'vitest';
import { createBehavior } from './behavior.ts';
import { blocksByCost, fillByCost } from './cost-fill.ts';
import { createHeldValues } from './held-values.ts';
import { recommend } from './recommend.ts';

describe('what the metrics recommend', () => {
  const base = { current: 4, minReplicas: 1, maxReplicas: 20, tolerance: 0.1 };
  const reading = { target: 5, reporters: 4, unready: 0 };
  test.each([
    // 31 / 5 = 6.2
    { why: 'ceil(sum / target)', current: 4, readings: [{ ...reading, sum: 31 }], want: 7 },
    // 21 / 4 / 5 = 1.05
    { why: 'within the tolerance', current: 4, readings: [{ ...reading, sum: 21 }], want: 4 },
    { why: 'nothing waits', current: 4, readings: [{ ...reading, sum: 0 }], want: 1 },
    // 7 by waiting, 3.2 / 0.8 = 4 by the cache
    { why: 'the most of several', current: 4, readings: [{ ...reading, sum: 31 }, { target: 0.8, sum: 3.2, reporters: 4, unready: 0 }], want: 7 },
    // two ready with 15 each (ratio 3), two on their way: 30 / 4 / 5 = 1.5; 1.5 × 4 = 6
    { why: 'those on their way count as idle on the way up', current: 4, readings: [{ ...reading, reporters: 2, unready: 2, sum: 30 }], want: 6 },
    // two ready with 6 each (ratio 1.2); with the others 12 / 4 / 5 = 0.6, the other direction
    { why: 'and never turn the direction', current: 4, readings: [{ ...reading, reporters: 2, unready: 2, sum: 12 }], want: 4 },
    // three answered with 1 each, one is missing and counts as 5: 8 / 4 / 5 = 0.4; 1.6
    { why: 'one that is missing counts as busy on the way down', current: 4, readings: [{ ...reading, reporters: 3, sum: 3 }], want: 2 },
    { why: 'nobody answers', current: 4, readings: [{ ...reading, reporters: 0, sum: 0 }], want: undefined },
    { why: 'below the minimum', current: 0, readings: [], want: 1 },
    { why: 'above the maximum', current: 21, readings: [], want: 20 },
  ])('$why', ({ current, readings, want }) => {
    expect(recommend({ ...base, current, readings })).toBe(want);
  });
});

describe('behavior', () => {
  const shipped = {
    upWindowMs: 0,
    upPeriodMs: 15_000,
    upInstances: 1,
    upPercent: 100,
    downWindowMs: 300_000,
    downPeriodMs: 15_000,
    downInstances: 1,
    downPercent: 100,
    panicThresholdPercent: 200,
    panicHoldMs: 60_000,
  };

  test('up at once, twice as many at most', () => {
    const next = createBehavior({ ...shipped, panicThresholdPercent: 1000 });
    expect(next(0, 2, 3, 1, 20)).toEqual({ replicas: 3, panics: false });
    // it remembers nothing from before its first round: 3 + 100 %
    expect(next(15_000, 3, 9, 1, 20)).toEqual({ replicas: 6, panics: false });
    // 3 held until 15 s ago, so no more within this period
    expect(next(30_000, 6, 20, 1, 20)).toEqual({ replicas: 6, panics: false });
    expect(next(45_000, 6, 20, 1, 20)).toEqual({ replicas: 12, panics: false });
  });

  test('a panic goes all the way, and keeps what it has while it lasts', () => {
    const next = createBehavior(shipped);
    expect(next(0, 2, 9, 1, 20)).toEqual({ replicas: 9, panics: true });
    expect(next(60_000, 9, 2, 1, 20)).toEqual({ replicas: 9, panics: true });
  });

  test('down to the highest of five minutes', () => {
    const next = createBehavior(shipped);
    expect(next(0, 6, 6, 1, 20).replicas).toBe(6);
    expect(next(15_000, 6, 5, 1, 20).replicas).toBe(6);
    expect(next(300_000, 6, 2, 1, 20).replicas).toBe(6);
    // the 6 is forgotten, the 5 is not
    expect(next(315_000, 6, 2, 1, 20).replicas).toBe(5);
    expect(next(330_000, 5, 2, 1, 20).replicas).toBe(2);
  });

  test('a window on the way up takes the lowest', () => {
    const next = createBehavior({ ...shipped, upWindowMs: 30_000, panicThresholdPercent: 1000 });
    expect(next(0, 2, 2, 1, 20).replicas).toBe(2);
    expect(next(15_000, 2, 4, 1, 20).replicas).toBe(2);
    expect(next(30_000, 2, 3, 1, 20).replicas).toBe(2);
    expect(next(45_000, 2, 4, 1, 20).replicas).toBe(3);
  });
});

test('a held value counts for as long as any of it lies in the period', () => {
  const held = createHeldValues(15_000);
  expect(held.lowest(0, 15_000)).toBeUndefined();
  held.set(0, 2);
  held.set(10_000, 5);
  expect(held.lowest(25_000, 15_000)).toBe(2);
  expect(held.highest(25_000, 15_000)).toBe(5);
  expect(held.lowest(25_001, 15_000)).toBe(5);
});

describe('cost fill', () => {
  const h100 = { name: 'h100', cost: 100, minReplicas: 0, maxReplicas: 4 };
  const a100 = { name: 'a100', cost: 60, minReplicas: 1, maxReplicas: 8 };

  test('blocks grow and are sorted by what they cost', () => {
    // h100: 1 (100), 2 (200), 1 (100); a100: 1 (60), 2 (120), 4 (240)
    expect(blocksByCost([h100, a100], 200)).toEqual([
      { name: 'a100', replicas: 1 },
      { name: 'h100', replicas: 1 },
      { name: 'h100', replicas: 1 },
      { name: 'a100', replicas: 2 },
      { name: 'h100', replicas: 2 },
      { name: 'a100', replicas: 4 },
    ]);
  });

  test.each([
    { total: 1, want: { h100: 0, a100: 1 } },
    { total: 2, want: { h100: 0, a100: 2 } },
    { total: 4, want: { h100: 2, a100: 2 } },
    { total: 7, want: { h100: 3, a100: 4 } },
    { total: 12, want: { h100: 4, a100: 8 } },
  ])('$total in all', ({ total, want }) => {
    expect(Object.fromEntries(fillByCost([h100, a100], 200, total))).toEqual(want);
  });

  test('at 100 % the cheap one first, all of it', () => {
    expect(Object.fromEntries(fillByCost([h100, a100], 100, 9))).toEqual({ h100: 1, a100: 8 });
  });
});
