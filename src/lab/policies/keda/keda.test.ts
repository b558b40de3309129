import { describe, expect, test } from 'vitest';
import { guardedDemand } from './guarded-demand.ts';
import { decideActivation } from './scaled-object.ts';

describe('activation', () => {
  test.each([
    { replicas: 0, active: true, idleMs: 0, want: 'wake' },
    { replicas: 0, active: false, idleMs: 900_000, want: 'stay' },
    { replicas: 2, active: true, idleMs: 0, want: 'stay' },
    { replicas: 1, active: false, idleMs: 299_000, want: 'stay' },
    { replicas: 1, active: false, idleMs: 300_000, want: 'sleep' },
    // KEDA does not walk down to 1 first: what is idle for the cooldown goes at once
    { replicas: 3, active: false, idleMs: 300_000, want: 'sleep' },
  ])('$replicas replicas, active $active, idle $idleMs ms: $want', ({ want, ...at }) => {
    expect(decideActivation({ ...at, cooldownMs: 300_000 })).toBe(want);
  });
});

describe('the guarded demand', () => {
  const per = { queuedPerReplica: 1, runningPerReplica: 16 };
  test.each([
    // max(0 / 1, 40 / 16) = 2.5, less than the 3 there are: fewer may be wanted
    { at: { queued: 0, running: 40, pending: 0, replicas: 3 }, want: 2.5 },
    // 6 queued over 3 replicas that are all there
    { at: { queued: 6, running: 48, pending: 0, replicas: 3 }, want: 6 },
    // of 6 replicas 3 still start: 8 - 3 = 5, but never fewer than the 6 there are
    { at: { queued: 8, running: 48, pending: 3, replicas: 6 }, want: 6 },
    // 12 - 3 = 9
    { at: { queued: 12, running: 48, pending: 3, replicas: 6 }, want: 9 },
    { at: { queued: 0, running: 0, pending: 0, replicas: 0 }, want: 0 },
  ])('$at gives $want', ({ at, want }) => {
    expect(guardedDemand({ ...at, ...per })).toBe(want);
  });
});
