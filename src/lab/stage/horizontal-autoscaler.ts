import type { Random } from '../../runtime/index.ts';
import { afterRescale, autoscale, defaultAutoscalerOptions, formatMilli, needsMetrics } from '../../simulator/index.ts';
import type { AutoscalerMemory } from '../../simulator/index.ts';
import type { HorizontalPodAutoscaler } from '../../wire/index.ts';
import type { HpaMetric, HpaOptions, PolicyStage } from './policy-stage.ts';

const defaultSyncMs = 15_000;

/**
 * Syncs one HorizontalPodAutoscaler on the stage. The law is `src/simulator/hpa`, which is held against the genuine controller;
 * here it meets the stage's clock and pods. Where its first sync falls in the period is chance.
 */
export function startHorizontalAutoscaler(stage: PolicyStage, variant: string, options: HpaOptions, random: Random): void {
  const { syncMs = defaultSyncMs, tolerance = defaultAutoscalerOptions.tolerance, metrics } = options;
  const law = { ...defaultAutoscalerOptions, tolerance, scaleToZero: options.minReplicas === 0 };
  const hpa = objectOf(variant, options);
  let memory: AutoscalerMemory | undefined;
  let status: HorizontalPodAutoscaler['status'];

  function sync(): void {
    const { spec, pods, ready } = stage.replicas(variant);
    const active = pods.filter(({ terminating }) => !terminating).length;
    const current = { ...hpa, ...(status !== undefined && { status }) };
    const answers = needsMetrics(current, spec, law) ? metrics.map(ask) : [];
    const nowMs = stage.now();
    let result = autoscale({
      hpa: current,
      sizes: { specReplicas: spec, statusReplicas: active, pods: pods.length, readyPods: ready },
      answers: answers.map(({ answer }) => answer),
      memory,
      options: law,
      nowMs,
    });
    const decision = { variant, from: spec, to: result.desired, why: reason(result, answers) };
    if (result.rescale) {
      result = afterRescale(result, current, spec, law, nowMs);
      stage.scale(decision);
    } else stage.note(decision);
    ({ memory } = result);
    status = { currentReplicas: spec, desiredReplicas: result.desired, conditions: [...result.conditions] };
  }

  stage.every(syncMs, sync, random.integer(syncMs));
}

type Answered = ReturnType<typeof ask>;
type Result = ReturnType<typeof autoscale>;

function ask(metric: HpaMetric) {
  const value = metric.read();
  return value === undefined || !Number.isFinite(value)
    ? { metric, value, answer: { ok: false as const, problem: 'the metrics API knows no value' } }
    : { metric, value, answer: { ok: true as const, milli: [Math.trunc(value * 1000)] } }; // adapters cut what is below a thousandth
}

function reason(result: Result, answers: readonly Answered[]): string {
  if (answers.length === 0) return 'HPA: no metric was asked for (at zero, or outside its bounds).';
  const read = answers.map(({ metric, value }) => `${metric.name} ${value === undefined ? 'unknown' : Number(value.toPrecision(4))} against ${metric.target}`).join(', ');
  if (result.failed) return `HPA holds: ${read}.`;
  const limits = result.conditions.filter(({ type, status }) => type === 'ScalingLimited' && status === 'True').map(({ message }) => message);
  const held = result.conditions.filter(({ type, message }) => type === 'AbleToScale' && message?.includes('applying') === true).map(({ message }) => message);
  return `HPA: ${[read, ...held, ...limits].join('; ')}.`;
}

function objectOf(variant: string, { metrics, minReplicas, maxReplicas, behavior }: HpaOptions): HorizontalPodAutoscaler {
  return {
    metadata: { name: variant, namespace: 'lab' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: variant },
      minReplicas,
      maxReplicas,
      ...(behavior !== undefined && { behavior }),
      metrics: metrics.map(({ name, type, target }) => {
        const quantity = formatMilli(Math.round(target * 1000));
        return {
          type: 'External',
          external: { metric: { name }, target: type === 'averageValue' ? { type: 'AverageValue', averageValue: quantity } : { type: 'Value', value: quantity } },
        };
      }),
    },
  };
}
