import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { sum } from '../../base/index.ts';
import { evenWork } from './even-work.ts';

it.each<[readonly number[], number, readonly number[]]>([
  [[4, 0, 0, 8], 0, [4, 0, 0, 8]],
  [[4, 0, 0, 8], 1, [2, 2, 0, 4, 4]],
  [[4, 0, 2], 5, [0.75, 0.75, 0.75, 0.75, 0.75, 0.75, 0.75, 0.75]],
  [[1, 5], 1, [1, 2.5, 2.5]],
  [[0, 0], 1, [0, 0, 0]],
  [[], 0, []],
])('%j, done at the latest %i spans later, is done as %j', (comes, late, expected) => {
  expect(evenWork(comes, late)).toEqual(expected.map((work) => expect.closeTo(work, 9) as number));
});

it('is never before its work has come, never too late, and cheaper in every rising price than any other way', () => {
  const load = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(load, fc.nat(3), fc.array(fc.nat(3), { minLength: 160, maxLength: 160 }), fc.integer({ min: 1, max: 30 }), (comes, late, delays, free) => {
      const work = evenWork(comes, late);
      expect(work).toHaveLength(comes.length + late);
      // any other way: each unit some spans after it came
      const other = work.map(() => 0);
      let unit = 0;
      for (const [span, units] of comes.entries()) for (let left = units; left > 0; left--) {
        const at = span + Math.min(late, delays[unit++] ?? 0);
        other[at] = (other[at] ?? 0) + 1;
      }
      for (let end = 1; end <= work.length; end++) {
        const done = sum(work.slice(0, end));
        expect(done).toBeLessThanOrEqual(sum(comes.slice(0, end)) + 1e-9);
        expect(done).toBeGreaterThanOrEqual(sum(comes.slice(0, Math.max(0, end - late))) - 1e-9);
      }
      const price = (spans: readonly number[], one: (work: number) => number): number => sum(spans.map(one));
      for (const one of [(each: number) => each ** 2, (each: number) => Math.max(0, each - free), (each: number) => each]) expect(price(work, one)).toBeLessThanOrEqual(price(other, one) + 1e-6);
    }),
    { numRuns: 500 },
  );
});
