import { describe, expect, it } from 'vitest';
import { clamp, mean, quantile, rounded } from './numbers.ts';

describe('numbers', () => {
  it('clamps, with the lower bound winning when bounds are crossed', () => {
    expect(clamp(5, 1, 3)).toBe(3);
    expect(clamp(-1, 0, 3)).toBe(0);
    expect(clamp(2, 4, 3)).toBe(4);
  });

  it('has no mean and no quantile of nothing', () => {
    expect(mean([])).toBeUndefined();
    expect(quantile([], 0.5)).toBeUndefined();
  });

  it('interpolates quantiles between order statistics', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3], 1)).toBe(3);
    expect(quantile([7], 0.9)).toBe(7);
  });

  it('writes numbers short', () => {
    expect(rounded(0.1 + 0.2)).toBe('0.3');
    expect(rounded(2)).toBe('2');
  });
});
