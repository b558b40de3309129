import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Spread } from '../../learn/spread.ts';
import type { Limits } from './limits.ts';
import { carriedTogether, shareOf, type Sharer } from './share.ts';

/** A replica whose iterations take so many milliseconds and so many more for each sequence, with answers of 250 tokens. */
const limitsOf = (baseMs: number, slopeMs: number, sequences: number): Limits => ({
  itlBase: baseMs / 1000, itlSlope: slopeMs / 1000, decodeSlope: slopeMs / 1000, promptSeconds: 0, generationTokens: 250, computedShare: 1, sequences, queue: 0, perSecond: sequences / (0.25 * (baseMs + slopeMs * sequences)), promptsPerSecond: Infinity, by: 'Sequences',
});
const slow = limitsOf(24, 0.7, 70);
const fast = limitsOf(8, 0.22, 280);
const kind = (limits: Limits, spread: Spread, headroom = 1, kvCapacityTokens?: number): Sharer => ({ carries: headroom * limits.perSecond, share: shareOf({ spread, limits, carries: headroom * limits.perSecond, kvCapacityTokens }) });

describe('what replicas carry beside each other', () => {
  it('is what each carries, where only one kind stands there', () => {
    for (const spread of ['EqualInFlight', 'EqualRequests', 'EqualCache'] as const) {
      expect(carriedTogether([kind(slow, spread), kind(fast, spread)], [3, 0])).toBeCloseTo(3 * slow.perSecond, 9);
      expect(carriedTogether([kind(slow, spread), kind(fast, spread)], [0, 2])).toBeCloseTo(2 * fast.perSecond, 9);
    }
  });

  it('is less for the fast kind, as long as each has as many requests in flight', () => {
    // with 70 in flight a fast one does 70 / (250 × 23.4 ms) = 11.97 a second, of the 16.1 that it does with 280
    expect(carriedTogether([kind(slow, 'EqualInFlight'), kind(fast, 'EqualInFlight')], [1, 1])).toBeCloseTo(slow.perSecond + 70 / (0.25 * 23.4), 6);
  });

  it('is as much for each as the slow kind carries, where each is given as many requests', () => {
    expect(carriedTogether([kind(slow, 'EqualRequests'), kind(fast, 'EqualRequests')], [4, 1])).toBeCloseTo(5 * slow.perSecond, 9);
  });

  it('is all of it where caches are filled evenly and are as large as what each may run', () => {
    expect(carriedTogether([kind(slow, 'EqualCache', 1, 70_000), kind(fast, 'EqualCache', 1, 280_000)], [2, 1])).toBeCloseTo(2 * slow.perSecond + fast.perSecond, 6);
  });

  it('keeps as much free of each, in parts, as it keeps free alone', () => {
    const whole = carriedTogether([kind(slow, 'EqualInFlight'), kind(fast, 'EqualInFlight')], [2, 3]);
    expect(carriedTogether([kind(slow, 'EqualInFlight', 0.8), kind(fast, 'EqualInFlight', 0.8)], [2, 3])).toBeCloseTo(0.8 * whole, 9);
  });

  it('is never more than the sum of what each carries alone, and never less than nothing', () => {
    const limits = fc.record({ base: fc.double({ min: 5, max: 40, noNaN: true }), slope: fc.double({ min: 0.05, max: 1, noNaN: true }), sequences: fc.integer({ min: 4, max: 512 }) }).map(({ base, slope, sequences }) => limitsOf(base, slope, sequences));
    fc.assert(
      fc.property(fc.array(limits, { minLength: 1, maxLength: 4 }), fc.constantFrom<Spread>('EqualInFlight', 'EqualRequests', 'EqualCache'), fc.double({ min: 0.3, max: 1, noNaN: true }), fc.array(fc.nat(5), { minLength: 4, maxLength: 4 }), (each, spread, headroom, counts) => {
        const carried = carriedTogether(each.map((one) => kind(one, spread, headroom)), counts);
        const sum = each.reduce((total, { perSecond }, index) => total + headroom * perSecond * (counts[index] ?? 0), 0);
        expect(carried).toBeLessThanOrEqual(sum + 1e-9);
        expect(carried).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
