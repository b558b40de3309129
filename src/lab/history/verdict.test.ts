import { expect, it } from 'vitest';
import { judge } from './verdict.ts';

const first = { money: 100, misses: 50, requests: 10_000, flaps: 2 };
const worseIn = (second: Partial<typeof first>, tolerance = 0.02): string[] =>
  judge(first, { ...first, ...second }, tolerance).flatMap(({ axis, isWorse }) => (isWorse ? [axis] : []));

it.each([
  [{}, []],
  [{ money: 102 }, []],
  [{ money: 102.1 }, ['money']],
  // two per cent, and a thousandth of the requests
  [{ misses: 61 }, []],
  [{ misses: 61.1 }, ['misses']],
  // two per cent, and one flap
  [{ flaps: 3 }, []],
  [{ flaps: 4 }, ['flaps']],
  [{ money: 50, misses: 500, flaps: 0 }, ['misses']],
])('of %j it says %j', (second, expected) => {
  expect(worseIn(second)).toEqual(expected);
});

it('takes sums of the same numbers in another order for the same', () => {
  expect(judge({ ...first, money: 0.3 }, { ...first, money: 0.1 + 0.2 }, 0).some(({ isWorse }) => isWorse)).toBe(false);
});

it('judges only what it is asked to', () => {
  expect(judge(first, { ...first, money: 1000 }, 0, ['misses']).map(({ axis }) => axis)).toEqual(['misses']);
});
