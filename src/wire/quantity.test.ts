import { expect, it } from 'vitest';
import { parseQuantity } from './quantity.ts';

it.each<[string | number, number]>([['8', 8], [8, 8], ['1k', 1000], ['2Ki', 2048], ['1500m', 1.5], ['1e3', 1000], [' 5 ', 5]])('%s is %d', (text, value) => {
  expect(parseQuantity(text)).toBe(value);
});

it.each(['', 'eight', '1 2', '8 GPUs', '+Inf'])('"%s" is no quantity', (text) => {
  expect(parseQuantity(text)).toBeUndefined();
});
