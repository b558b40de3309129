import { describe, expect, test } from 'vitest';
import { rawSaturation, sloAwareReplicas } from './control-law.ts';

const slo = { ttftSeconds: 3, tpotSeconds: 0.1 };
const band = { up: 0.55, down: 0.4 };

describe('saturation', () => {
  test.each([
    { ttft: 0.6, tpot: 0.03, want: 0.3 },
    { ttft: 1.5, tpot: 0.03, want: 0.5 },
    { ttft: 90, tpot: 0.03, want: 2 },
    { ttft: undefined, tpot: undefined, want: 0 },
    { ttft: Number.NaN, tpot: 0.05, want: 0.5 },
    { ttft: Number.NaN, tpot: Number.NaN, want: 0 },
    { ttft: 0.3, tpot: Infinity, want: 2 },
  ])('TTFT $ttft s, TPOT $tpot s: $want', ({ ttft, tpot, want }) => {
    expect(rawSaturation(ttft, tpot, slo, 2)).toBeCloseTo(want, 12);
  });
});

describe('the law', () => {
  test.each([
    { why: 'within the band', saturation: 0.5, provisioned: 5, ready: 5, want: 5 },
    { why: 'at its edges', saturation: 0.55, provisioned: 5, ready: 5, want: 5 },
    { why: 'at its lower edge', saturation: 0.4, provisioned: 5, ready: 5, want: 5 },
    // 3 × (0.66 / 0.55 - 1) = 0.6
    { why: 'a little above', saturation: 0.66, provisioned: 3, ready: 3, want: 4 },
    // 3 × (2 / 0.55 - 1) = 7.91
    { why: 'at the clamp', saturation: 2, provisioned: 3, ready: 3, want: 11 },
    // c = 3/8: 8 × (2 × 0.375 / 0.55 - 1) = 2.909
    { why: 'at the clamp with five starting', saturation: 2, provisioned: 8, ready: 3, want: 11 },
    // c = 3/6: 6 × (0.8 × 0.5 / 0.55 - 1) = -1.636: the credit may take back what was asked for
    { why: 'credited below the threshold', saturation: 0.8, provisioned: 6, ready: 3, want: 5 },
    // no credit while nobody is ready
    { why: 'nobody ready', saturation: 2, provisioned: 2, ready: 0, want: 8 },
    // 8 × (1 - 0.3 / 0.4) = 2
    { why: 'below the band', saturation: 0.3, provisioned: 8, ready: 8, want: 6 },
    // 3 × (1 - 0.3 / 0.4) = 0.75
    { why: 'below the band, too few to spare one', saturation: 0.3, provisioned: 3, ready: 3, want: 3 },
    { why: 'no traffic', saturation: 0, provisioned: 4, ready: 4, want: 0 },
    { why: 'at zero it stays there', saturation: 2, provisioned: 0, ready: 0, want: 0 },
  ])('$why', ({ want, why, ...at }) => {
    expect(sloAwareReplicas({ ...at, band }), why).toBe(want);
  });
});
