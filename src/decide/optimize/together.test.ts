import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carriedTogether } from '../analyze/learned/share.ts';
import { cheapestMix } from './mix.ts';
import { cheapestTogether, secondTogether, type SharedOption } from './together.ts';

/** Behind a router that gives each replica as many requests: each carries no more than the weakest does. */
const evenly = (carries: number, costPerHour: number, least = 0, most = 6): SharedOption => ({ carries, costPerHour, least, most, share: { fullAt: carries, carriesAt: (level) => level } });

const option: fc.Arbitrary<SharedOption> = fc.record({
  carries: fc.constantFrom(0.5, 1, 1.7, 4.2, 16), costPerHour: fc.constantFrom(0.8, 1.4, 2.7, 10), least: fc.nat(2), most: fc.integer({ min: 2, max: 5 }), full: fc.constantFrom(1, 2, 5, 9),
}).map(({ full, ...rest }) => ({ ...rest, share: { fullAt: full, carriesAt: (level) => rest.carries * (level / full) ** 0.7 } }));
const options = fc.array(option, { minLength: 1, maxLength: 3 });
const load = fc.double({ min: 0.01, max: 40, noNaN: true });

function all(kinds: readonly SharedOption[]): number[][] {
  return kinds.reduce<number[][]>((lists, { least, most }) => lists.flatMap((list) => Array.from({ length: most - least + 1 }, (_, more) => [...list, least + more])), [[]]);
}

const costOf = (kinds: readonly SharedOption[], counts: readonly number[]): number => kinds.reduce((sum, { costPerHour }, index) => sum + costPerHour * (counts[index] ?? 0), 0);

describe('the cheapest mix behind a router that does not look at what replicas are able to', () => {
  it.each<[string, readonly SharedOption[], number, number[], number | undefined]>([
    ['one kind where two would keep each other from being full', [evenly(4, 1), evenly(16, 2.9)], 17, [5, 0], undefined],
    ['the strong kind alone where that is cheaper', [evenly(4, 1), evenly(16, 2.5)], 30, [0, 2], undefined],
    ['a mix at the rate of the weak kind, where that has to be there', [evenly(4, 1, 1, 2), evenly(16, 2.5, 0, 9)], 15, [2, 2], 0],
  ])('is %s', (_, kinds, need, counts, first) => {
    const together = cheapestTogether(kinds, need);
    expect(together.mix.counts).toEqual(counts);
    expect(together.first).toBe(first);
  });

  it('is the cheapest of all that carry the load together', () => {
    fc.assert(
      fc.property(options, load, (kinds, need) => {
        const { mix } = cheapestTogether(kinds, need);
        const sufficient = all(kinds).filter((counts) => carriedTogether(kinds, counts) >= need - 1e-9);
        expect(mix.enough).toBe(sufficient.length > 0);
        expect(mix.counts.every((count, index) => count >= (kinds[index]?.least ?? 0) && count <= (kinds[index]?.most ?? 0))).toBe(true);
        expect(mix.carries).toBeCloseTo(carriedTogether(kinds, mix.counts), 9);
        if (mix.enough) expect(costOf(kinds, mix.counts)).toBeCloseTo(Math.min(...sufficient.map((counts) => costOf(kinds, counts))), 9);
      }),
    );
  });

  it('has a second that is another one, is enough, and no cheaper', () => {
    fc.assert(
      fc.property(options, load, (kinds, need) => {
        const { mix } = cheapestTogether(kinds, need);
        const second = secondTogether(kinds, mix, need);
        if (second === undefined || !mix.enough) return;
        expect(second.counts).not.toEqual(mix.counts);
        expect(second.enough).toBe(true);
        expect(carriedTogether(kinds, second.counts)).toBeGreaterThanOrEqual(need - 1e-6);
        expect(second.costPerHour).toBeGreaterThanOrEqual(mix.costPerHour - 1e-9);
      }),
    );
  });

  it('is an ordinary mix where it does not matter what stands beside what', () => {
    fc.assert(
      fc.property(options, load, (kinds, need) => {
        const plain = kinds.map(({ carries, costPerHour, least, most }) => ({ carries, costPerHour, least, most }));
        expect(cheapestTogether(plain, need).mix).toEqual(cheapestMix(plain, need));
      }),
    );
  });
});
