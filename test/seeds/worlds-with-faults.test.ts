import { expect, it } from 'vitest';
import { failuresOf, seedsBetween, tryWithFaults } from '../support/worlds/try-world.ts';

/** Seeds that once failed, or had to be looked at, are always played. */
const kept = [519, 607, 1097, 2620];
const portions = Array.from({ length: process.env['WVA_SEED'] === undefined ? 20 : 1 }, (_, portion): [number, number] => [1000 + 100 * portion, 1099 + 100 * portion]);

it('keeps what must be kept in the worlds that failed once', { timeout: 60_000 }, () => {
  expect(failuresOf(kept, tryWithFaults)).toEqual([]);
});

it.each(portions)('keeps what must be kept in every cycle of the worlds %d to %d, whatever goes wrong', { timeout: 60_000 }, (from, to) => {
  expect(failuresOf(seedsBetween(from, to), tryWithFaults)).toEqual([]);
});
