import { describe, expect, test } from 'vitest';
import { apaReplicas } from './apa.ts';
import { kpaReplicas } from './kpa.ts';
import { guardPending } from './pending-guard.ts';

describe('APA', () => {
  const base = { current: 4, target: 0.5, upTolerance: 0.1, downTolerance: 0.2, maxUpRate: 2, maxDownRate: 2 };
  test.each([
    // 0.7 / 0.5 = 1.4; 4 × 1.4 = 5.6
    { why: 'in proportion', usePerPod: 0.7, want: 6 },
    // 0.55 / 0.5 = 1.1, which is not above 1 + 0.1
    { why: 'at the upper edge of the band', usePerPod: 0.55, want: 4 },
    { why: 'at the lower edge of the band', usePerPod: 0.4, want: 4 },
    // 0.3 / 0.5 = 0.6; 4 × 0.6 = 2.4
    { why: 'fewer', usePerPod: 0.3, want: 3 },
    // 4 × 0.1 = 0.4 would be 1; half at most
    { why: 'half at most at once', usePerPod: 0.05, want: 2 },
    // 4 × 2.4 = 9.6 would be 10; twice at most
    { why: 'twice at most at once', usePerPod: 1.2, want: 8 },
    { why: 'exactly one more, for all that floats say', usePerPod: 0.625, want: 5 },
  ])('$why', ({ usePerPod, want }) => {
    expect(apaReplicas({ ...base, usePerPod })).toBe(want);
  });

  test('one pod may go to none only where one in two is none', () => {
    expect(apaReplicas({ ...base, current: 1, usePerPod: 0 })).toBe(0);
    expect(apaReplicas({ ...base, current: 3, usePerPod: 0 })).toBe(1);
  });
});

describe('KPA', () => {
  const base = { current: 4, target: 0.5, panicThreshold: 2, maxUpRate: 2, maxDownRate: 2, panicReplicas: undefined };
  test.each([
    // 2.6 / 0.5 = 5.2
    { why: 'what the stable window needs', stable: 2.6, panic: 3, want: { replicas: 6, panicReplicas: undefined } },
    // no band at all: 2.1 / 0.5 = 4.2
    { why: 'without a band', stable: 2.1, panic: 2.1, want: { replicas: 5, panicReplicas: undefined } },
    // 0.4 / 0.5 = 0.8 would be 1; half at most
    { why: 'half at most', stable: 0.4, panic: 0.4, want: { replicas: 2, panicReplicas: undefined } },
    // 3.5 / 1.5 = 2.33 > 2: 3.5 / 0.5 = 7, and not the 3 of the stable window
    { why: 'a panic takes the shorter window', stable: 1.5, panic: 3.5, want: { replicas: 7, panicReplicas: 7 } },
    // 1.4 / 0.6 = 2.33 > 2: 2.8 would be 3, but 4 are there
    { why: 'no fewer in a panic', stable: 0.6, panic: 1.4, want: { replicas: 4, panicReplicas: 4 } },
    // 2.0 / 1.0 = 2, which is not more than 2
    { why: 'twice is no panic yet', stable: 1, panic: 2, want: { replicas: 2, panicReplicas: undefined } },
    { why: 'no use at all is no panic', stable: 0, panic: 0, want: { replicas: 2, panicReplicas: undefined } },
  ])('$why', ({ stable, panic, want }) => {
    expect(kpaReplicas({ ...base, stable, panic })).toEqual(want);
  });

  test('a panic remembers the most that it wanted, until it is over', () => {
    const in_ = kpaReplicas({ ...base, stable: 1.5, panic: 3.5, panicReplicas: 8 });
    expect(in_).toEqual({ replicas: 8, panicReplicas: 8 });
    expect(kpaReplicas({ ...base, current: 8, stable: 3, panic: 3.5, panicReplicas: 8 })).toEqual({ replicas: 6, panicReplicas: undefined });
  });
});

describe('the guard while pods are on their way', () => {
  test.each([
    { why: 'nobody is: what is wanted', current: 4, ready: 4, wanted: 6, used: 2.8, want: 6 },
    // two ready at 0.9 with a target of 0.5: 1.8 / 0.5 = 3.6
    { why: 'those on their way would take it all', current: 4, ready: 2, wanted: 8, used: 1.8, want: 4 },
    // 2.9 / 0.5 = 5.8
    { why: 'a part of the step', current: 4, ready: 3, wanted: 8, used: 2.9, want: 6 },
    // on the way down: 0.3 and two at 0.5 make 1.3 / 0.5 = 2.6
    { why: 'those on their way are busy on the way down', current: 4, ready: 2, wanted: 2, used: 0.3, want: 3 },
    { why: 'never more than there are on the way down', current: 4, ready: 2, wanted: 3, used: 1.9, want: 4 },
  ])('$why', ({ want, ...input }) => {
    expect(guardPending({ ...input, target: 0.5 })).toBe(want);
  });
});
