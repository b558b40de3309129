import { expect, it } from 'vitest';
import { drawScarceWorld } from '../support/worlds/draw-scarce-world.ts';
import { failuresOf, seedsBetween, trySettling, tryWithFaults } from '../support/worlds/try-world.ts';

/** Seeds that once failed are always played. */
const kept = [1126, 2521, 6642];
const portions = Array.from({ length: process.env['WVA_SEED'] === undefined ? 6 : 1 }, (_, portion): [number, number] => [1000 + 100 * portion, 1099 + 100 * portion]);
const settling = Array.from({ length: process.env['WVA_SEED'] === undefined ? 4 : 1 }, (_, portion): [number, number] => [1000 + 25 * portion, 1024 + 25 * portion]);

it.each(portions)('keeps what must be kept in every cycle of the scarce worlds %d to %d, whatever goes wrong', { timeout: 60_000 }, (from, to) => {
  expect(failuresOf(seedsBetween(from, to), (seed) => tryWithFaults(seed, drawScarceWorld))).toEqual([]);
});

it('settles in the scarce worlds that failed once', { timeout: 60_000 }, () => {
  expect(failuresOf(kept, (seed) => trySettling(seed, drawScarceWorld))).toEqual([]);
});

it.each(settling)('settles in the scarce worlds %d to %d when nothing goes wrong any more', { timeout: 60_000 }, (from, to) => {
  expect(failuresOf(seedsBetween(from, to), (seed) => trySettling(seed, drawScarceWorld))).toEqual([]);
});
