import { describe, expect, it } from 'vitest';
import { decideOnce, decisionAbout, desiredOf, immediate, times, type ReplicaSketch } from '../../test/support/decide/scene.ts';

const pairs = (...notation: [kv: number, queue: number][]): ReplicaSketch[] => notation.map(([kv, queue]) => ({ kv, queue }));

/** What happens to one variant: `up`, `down` or `keep`. */
function turn(replicas: readonly ReplicaSketch[]): 'up' | 'down' | 'keep' {
  const { desired = 0, current } = decisionAbout(decideOnce([{ name: 'v', replicas }]), 'v');
  return desired > current ? 'up' : desired < current ? 'down' : 'keep';
}

describe('saturation by KV use and queue, thresholds 0.80 and 5, triggers 0.10 and 3', () => {
  it.each<[string, ReplicaSketch[], ReturnType<typeof turn>]>([
    ['mean spare KV 0.045 is less than the trigger', pairs([0.75, 2], [0.76, 2]), 'up'],
    ['half used, one waiting: neither', pairs([0.5, 1], [0.5, 1]), 'keep'],
    ['spare queue 2 is less than the trigger', pairs([0.5, 3], [0.5, 3]), 'up'],
    ['not safe to take one of two', pairs([0.7, 2], [0.75, 2]), 'up'],
    ['spare queue of exactly 3 is enough', pairs([0.7, 2], [0.75, 3], [0.6, 1], [0.65, 2]), 'keep'],
    ['all saturated, by either', pairs([0.85, 2], [0.5, 6], [0.9, 7]), 'up'],
    ['exactly at the threshold is saturated', pairs([0.8, 0]), 'up'],
    ['spare KV of exactly 0.10, in binary a little less, is enough', pairs([0.7, 0], [0.7, 0]), 'keep'],
    ['little load on three', pairs([0.2, 1], [0.3, 1], [0.25, 1]), 'down'],
    ['one replica is never taken', pairs([0, 0]), 'keep'],
    // where released versions did the opposite
    ['eight of ten saturated: two idle ones do not hide them', [...times(8, { kv: 0.95, queue: 9 }), ...times(2, { kv: 0.05, queue: 0 })], 'up'],
    ['nine of ten full: the idle one does not hide them', [...times(9, { kv: 1, queue: 0 }), { kv: 0, queue: 0 }], 'up'],
    ['one of ten saturated: nothing is taken, although the mean is low', [...times(9, { kv: 0.1, queue: 0 }), { kv: 0.1, queue: 6 }], 'keep'],
  ])('%s', (_, replicas, expected) => {
    expect(turn(replicas)).toBe(expected);
  });

  it('shows the mean of a variant', () => {
    const { load } = decisionAbout(decideOnce([{ name: 'v', replicas: pairs([0.3, 0], [0.6, 0], [0.9, 1]) }]), 'v');
    expect(load.kvUsedFraction).toBeCloseTo(0.6);
    expect(load.waiting).toBe(1);
  });
});

describe('which variant', () => {
  const busy = { kv: 0.75, queue: 0 };
  const calm = { kv: 0.4, queue: 0 };

  it('gives growth to the cheapest', () => {
    const outcome = decideOnce([
      { name: 'expensive', cost: 20, replicas: times(2, busy) },
      { name: 'cheap', cost: 5, replicas: times(2, busy) },
      { name: 'medium', cost: 15, replicas: times(2, busy) },
    ]);
    expect(desiredOf(outcome)).toEqual({ expensive: 2, cheap: 3, medium: 2 });
  });

  it('does not ask a second variant for what another one was asked for already', () => {
    const sketches = [
      { name: 'expensive', cost: 20, replicas: times(2, { kv: 0.95, queue: 0 }), lastDesired: { replicas: 4, atMs: 0, accelerator: 'A100' } },
      { name: 'cheap', cost: 5, replicas: times(2, { kv: 0.95, queue: 0 }) },
    ];
    expect(desiredOf(decideOnce(sketches))).toEqual({ expensive: 4, cheap: 2 });
  });

  it('leaves both alone where they have just enough together', () => {
    expect(desiredOf(decideOnce([{ name: 'v1', replicas: pairs([0.7, 2], [0.75, 3]) }, { name: 'v2', replicas: pairs([0.6, 1], [0.65, 2]) }]))).toEqual({ v1: 2, v2: 2 });
  });

  it('counts groups of a LeaderWorkerSet as replicas', () => {
    expect(desiredOf(decideOnce([{ name: 'v', replicas: [busy] }]))).toEqual({ v: 2 });
  });

  it('takes from the last by name among equally dear ones', () => {
    expect(desiredOf(decideOnce([{ name: 'b', replicas: times(2, calm) }, { name: 'a', replicas: times(2, calm) }]))).toEqual({ b: 1, a: 2 });
  });

  it('tries the next one where the cheapest has no room', () => {
    const outcome = decideOnce([
      { name: 'cheap', cost: 5, max: 2, replicas: times(2, busy) },
      { name: 'dear', cost: 20, replicas: times(2, busy) },
    ]);
    expect(desiredOf(outcome)).toEqual({ cheap: 2, dear: 3 });
  });

  it('weighs cost against capacity where it is known', () => {
    const outcome = decideOnce([
      { name: 'small', cost: 5, replicas: times(2, { ...busy, capacity: 100_000 }) },
      { name: 'large', cost: 8, replicas: times(2, { ...busy, capacity: 300_000 }) },
    ]);
    expect(desiredOf(outcome)).toEqual({ small: 2, large: 3 });
  });
});

describe('how many', () => {
  it('grows by several replicas at once when the numbers say so', () => {
    const outcome = decideOnce([{ name: 'v', replicas: times(4, { kv: 1, queue: 10, running: 40 }) }]);
    // 4 x 1.0 x (1 + 8/40) / 0.7 = 6.9
    expect(desiredOf(outcome)).toEqual({ v: 7 });
  });

  it('grows by at most the factor, and says what it would have liked', () => {
    const { trail, desired } = decisionAbout(decideOnce([{ name: 'v', replicas: [{ kv: 1, queue: 100, running: 20 }] }]), 'v');
    expect(desired).toBe(2);
    expect(trail.map(({ from, to, reason }) => [from, to, reason])).toEqual([
      [1, 9, 'Demand'],
      [9, 2, 'ScaleUpLimited'],
    ]);
  });

  it('removes a share at a time', () => {
    const { trail } = decisionAbout(decideOnce([{ name: 'v', replicas: times(20, { kv: 0.1, queue: 0 }) }]), 'v');
    expect(trail.map(({ from, to, reason }) => [from, to, reason])).toEqual([
      [20, 4, 'Demand'],
      [4, 15, 'ScaleDownLimited'],
    ]);
  });

  it('takes a threshold of zero at its word', () => {
    const none = { ...immediate, saturation: { kvCacheThreshold: 0.8, queueLengthThreshold: 0, kvSpareTrigger: 0.1, queueSpareTrigger: 0 } };
    expect(desiredOf(decideOnce([{ name: 'v', replicas: times(2, { kv: 0.5, queue: 1, running: 10 }) }], none))).toEqual({ v: 3 });
    expect(desiredOf(decideOnce([{ name: 'v', replicas: times(2, { kv: 0.5, queue: 0, running: 10 }) }], none))).toEqual({ v: 2 });
    const kvNone = { ...immediate, saturation: { ...immediate.saturation, kvCacheThreshold: 0, kvSpareTrigger: 0 } };
    expect(desiredOf(decideOnce([{ name: 'v', replicas: times(2, { kv: 0.01, queue: 0 }) }], kvNone))).toEqual({ v: 4 });
    expect(desiredOf(decideOnce([{ name: 'v', replicas: times(3, { kv: 0, queue: 0 }) }], kvNone))).toEqual({ v: 2 });
  });
});
