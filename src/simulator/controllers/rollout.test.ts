import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextSizes, rollingLimits } from './rollout.ts';

function limits(replicas: number, maxSurge?: number | string, maxUnavailable?: number | string) {
  const rollingUpdate = { ...(maxSurge !== undefined && { maxSurge }), ...(maxUnavailable !== undefined && { maxUnavailable }) };
  return rollingLimits({ spec: { replicas, strategy: { rollingUpdate } } as object });
}

describe('the limits of a rolling update', () => {
  it.each([
    [4, undefined, undefined, { maxSurge: 1, maxUnavailable: 1 }],
    [1, undefined, undefined, { maxSurge: 1, maxUnavailable: 0 }],
    [10, '30%', '15%', { maxSurge: 3, maxUnavailable: 1 }],
    [10, 2, 0, { maxSurge: 2, maxUnavailable: 0 }],
    [10, 0, 0, { maxSurge: 0, maxUnavailable: 1 }],
    [3, '0%', '0%', { maxSurge: 0, maxUnavailable: 1 }],
  ])('of %d replicas with surge %s and unavailable %s', (replicas, surge, unavailable, expected) => {
    expect(limits(replicas, surge, unavailable)).toEqual(expected);
  });
});

describe('the steps of a rolling update', () => {
  it('end with all replicas new, never above the surge and never below what must be available', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 }), (replicas, maxSurge, unavailable) => {
        const within = { maxSurge, maxUnavailable: maxSurge === 0 ? Math.max(1, unavailable) : unavailable };
        let newest = { size: 0, available: 0 };
        let old = [{ size: replicas, available: replicas }];
        for (let step = 0; step < 100 && (newest.available < replicas || old.some(({ size }) => size > 0)); step++) {
          const sizes = nextSizes(replicas, within, newest, old);
          // pods that go are gone at once; those that come are available a step later
          newest = { size: sizes.newest, available: newest.size };
          old = sizes.old.map((size) => ({ size, available: size }));
          const total = newest.size + (old[0]?.size ?? 0);
          expect(total).toBeLessThanOrEqual(replicas + maxSurge);
          expect(newest.available + (old[0]?.available ?? 0)).toBeGreaterThanOrEqual(replicas - within.maxUnavailable);
        }
        expect(newest).toEqual({ size: replicas, available: replicas });
        expect(old[0]?.size).toBe(0);
      }),
    );
  });
});
