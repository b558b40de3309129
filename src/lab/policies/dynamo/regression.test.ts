import { describe, expect, test } from 'vitest';
import { createBucketedRegression } from './bucketed-regression.ts';
import { fitLinear } from './least-squares.ts';

describe('least squares', () => {
  test('a plane is found again', () => {
    const rows = [[0, 0], [100, 0], [0, 50], [200, 10], [30, 90]];
    const fit = fitLinear(rows, rows.map(([a = 0, b = 0]) => 7 + 0.03 * a + 0.002 * b));
    expect(fit?.intercept).toBeCloseTo(7, 6);
    expect(fit?.slopes[0]).toBeCloseTo(0.03, 6);
    expect(fit?.slopes[1]).toBeCloseTo(0.002, 6);
    expect(fit?.residual).toBeCloseTo(0, 9);
  });

  test('a line through three points that are not on one', () => {
    // means 1 and 7/3; slope (1 × 4/3 + 1 × 5/3) / 2 = 1.5, intercept 7/3 - 1.5
    const fit = fitLinear([[0], [1], [2]], [1, 2, 4]);
    expect(fit?.slopes[0]).toBeCloseTo(1.5, 6);
    expect(fit?.intercept).toBeCloseTo(5 / 6, 6);
    // residuals 1/6, -1/3, 1/6
    expect(fit?.residual).toBeCloseTo(1 / 6, 6);
  });

  test('a feature that never differs has no slope, and two that are the same share theirs', () => {
    const flat = fitLinear([[5, 1], [5, 2], [5, 3]], [1, 2, 3]);
    expect(flat?.slopes[0]).toBe(0);
    expect(flat?.slopes[1]).toBeCloseTo(1, 6);
    const twins = fitLinear([[1, 1], [2, 2], [3, 3]], [2, 4, 6]);
    expect(twins?.slopes[0]).toBeCloseTo(1, 6);
    expect(twins?.slopes[1]).toBeCloseTo(1, 6);
    expect(fitLinear([], [])).toBeUndefined();
  });
});

describe('what is kept of the iterations', () => {
  test('nothing is said before there are enough', () => {
    const regression = createBucketedRegression({ maxSamples: 64, minObservations: 3, bucketsPerAxis: 4 });
    regression.add([0], 0.01);
    regression.add([1000], 0.02);
    expect(regression.predict([500])).toBeUndefined();
    regression.add([2000], 0.03);
    expect(regression.predict([500])).toBeCloseTo(0.015, 6);
  });

  test('the oldest of the fullest bucket goes, so that a long load does not push the others out', () => {
    const regression = createBucketedRegression({ maxSamples: 4, minObservations: 2, bucketsPerAxis: 2 });
    regression.add([0], 0.01);
    regression.add([1000], 0.11);
    for (let index = 0; index < 20; index++) regression.add([10], 0.011);
    expect(regression.size).toBe(4);
    expect(regression.predict([1000])).toBeCloseTo(0.11, 6);
  });

  test('more work in less time is no model, unless the feature may drown', () => {
    const add = (options: { readonly clippable?: ReadonlySet<number> }) => {
      const regression = createBucketedRegression({ maxSamples: 64, minObservations: 2, bucketsPerAxis: 4, ...options });
      for (const [load, seconds] of [[0, 0.03], [1000, 0.02], [2000, 0.01]] as const) regression.add([load], seconds);
      return regression.predict([2000]);
    };
    expect(add({})).toBeUndefined();
    // the intercept of the fit stays
    expect(add({ clippable: new Set([0]) })).toBeCloseTo(0.03, 6);
  });
});
