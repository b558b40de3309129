import { describe, expect, it } from 'vitest';
import { erlangC, waitOfMD1, waitOfMM1, waitOfMMc } from './queueing-theory.ts';

describe('classical queues', () => {
  it('wait as the textbooks say', () => {
    expect(waitOfMM1(0.5)).toBeCloseTo(1);
    expect(waitOfMM1(0.8)).toBeCloseTo(4);
    expect(waitOfMD1(0.8)).toBeCloseTo(2);
    // two servers, each half busy: C = 1/3, and the wait is 1/3 of a service
    expect(erlangC(2, 0.5)).toBeCloseTo(1 / 3);
    expect(waitOfMMc(2, 0.5)).toBeCloseTo(1 / 3);
  });

  it('are one and the same with one server', () => {
    for (const load of [0.1, 0.5, 0.9]) expect(waitOfMMc(1, load)).toBeCloseTo(waitOfMM1(load), 10);
  });

  it('has no numbers that overflow with many servers', () => {
    expect(erlangC(500, 0.9)).toBeGreaterThan(0);
    expect(erlangC(500, 0.9)).toBeLessThan(0.02);
  });
});
