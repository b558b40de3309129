import { expect, it } from 'vitest';
import { quantity } from './quantity.ts';

// the last two as prometheus-adapter 0.12.0 answers them
it.each([
  [0, '0'],
  [2, '2'],
  [10, '10'],
  [0.5, '500m'],
  [1.5, '1500m'],
  [999, '999'],
  [1500, '1500'],
  [1_000_000, '1M'],
  [0.0004, '0'],
  [2000, '2k'],
  [0.3333333, '333m'],
])('writes %d as %s', (value, text) => {
  expect(quantity(value)).toBe(text);
});
