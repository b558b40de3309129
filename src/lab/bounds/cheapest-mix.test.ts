import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cheapestFirst, cheapestMix, type MixOption } from './cheapest-mix.ts';

const option = fc.record({
  carries: fc.double({ min: 0.2, max: 5, noNaN: true }),
  costPerHour: fc.double({ min: 0.5, max: 20, noNaN: true }),
  minReplicas: fc.integer({ min: 0, max: 2 }),
  maxReplicas: fc.integer({ min: 2, max: 6 }),
});

function costOf(options: readonly MixOption[], counts: readonly number[]): number {
  return options.reduce((total, { costPerHour }, index) => total + costPerHour * (counts[index] ?? 0), 0);
}

function carriedBy(options: readonly MixOption[], counts: readonly number[]): number {
  return options.reduce((total, { carries }, index) => total + carries * (counts[index] ?? 0), 0);
}

/** Every combination, by brute force. */
function combinations(options: readonly MixOption[]): number[][] {
  return options.reduce<number[][]>(
    (lists, { minReplicas, maxReplicas }) => lists.flatMap((list) => Array.from({ length: maxReplicas - minReplicas + 1 }, (_, more) => [...list, minReplicas + more])),
    [[]],
  );
}

describe('the cheapest mix', () => {
  it('takes one dear replica where two cheap ones would cost more', () => {
    const cheap = { carries: 1, costPerHour: 3, minReplicas: 0, maxReplicas: 8 };
    const dear = { carries: 3, costPerHour: 8, minReplicas: 0, maxReplicas: 8 };
    // 2.5 is three cheap (9) or one dear (8); 4 is one of each (11); 1 is one cheap
    expect(cheapestMix([cheap, dear], 2.5)).toEqual([0, 1]);
    expect(cheapestMix([cheap, dear], 4)).toEqual([1, 1]);
    expect(cheapestMix([cheap, dear], 1)).toEqual([1, 0]);
  });

  it('gives all there is where nothing suffices, and the minimum where nothing is needed', () => {
    const only = [{ carries: 1, costPerHour: 1, minReplicas: 1, maxReplicas: 3 }];
    expect(cheapestMix(only, 10)).toEqual([3]);
    expect(cheapestMix(only, 0)).toEqual([1]);
  });

  it('is never dearer than any other combination that carries the need', () => {
    fc.assert(
      fc.property(fc.array(option, { minLength: 1, maxLength: 3 }), fc.double({ min: 0, max: 30, noNaN: true }), (options, need) => {
        const counts = cheapestMix(options, need);
        for (const [index, { minReplicas, maxReplicas }] of options.entries()) {
          expect(counts[index]).toBeGreaterThanOrEqual(minReplicas);
          expect(counts[index]).toBeLessThanOrEqual(maxReplicas);
        }
        const enough = combinations(options).filter((list) => carriedBy(options, list) >= need + 1e-6);
        if (enough.length === 0) return;
        expect(carriedBy(options, counts)).toBeGreaterThanOrEqual(need - 1e-6);
        expect(costOf(options, counts)).toBeLessThanOrEqual(Math.min(...enough.map((list) => costOf(options, list))) + 1e-9);
      }),
    );
  });
});

it('takes the cheapest replicas first, and dearer ones for what is left', () => {
  const cheap = { carries: 1, costPerHour: 3, minReplicas: 1, maxReplicas: 4 };
  const dear = { carries: 3, costPerHour: 8, minReplicas: 0, maxReplicas: 8 };
  // in any order of the options
  expect(cheapestFirst([dear, cheap], 2.5)).toEqual([0, 3]);
  expect(cheapestFirst([cheap, dear], 4)).toEqual([4, 0]);
  expect(cheapestFirst([cheap, dear], 6)).toEqual([4, 1]);
  expect(cheapestFirst([cheap, dear], 0)).toEqual([1, 0]);
  expect(cheapestFirst([cheap, { ...dear, carries: 0 }], 9)).toEqual([4, 0]);
});
