import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cheapestMix, runnerUp, type MixOption } from './mix.ts';

const option: fc.Arbitrary<MixOption> = fc.record({
  carries: fc.constantFrom(0, 0.5, 1, 1.7, 4.2, 16), costPerHour: fc.constantFrom(0, 0.8, 1.4, 2.7, 10), least: fc.nat(2), most: fc.integer({ min: 2, max: 7 }),
});

/** Every combination, the plain way. */
function all(options: readonly MixOption[]): number[][] {
  return options.reduce<number[][]>((lists, { least, most }) => lists.flatMap((list) => Array.from({ length: most - least + 1 }, (_, more) => [...list, least + more])), [[]]);
}

const total = (options: readonly MixOption[], counts: readonly number[], of: 'carries' | 'costPerHour'): number => options.reduce((sum, one, index) => sum + one[of] * (counts[index] ?? 0), 0);

describe('the cheapest mix', () => {
  it.each<[string, readonly MixOption[], number, number[]]>([
    ['one dear replica where three cheap ones cost more', [{ carries: 1, costPerHour: 3, least: 0, most: 8 }, { carries: 3, costPerHour: 8, least: 0, most: 8 }], 2.5, [0, 1]],
    ['one of each where that fits', [{ carries: 1, costPerHour: 3, least: 0, most: 8 }, { carries: 3, costPerHour: 8, least: 0, most: 8 }], 4, [1, 1]],
    ['the minimum where nothing comes', [{ carries: 1, costPerHour: 3, least: 2, most: 8 }], 0, [2]],
    ['the other where the cheap one is full', [{ carries: 1, costPerHour: 1, least: 1, most: 3 }, { carries: 2, costPerHour: 15, least: 1, most: Infinity }], 8, [2, 3]],
    ['what is there, where that is enough and more would cost nothing', [{ carries: 5, costPerHour: 0, least: 1, most: 5 }, { carries: 6, costPerHour: 0, least: 1, most: 7 }], 7.5, [1, 1]],
    ['no more than is needed of what costs nothing', [{ carries: 5, costPerHour: 0, least: 0, most: 5 }, { carries: 6, costPerHour: 0, least: 1, most: 7 }], 4, [0, 1]],
    ['nothing of what carries nothing', [{ carries: 0, costPerHour: 0, least: 0, most: Infinity }, { carries: 2, costPerHour: 5, least: 0, most: Infinity }], 3, [0, 2]],
  ])('is %s', (_, options, need, counts) => {
    expect(cheapestMix(options, need).counts).toEqual(counts);
  });

  it('has a runner-up: the cheapest other one from which nothing can be left out', () => {
    fc.assert(
      fc.property(fc.array(option, { minLength: 1, maxLength: 3 }), fc.double({ min: 0.01, max: 40, noNaN: true }), (options, need) => {
        const best = cheapestMix(options, need);
        const second = runnerUp(options, best, need);
        const suffices = (list: readonly number[]): boolean => total(options, list, 'carries') >= need - 1e-9;
        const isLean = (list: readonly number[]): boolean => options.every(({ least }, index) => list[index] === least || !suffices(list.with(index, (list[index] as number) - 1)));
        const others = all(options).filter((list) => suffices(list) && isLean(list) && list.some((count, index) => count < (best.counts[index] as number)));
        expect(second !== undefined).toBe(best.enough && others.length > 0);
        if (second === undefined) return;
        expect(suffices(second.counts)).toBe(true);
        expect(second.counts).not.toEqual(best.counts);
        expect(second.costPerHour).toBeCloseTo(Math.min(...others.map((list) => total(options, list, 'costPerHour'))), 9);
      }),
    );
  });

  it('is within the bounds, and never dearer than any other that suffices', () => {
    fc.assert(
      fc.property(fc.array(option, { minLength: 1, maxLength: 3 }), fc.double({ min: 0.01, max: 60, noNaN: true }), (options, need) => {
        const { counts, enough } = cheapestMix(options, need);
        for (const [index, { least, most }] of options.entries()) {
          expect(counts[index]).toBeGreaterThanOrEqual(least);
          expect(counts[index]).toBeLessThanOrEqual(most);
        }
        const sufficient = all(options).filter((list) => total(options, list, 'carries') >= need - 1e-9);
        expect(enough).toBe(sufficient.length > 0);
        if (enough) expect(total(options, counts, 'costPerHour')).toBeLessThanOrEqual(Math.min(...sufficient.map((list) => total(options, list, 'costPerHour'))) + 1e-9);
      }),
    );
  });

  it('is, where there are too many combinations to look at, dearer than the relaxed problem by one replica at most', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ carries: fc.double({ min: 0.5, max: 20, noNaN: true }), costPerHour: fc.double({ min: 0.5, max: 20, noNaN: true }) }), { minLength: 4, maxLength: 6 }), fc.double({ min: 500, max: 3000, noNaN: true }), (kinds, need) => {
        const options = kinds.map((kind) => ({ ...kind, least: 0, most: Infinity }));
        const { counts, costPerHour, enough } = cheapestMix(options, need);
        const relaxed = need * Math.min(...kinds.map((kind) => kind.costPerHour / kind.carries));
        expect(enough).toBe(true);
        expect(counts.every((count) => Number.isInteger(count) && count >= 0)).toBe(true);
        expect(costPerHour).toBeLessThanOrEqual(relaxed + Math.max(...kinds.map((kind) => kind.costPerHour)) + 1e-6);
      }),
    );
  });

  it('is, where there are too many combinations to look at, at most twice as dear as it has to be, in what it adds to the minimum, and by less than a hundredth on average', () => {
    const kinds = fc.array(fc.record({ carries: fc.integer({ min: 1, max: 60 }), costPerHour: fc.integer({ min: 1, max: 60 }), least: fc.nat(1), most: fc.integer({ min: 8, max: 20 }) }), { minLength: 5, maxLength: 6 });
    const factors: number[] = [];
    fc.assert(
      fc.property(kinds, fc.double({ min: 0.05, max: 1, noNaN: true }), (options, share) => {
        const need = Math.floor(share * total(options, options.map(({ most }) => most), 'carries'));
        const { counts, costPerHour, enough } = cheapestMix(options, need);
        expect(enough).toBe(true);
        for (const [index, { least, most }] of options.entries()) {
          expect(counts[index]).toBeGreaterThanOrEqual(least);
          expect(counts[index]).toBeLessThanOrEqual(most);
        }
        const minimum = total(options, options.map(({ least }) => least), 'costPerHour');
        const least = cheapestOf(options, need);
        expect(costPerHour - minimum).toBeLessThanOrEqual(2 * (least - minimum) + 1e-9);
        factors.push(least === 0 ? 1 : costPerHour / least);
      }),
      { numRuns: 300 },
    );
    expect(factors.reduce((all, one) => all + one, 0) / factors.length).toBeLessThan(1.01);
  });

  it('does not take a large replica for a small need where there are small ones, however many combinations they have', () => {
    const small = { carries: 1, costPerHour: 1, least: 0, most: 20 };
    const options = [small, small, small, small, { carries: 2000, costPerHour: 1000, least: 0, most: 4 }];
    expect(cheapestMix(options, 15).costPerHour).toBe(15);
  });
});

/** What the cheapest mix costs, by what each amount of capacity costs at least with the first kinds; capacities and the need are whole numbers. */
function cheapestOf(options: readonly MixOption[], need: number): number {
  let costs = Array.from({ length: need + 1 }, (_, capacity) => (capacity === 0 ? 0 : Infinity));
  for (const { carries, costPerHour, least, most } of options) {
    const next = costs.map(() => Infinity);
    for (const [capacity, cost] of costs.entries()) {
      for (let count = least; count <= (cost < Infinity ? most : least - 1); count++) {
        const reached = Math.min(need, capacity + count * carries);
        next[reached] = Math.min(next[reached] as number, cost + count * costPerHour);
        if (reached === need) break;
      }
    }
    costs = next;
  }
  return costs[need] as number;
}
