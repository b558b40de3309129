import { describe, expect, it } from 'vitest';
import { byPercent, decideOnce, decisionAbout, desiredOf, immediate, noonMs, sceneOf, times, type VariantSketch } from '../../test/support/decide/scene.ts';
import { emptyMemory, policySetOf } from '../model/index.ts';
import { decide } from './index.ts';

const busy = { kv: 0.75, queue: 0 };
const calm = { kv: 0.5, queue: 0 };
const idle = { kv: 0.05, queue: 0 };
const last = (replicas: number, accelerator = 'A100'): NonNullable<VariantSketch['lastDesired']> => ({ replicas, atMs: noonMs - 60_000, accelerator });
const reasonsOf = (sketches: readonly VariantSketch[], policy = immediate): string[] =>
  decisionAbout(decideOnce(sketches, policy), 'v').trail.map(({ from, to, reason }) => `${from} -> ${to} ${reason}`);

describe('not knowing', () => {
  it.each<[string, VariantSketch, string[]]>([
    ['no metrics: the last decision of status', { name: 'v', replicas: times(2, {}), lastDesired: last(5) }, ['2 -> 5 HeldMetricsMissing']],
    ['no metrics and no past: what is there', { name: 'v', replicas: times(2, {}) }, ['2 -> 2 HeldMetricsMissing']],
    ['a last decision for another accelerator is none', { name: 'v', replicas: times(2, {}), lastDesired: last(5, 'H100') }, ['2 -> 2 HeldMetricsMissing']],
    ['stale metrics', { name: 'v', replicas: times(2, { ...busy, ageMs: 61_000 }), lastDesired: last(3) }, ['2 -> 3 HeldMetricsStale']],
    ['one silent replica: nothing is removed', { name: 'v', replicas: [...times(3, idle), {}] }, ['4 -> 4 HeldMetricsPartial']],
    ['one stale replica: nothing is removed', { name: 'v', replicas: [...times(3, idle), { ...idle, ageMs: 90_000 }] }, ['4 -> 4 HeldMetricsPartial']],
    ['a queue that is not reported: nothing is removed', { name: 'v', replicas: times(3, { kv: 0.01 }) }, ['3 -> 3 HeldMetricsPartial']],
    ['one silent replica does not stop growth', { name: 'v', replicas: [...times(3, busy), {}] }, ['4 -> 5 Demand']],
    ['bounds also while held', { name: 'v', max: 3, replicas: times(2, {}), lastDesired: last(5) }, ['2 -> 5 HeldMetricsMissing', '5 -> 3 LoweredToMaxReplicas']],
    ['no pods at all, and a minimum', { name: 'v', min: 2, current: 1, replicas: [] }, ['1 -> 1 HeldMetricsMissing', '1 -> 2 RaisedToMinReplicas']],
    ['a target at zero stays there', { name: 'v', current: 0, replicas: [], lastDesired: last(3) }, ['0 -> 0 TargetAtZero']],
    ['a target at zero with a minimum', { name: 'v', min: 1, current: 0, replicas: [] }, ['0 -> 0 TargetAtZero', '0 -> 1 RaisedToMinReplicas']],
    ['paused', { name: 'v', mode: 'paused', replicas: times(2, busy), lastDesired: last(4) }, ['2 -> 4 Paused']],
  ])('%s', (_, sketch, expected) => {
    expect(reasonsOf([sketch])).toEqual(expected);
  });

  it('holds a variant that does not report, and decides for the others', () => {
    const outcome = decideOnce([
      { name: 'silent', cost: 1, replicas: times(2, {}), lastDesired: last(3) },
      { name: 'loud', cost: 50, replicas: times(2, { kv: 0.9, queue: 0 }) },
    ]);
    expect(decisionAbout(outcome, 'silent')).toMatchObject({ desired: 3, held: true, reason: 'HeldMetricsMissing' });
    expect(decisionAbout(outcome, 'loud').desired).toBeGreaterThan(2);
  });

  it('decides nothing without a target, and remembers for a while', () => {
    const gone: VariantSketch = { name: 'v', replicas: [], lastDesired: last(4), targetState: { kind: 'missing', why: 'NotFound', detail: 'gone' } };
    const first = decideOnce([gone]);
    expect(decisionAbout(first, 'v')).toMatchObject({ held: true, reason: 'HeldTargetMissing', trail: [] });
    expect(decisionAbout(first, 'v').desired).toBeUndefined();
    const back = (afterMs: number): number | undefined =>
      decisionAbout(decideOnce([{ name: 'v', current: 1, replicas: [{ state: 'starting', podAgeMs: 1000 }] }], immediate, first.memory, noonMs + afterMs), 'v').desired;
    expect(back(60_000)).toBe(4);
    expect(back(3_600_000)).toBe(1);
  });

  it.each(['Forbidden', 'NotYetKnown'] as const)('remembers as long as it takes what it decided for a target that is there for all it knows (%s)', (why) => {
    const unread: VariantSketch = { name: 'v', replicas: [], lastDesired: last(4), targetState: { kind: 'missing', why, detail: 'not now' } };
    const first = decideOnce([unread]);
    const { memory } = decideOnce([unread], immediate, first.memory, noonMs + 3_600_000);
    expect(desiredOf(decideOnce([{ name: 'v', replicas: times(4, {}) }], immediate, memory, noonMs + 3_700_000))).toEqual({ v: 4 });
  });

  it('forgets what was decided for another target or accelerator', () => {
    const { memory } = decideOnce([{ name: 'v', replicas: times(2, { kv: 1, queue: 0 }) }]);
    expect(memory.variants['prod/v']?.desired).toBe(3);
    expect(desiredOf(decideOnce([{ name: 'v', replicas: times(2, {}) }], immediate, memory))).toEqual({ v: 3 });
    expect(desiredOf(decideOnce([{ name: 'v', replicas: times(2, {}), target: 'other' }], immediate, memory))).toEqual({ v: 2 });
    expect(desiredOf(decideOnce([{ name: 'v', replicas: times(2, {}), accelerator: 'H100' }], immediate, memory))).toEqual({ v: 2 });
  });
});

describe('replicas that start', () => {
  it('count as capacity to come', () => {
    expect(reasonsOf([{ name: 'v', replicas: [...times(2, busy), { state: 'starting', podAgeMs: 60_000 }] }])).toEqual(['3 -> 3 AwaitingReplicas']);
  });

  it('count before their pods are made', () => {
    expect(reasonsOf([{ name: 'v', current: 3, replicas: times(2, busy) }])).toEqual(['3 -> 3 AwaitingReplicas']);
  });

  it('no longer count after their time, and another variant grows', () => {
    const outcome = decideOnce([
      { name: 'cheap', cost: 1, replicas: [...times(2, busy), { state: 'unscheduled', podAgeMs: 700_000 }] },
      { name: 'dear', cost: 9, replicas: times(2, busy) },
    ]);
    expect(desiredOf(outcome)).toEqual({ cheap: 3, dear: 3 });
  });

  it('are not asked for again where no node takes them', () => {
    const stuck = (count: number): VariantSketch => ({ name: 'v', replicas: [...times(2, busy), ...times(count, { state: 'unscheduled', podAgeMs: 700_000 })] });
    expect(desiredOf(decideOnce([stuck(1)]))).toEqual({ v: 3 });
    expect(desiredOf(decideOnce([stuck(4)]))).toEqual({ v: 6 });
  });

  it('are made up for where they fail on their node', () => {
    expect(desiredOf(decideOnce([{ name: 'v', replicas: [...times(2, busy), { state: 'starting', podAgeMs: 700_000 }] }]))).toEqual({ v: 4 });
  });

  it('do not stop the removal of others', () => {
    const outcome = decideOnce([
      { name: 'stuck', cost: 1, replicas: [...times(2, idle), { state: 'unscheduled', podAgeMs: 700_000 }] },
      { name: 'dear', cost: 9, replicas: times(3, idle) },
    ]);
    expect(desiredOf(outcome)['dear']).toBe(2);
  });
});

describe('the window of past recommendations', () => {
  it('removes only after fewer have been recommended for its whole length', () => {
    let memory = emptyMemory;
    const seen: (number | undefined)[] = [];
    for (let elapsedMs = 0; elapsedMs <= 150_000; elapsedMs += 30_000) {
      const outcome = decideOnce([{ name: 'v', replicas: times(4, idle) }], byPercent, memory, noonMs + elapsedMs);
      memory = outcome.memory;
      seen.push(decisionAbout(outcome, 'v').desired);
    }
    expect(seen).toEqual([4, 4, 4, 4, 3, 3]);
  });

  it('starts anew after an outage', () => {
    let { memory } = decideOnce([{ name: 'v', replicas: times(4, idle) }], byPercent);
    const at = (elapsedMs: number, replica: object): number | undefined => {
      const outcome = decideOnce([{ name: 'v', replicas: times(4, replica) }], byPercent, memory, noonMs + elapsedMs);
      memory = outcome.memory;
      return decisionAbout(outcome, 'v').desired;
    };
    expect(at(90_000, {})).toBe(4);
    expect(at(180_000, idle)).toBe(4);
    expect(at(211_000, idle)).toBe(3);
  });
});

describe('variants that are only tried out', () => {
  it('take nothing from those that act', () => {
    const outcome = decideOnce([
      { name: 'trial', cost: 1, mode: 'recommend', replicas: times(2, busy) },
      { name: 'real', cost: 9, replicas: times(2, busy) },
    ]);
    expect(desiredOf(outcome)).toEqual({ trial: 3, real: 3 });
  });
});

describe('parts of a model', () => {
  it('are decided apart: prefill and decode, and each namespace', () => {
    const outcome = decideOnce([
      { name: 'prefill', role: 'prefill', replicas: times(2, busy) },
      { name: 'decode', role: 'decode', replicas: times(2, calm) },
      { name: 'elsewhere', namespace: 'staging', role: 'prefill', replicas: times(2, calm) },
    ]);
    expect(desiredOf(outcome)).toEqual({ prefill: 3, decode: 2, elsewhere: 2 });
  });

  it('have thresholds of their own, field by field', () => {
    const policy = { ...policySetOf(immediate), models: { 'llama#prod': { saturation: { kvCacheThreshold: 0.95 } } } };
    expect(desiredOf(decideOnce([{ name: 'v', replicas: times(2, busy) }], policy))).toEqual({ v: 2 });
  });
});

describe('a shared target', () => {
  /** Nobody chooses where a pod lands: here all new ones land on B. */
  it('does not run away when what is wanted on A lands on B', () => {
    let memory = emptyMemory;
    let [onA, onB] = [2, 4];
    for (let cycle = 0; cycle < 60; cycle++) {
      const replicas = onA + onB;
      const scene = sceneOf(
        [
          { name: 'a', target: 't', accelerator: 'A', min: cycle < 30 ? 0 : 4, replicas: times(onA, { kv: 0.6, queue: 0 }), ...(cycle === 0 ? { lastDesired: last(3, 'A') } : {}) },
          { name: 'b', target: 't', accelerator: 'B', replicas: times(onB, { kv: 0.6, queue: 0 }), ...(cycle === 0 ? { lastDesired: last(3, 'B') } : {}) },
        ].map((sketch) => ({ ...sketch, targetState: { kind: 'found', replicas, readyReplicas: replicas, scalable: true } as const })),
        noonMs + cycle * 15_000,
      );
      const outcome = decide(scene, policySetOf(byPercent), memory, scene.atMs);
      memory = outcome.memory;
      const total = outcome.decisions.reduce((all, { desired = 0 }) => all + desired, 0);
      if (total > replicas) onB += total - replicas;
      else onB -= Math.min(onB, replicas - total);
    }
    // the new minimum of A asked twice for what it lacks, at most; the rest is up to the scheduler
    expect(onA + onB).toBeLessThanOrEqual(8);
  });
});
