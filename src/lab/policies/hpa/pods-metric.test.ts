import { describe, expect, test } from 'vitest';
import { proposeForPodsMetric } from './pods-metric.ts';

const values = (...numbers: readonly number[]): ReadonlyMap<string, number> => new Map(numbers.map((value, index) => [`p${index}`, value]));
const named = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `p${index}`);
const base = { current: 3, pods: named(3), pending: [], target: 0.7, tolerance: 0.1 };

describe('what a metric of pods asks for', () => {
  test.each([
    // mean 0.98 / 0.7 = 1.4; 1.4 × 3 = 4.2
    { why: 'above the target', input: { ...base, values: values(0.98, 0.98, 0.98) }, want: 5 },
    // mean 0.35 / 0.7 = 0.5; 0.5 × 3 = 1.5
    { why: 'below the target', input: { ...base, values: values(0.35, 0.35, 0.35) }, want: 2 },
    // 0.75 / 0.7 = 1.071: within a tenth
    { why: 'within the tolerance', input: { ...base, values: values(0.75, 0.75, 0.75) }, want: 3 },
    { why: 'without any load', input: { ...base, values: values(0, 0, 0) }, want: 0 },
    // exactly 3 × the target over 2 pods: 2.1 / 1.4 × 2 = 3, and no more for the last bit of a float
    { why: 'a whole number', input: { ...base, current: 2, pods: named(2), values: values(1.05, 1.05) }, want: 3 },
    { why: 'nobody says anything', input: { ...base, values: values() }, want: undefined },
    { why: 'all are pending', input: { ...base, pending: named(3), values: values() }, want: undefined },
  ])('$why', ({ input, want }) => {
    expect(proposeForPodsMetric(input)).toBe(want);
  });

  test.each([
    // two say 1.4 (ratio 2); the third counts as 0: 2.8 / (0.7 × 3) = 1.333; × 3 = 4
    { why: 'one that loads counts as idle on the way up', current: 3, said: values(1.4, 1.4), want: 4 },
    // two say 0.8 (ratio 1.143); with a third at 0: 1.6 / 2.1 = 0.76, which is the other direction
    { why: 'and never turns more into fewer', current: 3, said: values(0.8, 0.8), want: 3 },
    // two say 0.07 (ratio 0.1); the third counts as at its target: (0.14 + 0.7) / 2.1 = 0.4; × 3 = 1.2
    { why: 'one that is silent counts as busy on the way down', current: 3, said: values(0.07, 0.07), want: 2 },
  ])('$why', ({ current, said, want }) => {
    expect(proposeForPodsMetric({ ...base, current, values: said })).toBe(want);
  });

  test('a pod that waits for an accelerator counts as idle on the way up, and not at all on the way down', () => {
    // ratio 2 over two pods; three with the pending one: 2.8 / 2.1 × 3 = 4
    expect(proposeForPodsMetric({ ...base, pending: ['p2'], values: values(1.4, 1.4) })).toBe(4);
    // ratio 0.1 over two pods alone: 0.2
    expect(proposeForPodsMetric({ ...base, pending: ['p2'], values: values(0.07, 0.07) })).toBe(1);
  });

  test('values of pods that are gone do not count', () => {
    const said = new Map([['p0', 0.7], ['old', 7]]);
    expect(proposeForPodsMetric({ ...base, current: 1, pods: ['p0'], values: said })).toBe(1);
  });
});
