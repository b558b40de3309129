import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../runtime/index.ts';
import { estimate } from './estimate.ts';
import { attainmentAt, costAt, paretoHull } from './frontier.ts';
import { studentT975 } from './student-t.ts';

describe('studentT975', () => {
  it.each([
    [1, 12.706],
    [9, 2.262],
    [30, 2.042],
    [31, 2.0395],
    [60, 2.0003],
    [120, 1.9799],
    [100_000, 1.96],
  ])('of %i degrees of freedom is %f', (degrees, expected) => {
    expect(studentT975(degrees)).toBeCloseTo(expected, 3);
  });
});

describe('estimate', () => {
  it('is the textbook interval', () => {
    // mean 5, s = sqrt(10/4) = 1.5811, half = 2.776 * 1.5811 / sqrt(5) = 1.9629
    const { mean, low, high } = estimate([3, 4, 5, 6, 7]) ?? { mean: NaN };
    expect(mean).toBe(5);
    expect(low).toBeCloseTo(3.0371, 3);
    expect(high).toBeCloseTo(6.9629, 3);
  });

  it('has no interval for one value, and is nothing for none', () => {
    expect(estimate([4])).toStrictEqual({ mean: 4, count: 1 });
    expect(estimate([])).toBeUndefined();
  });

  it('stays within natural bounds', () => {
    expect(estimate([1, 0.9, 1], { lowest: 0, highest: 1 })?.high).toBe(1);
  });

  it('covers the true mean in about 95 of 100 experiments of ten normal values', () => {
    const random = createRandom('coverage');
    let covered = 0;
    for (let trial = 0; trial < 2000; trial++) {
      const { low = 0, high = 0 } = estimate(Array.from({ length: 10 }, () => random.normal(3, 2))) ?? {};
      if (low <= 3 && high >= 3) covered++;
    }
    expect(covered / 2000).toBeGreaterThan(0.935);
    expect(covered / 2000).toBeLessThan(0.965);
  });
});

describe('the hull of outcomes', () => {
  const hull = paretoHull([
    { money: 10, attainment: 0.5 },
    { money: 20, attainment: 0.9 },
    { money: 15, attainment: 0.6 },
    { money: 40, attainment: 1 },
    { money: 50, attainment: 0.99 },
  ]);

  it('leaves out what others dominate, and what a mixture of others dominates', () => {
    expect(hull.map(({ money }) => money)).toStrictEqual([10, 20, 40]);
  });

  it('gives least cost at an attainment, and best attainment at a cost', () => {
    expect(costAt(hull, 0.7)).toBeCloseTo(15);
    expect(costAt(hull, 0.95)).toBeCloseTo(30);
    expect(attainmentAt(hull, 30)).toBeCloseTo(0.95);
  });

  it('knows its ends', () => {
    expect(costAt(hull, 0.5)).toBe(10);
    expect(costAt(hull, 0.2)).toBeUndefined();
    expect(costAt(paretoHull([{ money: 1, attainment: 0.9 }]), 0.95)).toBeUndefined();
    expect(attainmentAt(hull, 5)).toBeUndefined();
    expect(attainmentAt(hull, 1000)).toBe(1);
    expect(costAt([], 0.5)).toBeUndefined();
  });

  it('lies above every outcome, and one axis undoes the other', () => {
    // shares of a million requests: doubles of any size reach 6e-323, of which no part can be taken
    const outcome = fc.record({ money: fc.double({ min: 1, max: 100, noNaN: true }), attainment: fc.integer({ min: 0, max: 1_000_000 }).map((met) => met / 1_000_000) });
    fc.assert(
      fc.property(fc.array(outcome, { minLength: 1, maxLength: 20 }), (outcomes) => {
        const hull = paretoHull(outcomes);
        for (const { money, attainment } of outcomes) {
          expect(attainmentAt(hull, money)).toBeGreaterThanOrEqual(attainment - 1e-9);
          if (attainment >= (hull[0]?.attainment ?? 1)) expect(costAt(hull, attainment)).toBeLessThanOrEqual(money + 1e-9);
        }
      }),
    );
  });
});
