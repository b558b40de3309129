import { expect, it } from 'vitest';
import { failuresOf, seedsBetween, trySettling } from '../support/worlds/try-world.ts';

/** Seeds that once failed, or had to be looked at, are always played. */
const kept = [232, 257];
const portions = Array.from({ length: process.env['WVA_SEED'] === undefined ? 6 : 1 }, (_, portion): [number, number] => [1000 + 25 * portion, 1024 + 25 * portion]);

it('settles in the worlds that failed once', { timeout: 60_000 }, () => {
  expect(failuresOf(kept, trySettling)).toEqual([]);
});

it.each(portions)('settles in the worlds %d to %d when nothing goes wrong any more', { timeout: 60_000 }, (from, to) => {
  expect(failuresOf(seedsBetween(from, to), trySettling)).toEqual([]);
});
