import { describe, expect, test } from 'vitest';
import { kpaBegin, kpaDecide } from './kpa.ts';
import type { KpaMemory } from './kpa.ts';

const settings = { target: 70, maxScaleUpRate: 1000, maxScaleDownRate: 2, panicThreshold: 2, stableWindowMs: 60_000 };
const calm: KpaMemory = { maxPanicPods: 0 };

describe('one decision while calm', () => {
  test.each([
    // 210 / 70
    { why: 'a whole number', stable: 210, panic: 210, readyPods: 3, pods: 3 },
    // 211 / 70 = 3.01
    { why: 'rounded up', stable: 211, panic: 211, readyPods: 3, pods: 4 },
    { why: 'half of them at most may go', stable: 10, panic: 10, readyPods: 8, pods: 4 },
    { why: 'from 3 to 1 at once: floor(3 / 2)', stable: 10, panic: 10, readyPods: 3, pods: 1 },
    { why: 'to none from one', stable: 0, panic: 0, readyPods: 1, pods: 0 },
    { why: 'none stay none', stable: 0, panic: 0, readyPods: 0, pods: 0 },
    // 7 / 70 = 0.1, which is 1 of "1 pod"
    { why: 'from none', stable: 7, panic: 7, readyPods: 0, pods: 1 },
  ])('$why', ({ stable, panic, readyPods, pods }) => {
    expect(kpaDecide({ stable, panic, readyPods, nowMs: 0, memory: calm, settings })).toMatchObject({ pods, panicking: false });
  });

  test('up by the rate at most', () => {
    const slow = { ...settings, maxScaleUpRate: 1.1 };
    // ceil(1.1 × 2) = 3 of the 4 that are wanted
    expect(kpaDecide({ stable: 210.1, panic: 210.1, readyPods: 2, nowMs: 0, memory: calm, settings: slow }).pods).toBe(3);
  });
});

describe('panic', () => {
  test('begins at twice the ready pods, keeps the most that was wanted, and ends a stable window later', () => {
    // ceil(400 / 70) = 6 = 2 × 3
    const first = kpaDecide({ stable: 100, panic: 400, readyPods: 3, nowMs: 10_000, memory: calm, settings });
    expect(first).toMatchObject({ pods: 6, panicking: true });
    const second = kpaDecide({ stable: 150, panic: 100, readyPods: 3, nowMs: 12_000, memory: first.memory, settings });
    expect(second).toMatchObject({ pods: 6, panicking: true });
    const still = kpaDecide({ stable: 100, panic: 100, readyPods: 6, nowMs: 70_000, memory: second.memory, settings });
    expect(still).toMatchObject({ pods: 6, panicking: true });
    const over = kpaDecide({ stable: 100, panic: 100, readyPods: 6, nowMs: 70_002, memory: still.memory, settings });
    expect(over).toMatchObject({ pods: 3, panicking: false });
  });

  test('the stable window may want more than the panic window', () => {
    const memory: KpaMemory = { panicSinceMs: 0, maxPanicPods: 3 };
    expect(kpaDecide({ stable: 350, panic: 210, readyPods: 3, nowMs: 2000, memory, settings }).pods).toBe(5);
  });

  test('an autoscaler that starts beside pods keeps them for a window', () => {
    const memory = kpaBegin(3, 0);
    expect(kpaDecide({ stable: 0, panic: 0, readyPods: 3, nowMs: 2000, memory, settings })).toMatchObject({ pods: 3, panicking: true });
    expect(kpaBegin(1, 0)).toEqual({ maxPanicPods: 0 });
  });
});
