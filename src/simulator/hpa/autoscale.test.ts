import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HorizontalPodAutoscaler } from '../../wire/index.ts';
import { afterRescale, autoscale, defaultAutoscalerOptions as options } from './autoscale.ts';
import type { AutoscaleResult } from './autoscale.ts';
import type { AutoscalerMemory } from './normalization.ts';

type Spec = Partial<NonNullable<HorizontalPodAutoscaler['spec']>>;

function hpaWith(spec: Spec = {}, target: { averageValue?: string; value?: string } = { averageValue: '1' }): HorizontalPodAutoscaler {
  const external = { metric: { name: 'wva_desired_replicas' }, target: { type: target.value === undefined ? 'AverageValue' : 'Value', ...target } };
  return {
    metadata: { name: 'decode', namespace: 'serving' },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'decode' }, minReplicas: 1, maxReplicas: 100, metrics: [{ type: 'External', external } as never], ...spec },
  };
}

function sync(hpa: HorizontalPodAutoscaler, current: number, series: readonly number[], more: { ready?: number; memory?: AutoscalerMemory; nowMs?: number } = {}): AutoscaleResult {
  const answer = series.length === 0
    ? { ok: false as const, problem: 'no metrics returned from external metrics API' }
    : { ok: true as const, milli: series.map((value) => value * 1000) };
  const sizes = { specReplicas: current, statusReplicas: current, pods: current, readyPods: more.ready ?? current };
  return autoscale({ hpa, sizes, answers: [answer], memory: more.memory, options, nowMs: more.nowMs ?? 0 });
}

describe('the autoscaler with AverageValue 1', () => {
  it.each([
    { current: 1, series: [2], expected: 2 },
    // the window of 5 minutes holds the first recommendation, which is the count that was found
    { current: 9, series: [8], expected: 9 },
    { current: 10, series: [11], expected: 10 },
    { current: 11, series: [12], expected: 11 },
    { current: 20, series: [21], expected: 20 },
    { current: 20, series: [23], expected: 23 },
    { current: 2, series: [2, 3], expected: 4 },
    { current: 0, series: [3], expected: 0 },
  ])('at $current replicas and series $series wants $expected', ({ current, series, expected }) => {
    expect(sync(hpaWith(), current, series).desired).toBe(expected);
  });

  const eager = { behavior: { scaleUp: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods' as const, value: 100, periodSeconds: 15 }] }, scaleDown: { stabilizationWindowSeconds: 0 } } };

  it.each([
    { current: 9, series: [8], expected: 8 },
    { current: 10, series: [9], expected: 10 },
    { current: 20, series: [19], expected: 20 },
    { current: 2, series: [2, 3], expected: 5 },
    { current: 3, series: [2.5], expected: 3 },
    { current: 4, series: [2.5], expected: 3 },
  ])('and no windows, at $current replicas and series $series wants $expected', ({ current, series, expected }) => {
    expect(sync(hpaWith(eager), current, series).desired).toBe(expected);
  });

  it('follows its own tolerance where the behaviour gives one', () => {
    const behavior = { scaleUp: { ...eager.behavior.scaleUp, tolerance: '0' }, scaleDown: { ...eager.behavior.scaleDown, tolerance: '0.3' } };
    expect(sync(hpaWith({ behavior }), 20, [21]).desired).toBe(21);
    expect(sync(hpaWith({ behavior }), 20, [15]).desired).toBe(20);
  });
});

describe('the autoscaler with Value 1', () => {
  it('multiplies by the pods that are ready: the reason why AverageValue is right', () => {
    expect(sync(hpaWith({}, { value: '1' }), 2, [3], { ready: 2 }).desired).toBe(4);
    expect(sync(hpaWith({ behavior: { scaleUp: { policies: [{ type: 'Percent', value: 900, periodSeconds: 15 }] } } }, { value: '1' }), 2, [3]).desired).toBe(6);
  });
});

describe('conditions', () => {
  const conditionOf = (result: AutoscaleResult, type: string) => result.conditions.find((condition) => condition.type === type);

  it('say that scaling is disabled at zero replicas', () => {
    const result = sync(hpaWith(), 0, [3]);
    expect(result.rescale).toBe(false);
    expect(conditionOf(result, 'ScalingActive')).toMatchObject({ status: 'False', reason: 'ScalingDisabled', message: 'scaling is disabled since the replica count of the target is zero' });
  });

  it('say which metric could not be had, and keep the count', () => {
    const result = sync(hpaWith(), 3, []);
    expect(result).toMatchObject({ failed: true, rescale: false, desired: 3 });
    expect(conditionOf(result, 'ScalingActive')).toMatchObject({
      status: 'False',
      reason: 'FailedGetExternalMetric',
      message: 'the HPA was unable to compute the replica count: unable to get external metric serving/wva_desired_replicas/nil: no metrics returned from external metrics API',
    });
    expect(result.events.map(({ reason }) => reason)).toEqual(['FailedGetExternalMetric', 'FailedComputeMetricsReplicas']);
  });

  it('say what limits', () => {
    expect(conditionOf(sync(hpaWith({ maxReplicas: 4 }), 3, [50]), 'ScalingLimited')).toMatchObject({ status: 'True', reason: 'TooManyReplicas' });
    expect(conditionOf(sync(hpaWith(), 3, [50]), 'ScalingLimited')).toMatchObject({ status: 'True', reason: 'ScaleUpLimit' });
    expect(conditionOf(sync(hpaWith(), 3, [3]), 'ScalingLimited')).toMatchObject({ status: 'False', reason: 'DesiredWithinRange' });
  });
});

describe('whatever the metric says', () => {
  it('the count stays between min and max, and more is never answered with less', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: 0, max: 60, noNaN: true }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 60 }),
        (values, current, windowSeconds) => {
          const hpa = hpaWith({ minReplicas: 2, maxReplicas: 30, behavior: { scaleDown: { stabilizationWindowSeconds: windowSeconds } } });
          let replicas = current;
          let memory: AutoscalerMemory | undefined;
          for (const [index, value] of values.entries()) {
            const nowMs = index * 15_000;
            let result = sync(hpa, replicas, [value], { nowMs, ...(memory && { memory }) });
            if (value > replicas * 1.1 && replicas >= 2 && replicas < 30) expect(result.desired).toBeGreaterThanOrEqual(replicas);
            if (result.rescale) result = afterRescale(result, hpa, replicas, options, nowMs);
            replicas = result.desired;
            memory = result.memory;
            expect(replicas).toBeGreaterThanOrEqual(2);
            expect(replicas).toBeLessThanOrEqual(30);
          }
        },
      ),
    );
  });
});
