import { expect, test } from 'vitest';
import { activatorInPath, towardsZero } from './zero.ts';
import type { ZeroState } from './zero.ts';

const windows = { stableWindowMs: 60_000, graceMs: 30_000 };
const active: ZeroState = { active: true, sinceMs: 0 };

test('a service goes to zero after it was active for a stable window and inactive for the grace period', () => {
  expect(towardsZero({ wanted: 0, state: active, nowMs: 50_000, ...windows })).toEqual({ replicas: 1, state: active });
  const marked = towardsZero({ wanted: 0, state: active, nowMs: 60_000, ...windows });
  expect(marked).toEqual({ replicas: undefined, state: { active: false, sinceMs: 60_000 } });
  expect(towardsZero({ wanted: 0, state: marked.state, nowMs: 89_000, ...windows }).replicas).toBeUndefined();
  expect(towardsZero({ wanted: 0, state: marked.state, nowMs: 90_000, ...windows }).replicas).toBe(0);
});

test('and at once where the activator has long been in the path', () => {
  const state: ZeroState = { active: false, sinceMs: 60_000, proxySinceMs: 0 };
  expect(towardsZero({ wanted: 0, state, nowMs: 62_000, ...windows }).replicas).toBe(0);
});

test('being wanted makes it active again', () => {
  const state: ZeroState = { active: false, sinceMs: 60_000 };
  expect(towardsZero({ wanted: 2, state, nowMs: 70_000, ...windows })).toEqual({ replicas: 2, state: { active: true, sinceMs: 70_000 } });
  expect(towardsZero({ wanted: 2, state: active, nowMs: 70_000, ...windows })).toEqual({ replicas: 2, state: active });
});

test.each([
  { readyPods: 0, panic: 0, want: true },
  // 2 × 100 is less than 211 without any request
  { readyPods: 2, panic: 0, want: true },
  // 3 × 100 - 211 - 89
  { readyPods: 3, panic: 89, want: false },
  { readyPods: 3, panic: 90, want: true },
  { readyPods: 4, panic: 150, want: false },
  { readyPods: 4, panic: 190, want: true },
])('the activator with $readyPods pods and $panic requests: $want', ({ want, ...at }) => {
  expect(activatorInPath({ ...at, podConcurrency: 100, targetBurstCapacity: 211 })).toBe(want);
});
