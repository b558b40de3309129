import { describe, expect, it } from 'vitest';
import { formatMilli, parseMilli } from './quantity.ts';

describe('quantities', () => {
  it.each([
    ['2500m', 2500], ['1', 1000], ['0.1', 100], ['1.5k', 1_500_000], ['2Ki', 2_048_000], ['1e3', 1_000_000], ['0.0001', 1], ['0', 0], ['-2', -2000], ['100u', 1],
  ])('%s is %d thousandths', (text, milli) => {
    expect(parseMilli(text)).toBe(milli);
  });

  it.each(['', 'NaN', 'one', '1 2', '+Inf'])('"%s" is none', (text) => {
    expect(parseMilli(text)).toBeUndefined();
  });

  it.each([
    [2500, '2500m'], [3000, '3'], [2_000_000, '2k'], [0, '0'], [1, '1m'], [1_500_000, '1500'],
  ])('%d thousandths are written %s', (milli, text) => {
    expect(formatMilli(milli)).toBe(text);
  });
});
