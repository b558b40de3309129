import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareWithin, type LatencyHistogram } from './latency-histogram.ts';

const ttft: LatencyHistogram = { boundsSeconds: [0.5, 1, 2], withinPerSecond: [2, 6, 7], totalPerSecond: 8 };

describe('the share of events within a bound', () => {
  it.each([
    [0.5, 2 / 8],
    [1, 6 / 8],
    [0.75, 4 / 8],
    [0.25, 1 / 8],
    [2, 7 / 8],
    // an eighth took longer than two seconds, and nobody knows by how much
    [60, 7 / 8],
    [0, 0],
  ])('of %d s is %d', (seconds, share) => {
    expect(shareWithin(ttft, seconds)).toBeCloseTo(share, 12);
  });

  it('is not known where nothing happened', () => {
    expect(shareWithin({ boundsSeconds: [1], withinPerSecond: [0], totalPerSecond: 0 }, 1)).toBeUndefined();
  });

  it('never falls as the bound rises, and is never above one', () => {
    const histogram = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.nat(9)), { minLength: 1, maxLength: 12 }).chain((steps) =>
      fc.nat(9).map((above): LatencyHistogram => {
        let [bound, within] = [0, 0];
        const rows = steps.map(([wider, more]) => [(bound += wider), (within += more)] as const);
        return { boundsSeconds: rows.map(([one]) => one), withinPerSecond: rows.map(([, one]) => one), totalPerSecond: within + above };
      }));
    fc.assert(
      fc.property(histogram, fc.double({ min: 0, max: 600, noNaN: true }), fc.double({ min: 0, max: 600, noNaN: true }), (of, a, b) => {
        const [less, more] = [shareWithin(of, Math.min(a, b)), shareWithin(of, Math.max(a, b))];
        if (less === undefined || more === undefined) return;
        expect(less).toBeLessThanOrEqual(more + 1e-12);
        expect(more).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });
});
