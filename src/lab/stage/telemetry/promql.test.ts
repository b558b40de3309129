import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counterRate, histogramQuantile } from './promql.ts';

/** Samples as (second, value). */
function rate(samples: readonly (readonly [number, number])[], windowS: number, endS: number): number | undefined {
  return counterRate((index) => (samples[index]?.[0] ?? 0) * 1000, (index) => samples[index]?.[1] ?? 0, 0, samples.length - 1, windowS * 1000, endS * 1000);
}

// Whole answers are held against a genuine Prometheus in test/cluster/lab-telemetry.cluster.test.ts; here are the rules one by one.
describe('rate', () => {
  it('needs two samples', () => {
    expect(rate([], 60, 60)).toBeUndefined();
    expect(rate([[30, 5]], 60, 60)).toBeUndefined();
  });

  it('reaches to the ends of the window where samples are near them', () => {
    // 100 in 50 s of samples; 5 s to either end
    expect(rate([[5, 1000], [15, 1020], [25, 1040], [35, 1060], [45, 1080], [55, 1100]], 60, 60)).toBeCloseTo(120 / 60, 12);
  });

  it('goes half a step beyond samples that are far from the ends', () => {
    // 20 s of samples every 10 s, 20 s from either end: 5 s more on both sides
    expect(rate([[20, 1000], [30, 1020], [40, 1040]], 60, 60)).toBeCloseTo((40 * 30) / 20 / 60, 12);
  });

  it('does not go back to before a counter was zero', () => {
    // it grew by 2 a second and was zero 1 s before the first sample
    expect(rate([[5, 2], [15, 22], [25, 42]], 30, 30)).toBeCloseTo((40 * 26) / 20 / 30, 12);
  });

  it('goes on counting where a counter began anew', () => {
    expect(rate([[0, 100], [10, 120], [20, 5], [30, 25]], 30, 30)).toBeCloseTo(45 / 30, 12);
  });
});

describe('histogram_quantile', () => {
  const buckets = [0.1, 0.5, 1, Infinity].map((bound, index) => ({ bound, cumulative: [10, 30, 40, 50][index] ?? 0 }));

  it.each([
    [0.1, 0.05], // the lowest bucket begins at 0
    [0.2, 0.1],
    [0.4, 0.3],
    [0.7, 0.75],
    [0.9, 1], // above all finite bounds: the highest of them
    [-1, -Infinity],
    [2, Infinity],
  ])('of %d is %d', (q, value) => {
    expect(histogramQuantile(q, buckets)).toBeCloseTo(value, 12);
  });

  it('knows nothing of nothing, and asks for a bucket without end', () => {
    expect(histogramQuantile(0.5, [])).toBeUndefined();
    expect(histogramQuantile(0.5, buckets.slice(0, 3))).toBeUndefined();
    expect(histogramQuantile(0.5, buckets.map(({ bound }) => ({ bound, cumulative: 0 })))).toBeUndefined();
    expect(histogramQuantile(Number.NaN, buckets)).toBeUndefined();
  });

  it('never falls as q rises, however the rates of buckets came out', () => {
    const counts = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 4, maxLength: 4 });
    fc.assert(fc.property(counts, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (cumulative, a, b) => {
      const bent = buckets.map(({ bound }, index) => ({ bound, cumulative: cumulative[index] ?? 0 }));
      const [low, high] = [Math.min(a, b), Math.max(a, b)].map((q) => histogramQuantile(q, bent));
      if (low !== undefined && high !== undefined) expect(low).toBeLessThanOrEqual(high + 1e-9);
    }));
  });
});
