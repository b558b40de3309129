import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byPercent, decideOnce, immediate, noonMs, sceneOf, times, type VariantSketch } from '../../../test/support/decide/scene.ts';
import { defaultPolicySet, emptyMemory, policySetOf, seriesKey, type Emission, type FollowingAutoscaler, type Memory } from '../../model/index.ts';
import { decide, planEmission, seriesFromStatus } from '../index.ts';

const busy = { kv: 0.75, queue: 0 };

function cycle(sketches: readonly VariantSketch[], before: Memory = emptyMemory, nowMs = noonMs): { emission: Emission; memory: Memory } {
  const scene = sceneOf(sketches, nowMs);
  const { decisions, memory } = decide(scene, policySetOf(immediate), before, nowMs);
  return { emission: planEmission(scene, decisions, before, nowMs), memory };
}

const toldBy = ({ events }: Emission): string[] => events.map(({ resource, reason }) => `${resource.name} ${reason}`);

describe('series', () => {
  it('are named after the scale target, one for each accelerator', () => {
    const { emission } = cycle([
      { name: 'ms-inference-scheduling-a100', target: 'ms-inference-scheduling-decode', namespace: 'llm-d-inference-scheduling', accelerator: 'A100', replicas: times(2, { kv: 0.5, queue: 0 }) },
      { name: 'ms-inference-scheduling-mi300x', target: 'ms-inference-scheduling-decode', namespace: 'llm-d-inference-scheduling', accelerator: 'MI300X', replicas: times(3, { kv: 0.5, queue: 0 }) },
    ]);
    expect(emission.series.map(({ targetName, targetKind, namespace, acceleratorType, desired }) => [targetName, targetKind, namespace, acceleratorType, desired])).toEqual([
      ['ms-inference-scheduling-decode', 'Deployment', 'llm-d-inference-scheduling', 'A100', 2],
      ['ms-inference-scheduling-decode', 'Deployment', 'llm-d-inference-scheduling', 'MI300X', 3],
    ]);
  });

  it.each<[string, Partial<VariantSketch>]>([
    ['a dry run', { mode: 'recommend' }],
    ['the loser of a conflict', { suppressedBy: 'prod/older' }],
    ['a target that is gone', { targetState: { kind: 'missing', why: 'NotFound', detail: '' } }],
  ])('are not served for %s', (_, sketch) => {
    expect(cycle([{ name: 'v', replicas: [busy], ...sketch }]).emission.series).toEqual([]);
  });

  it('of an old accelerator or target are gone in the cycle that sees the new one', () => {
    const { memory } = cycle([{ name: 'v', accelerator: 'A100', replicas: [busy] }]);
    const { emission } = cycle([{ name: 'v', accelerator: 'H100', target: 'other', replicas: [busy] }], memory);
    expect(emission.series.map(({ acceleratorType, targetName }) => [acceleratorType, targetName])).toEqual([['H100', 'other']]);
    expect(emission.scalings).toEqual([]);
  });

  it('keep the time of the last change while the number stays', () => {
    const first = cycle([{ name: 'v', replicas: [busy] }]);
    const second = cycle([{ name: 'v', replicas: [busy] }], first.memory, noonMs + 15_000);
    expect(second.emission.series[0]?.decidedAtMs).toBe(noonMs);
    expect(second.emission.statuses[0]).toMatchObject({ decidedAtMs: noonMs, desired: 2, previous: 2 });
  });

  it('never share their labels', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 120, maxLength: 140 }).map((text) => text.trim() || 'x');
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 6 }), (targets) => {
        const { emission } = cycle(targets.map((target, index) => ({ name: `v${index}`, target, replicas: [busy] })));
        expect(new Set(emission.series.map(seriesKey)).size).toBe(targets.length);
      }),
    );
  });
});

describe('series from status', () => {
  const lastDesired = { replicas: 4, atMs: noonMs - 5000, accelerator: 'A100' };
  const served = (sketch: Partial<VariantSketch>): number[] => seriesFromStatus(sceneOf([{ name: 'v', replicas: times(2, {}), ...sketch }]).variants, defaultPolicySet).map(({ desired }) => desired);

  it('say what status says, and nothing where it says nothing or speaks of another accelerator', () => {
    expect(served({ lastDesired })).toEqual([4]);
    expect(served({})).toEqual([]);
    expect(served({ lastDesired, accelerator: 'H100' })).toEqual([]);
    expect(served({ lastDesired, mode: 'recommend' })).toEqual([]);
    expect(served({ lastDesired, suppressedBy: 'prod/older' })).toEqual([]);
    expect(served({ lastDesired, targetState: { kind: 'missing', why: 'NotFound', detail: '' } })).toEqual([]);
  });
});

describe('events', () => {
  it('tell of a change once', () => {
    const start: VariantSketch = { name: 'v', replicas: [busy], lastDesired: { replicas: 1, atMs: 0, accelerator: 'A100' } };
    const first = cycle([start]);
    expect(toldBy(first.emission)).toEqual(['v ScaledUp']);
    expect(first.emission.events[0]?.message).toContain('1 -> 2');
    expect(first.emission.scalings).toMatchObject([{ direction: 'up', reason: 'Demand' }]);
    expect(toldBy(cycle([start], first.memory).emission)).toEqual([]);
  });

  it('tell when metrics are lost, and not when they were never there', () => {
    const silent = { name: 'v', replicas: [{}] };
    const before = cycle([{ name: 'v', replicas: [{ kv: 0.5, queue: 0 }] }]).memory;
    const lost = cycle([silent], before);
    expect(toldBy(lost.emission)).toEqual(['v MetricsMissing']);
    expect(toldBy(cycle([silent], lost.memory).emission)).toEqual([]);
    expect(toldBy(cycle([silent]).emission)).toEqual([]);
    expect(toldBy(cycle([{ ...silent, lastConditions: { MetricsAvailable: { status: 'True', reason: 'MetricsFound' } } }]).emission)).toEqual(['v MetricsMissing']);
  });

  it('tell of a missing target and of a conflict once, and not again after a restart', () => {
    const gone: VariantSketch = { name: 'gone', replicas: [], targetState: { kind: 'missing', why: 'NotFound', detail: 'no' } };
    const loser: VariantSketch = { name: 'loser', replicas: [busy], suppressedBy: 'prod/older' };
    const { emission, memory } = cycle([gone, loser]);
    expect(toldBy(emission)).toEqual(['gone TargetNotFound', 'loser SuppressedDueToConflict']);
    expect(emission.events[1]?.message).toContain('prod/older');
    expect(toldBy(cycle([gone, loser], memory).emission)).toEqual([]);
    const restarted = cycle([
      { ...gone, lastConditions: { TargetResolved: { status: 'False', reason: 'TargetNotFound' } } },
      { ...loser, lastConditions: { TargetConflict: { status: 'True', reason: 'SuppressedDueToConflict' } } },
    ]);
    expect(toldBy(restarted.emission)).toEqual([]);
  });
});

describe('a change that the autoscaler lets be', () => {
  const follower = (extra: Partial<FollowingAutoscaler> = {}): FollowingAutoscaler => ({ name: 'h', minReplicas: 1, maxReplicas: 100, averageValue: 1, tolerance: { up: 0.1, down: 0.1 }, ...extra });
  /** Decided by its minimum or maximum, so that the number is the sketch's. */
  const told = (replicas: number, desired: number, of: FollowingAutoscaler | undefined = follower(), more: Partial<VariantSketch> = {}): string | undefined => {
    const targetState = { kind: 'found', replicas, readyReplicas: replicas, scalable: true, scaledBy: 'HorizontalPodAutoscaler/h', ...(of && { follower: of }) } as const;
    const { emission } = cycle([{ name: 'v', replicas: times(replicas, { kv: 0.5, queue: 0 }), targetState, min: desired, max: desired, ...more }]);
    expect(emission.statuses[0]?.desired).toBe(desired);
    return emission.statuses[0]?.notFollowed;
  };

  it('is told with the numbers, and what to do', () => {
    expect(told(10, 11)).toBe(
      'HorizontalPodAutoscaler/h will not follow 10 -> 11: it lets differences of up to 10 % be, so that 12 is the first number above 10 that it follows. ' +
        'Give its behavior scaleUp.tolerance "0" (Kubernetes 1.35 or later), or set spec.actuation to direct and delete it.',
    );
    expect(told(20, 19)).toContain('will not follow 20 -> 19: it lets differences of up to 10 % be, so that 17 is the first number below 20 that it follows. Give its behavior scaleDown.tolerance');
  });

  it.each<[number, number]>([[1, 2], [9, 10], [9, 8], [10, 12], [10, 8], [20, 23], [12, 12]])('%i -> %i is followed', (replicas, desired) => {
    expect(told(replicas, desired)).toBeUndefined();
  });

  it.each<[string, FollowingAutoscaler | undefined, Partial<VariantSketch>]>([
    ['tolerates nothing', follower({ tolerance: { up: 0, down: 0 } }), {}],
    ['tolerates nothing in this direction', follower({ tolerance: { up: 0, down: 0.5 } }), {}],
    ['would not go there anyway, by its maximum', follower({ maxReplicas: 10 }), {}],
    ['is not there', undefined, {}],
    ['follows nothing, in a dry run', follower(), { mode: 'recommend' }],
  ])('is not told where the autoscaler %s', (_, of, more) => {
    const targetState = { kind: 'found', replicas: 10, readyReplicas: 10, scalable: true, ...(of && { follower: of }) } as const;
    const { emission } = cycle([{ name: 'v', replicas: times(10, { kv: 0.5, queue: 0 }), targetState, min: 11, max: 11, ...more }]);
    expect(emission.statuses[0]?.notFollowed).toBeUndefined();
  });

  it('is about the sum, where variants share a target', () => {
    const targetState = { kind: 'found', replicas: 20, readyReplicas: 20, scalable: true, follower: follower() } as const;
    const sharer = (name: string, accelerator: string, count: number, desired: number): VariantSketch => ({ name, accelerator, target: 't', targetState, replicas: times(count, { kv: 0.5, queue: 0 }), min: desired, max: desired });
    const { emission } = cycle([sharer('a', 'A', 4, 5), sharer('b', 'B', 16, 16)]);
    for (const { notFollowed } of emission.statuses) expect(notFollowed).toContain('HorizontalPodAutoscaler/h will not follow 20 -> 21');
  });

  it('is in the event of the change, which is a warning then', () => {
    const targetState = { kind: 'found', replicas: 10, readyReplicas: 10, scalable: true, follower: follower() } as const;
    const { emission } = cycle([{ name: 'v', replicas: times(10, { kv: 0.5, queue: 0 }), targetState, min: 11, lastDesired: { replicas: 10, atMs: 0, accelerator: 'A100' } }]);
    expect(emission.events).toMatchObject([{ type: 'Warning', reason: 'ScaledUp', message: expect.stringContaining('will not follow 10 -> 11') }]);
  });

  it('ends with whoever tolerates everything', () => {
    expect(told(20, 5, follower({ tolerance: { up: 0.1, down: 2 } }))).toContain('and follows nothing below 20');
    expect(told(20, 21, follower({ tolerance: { up: 1e9, down: 0 } }))).toContain('so that 20000000021 is the first');
  });
});

describe('a spec that cannot be used', () => {
  const resource = { key: 'prod/bad', uid: 'u', namespace: 'prod', name: 'bad', generation: 3 };
  const scene = { ...sceneOf([]), invalid: [{ resource, problems: [{ path: 'spec.modelID', message: 'is required' }], lastConditions: {} }] };

  it('has a condition and one event that name the field, and no number', () => {
    const { decisions, memory } = decide(scene, policySetOf(byPercent), emptyMemory, noonMs);
    const emission = planEmission(scene, decisions, emptyMemory, noonMs);
    expect(emission.statuses[0]).toMatchObject({ resource, reason: 'InvalidSpec', conditions: [{ type: 'Ready', status: 'False', reason: 'InvalidSpec' }, {}] });
    expect(emission.statuses[0]).not.toHaveProperty('desired');
    expect(emission.events[0]?.message).toContain('spec.modelID is required');
    expect(planEmission(scene, decisions, memory, noonMs).events).toEqual([]);
  });
});

describe('direct scale writes', () => {
  const direct = (sketch: Partial<VariantSketch> & { name: string }): VariantSketch => ({ actuation: 'direct', target: 't', replicas: times(2, busy), ...sketch });
  const found = (extra: object = {}) => ({ kind: 'found', replicas: 4, readyReplicas: 4, scalable: true, ...extra }) as const;

  it('ask for the sum over the variants of a target', () => {
    const { emission } = cycle([direct({ name: 'a', accelerator: 'A', targetState: found() }), direct({ name: 'b', accelerator: 'B', targetState: found() })]);
    expect(emission.scales).toMatchObject([{ variantKeys: ['prod/a', 'prod/b'], replicas: 5, currentReplicas: 4 }]);
  });

  it('are written where a variant that is paused downwards grows', () => {
    expect(cycle([direct({ name: 'a', mode: 'pausedDown' })]).emission.scales).toMatchObject([{ variantKeys: ['prod/a'], replicas: 3, currentReplicas: 2 }]);
  });

  it.each<[string, VariantSketch[]]>([
    ['an autoscaler scales the target', [direct({ name: 'a', targetState: found({ scaledBy: 'HorizontalPodAutoscaler/h' }) })]],
    ['one of its variants is left to a metric', [direct({ name: 'a', accelerator: 'A' }), direct({ name: 'b', accelerator: 'B', actuation: 'metric' })]],
    ['one is paused', [direct({ name: 'a', mode: 'paused' })]],
    ['it is a dry run', [direct({ name: 'a', mode: 'recommend' })]],
    ['the target is gone', [direct({ name: 'a', targetState: { kind: 'missing', why: 'NotFound', detail: '' } })]],
  ])('are refused where %s', (_, sketches) => {
    expect(cycle(sketches).emission.scales).toEqual([]);
  });
});

it('decides for the same observation what it decided before', () => {
  const sketches = [{ name: 'v', replicas: times(3, busy) }];
  expect(decideOnce(sketches)).toEqual(decideOnce(sketches));
});
