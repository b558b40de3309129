import { rounded, sum } from '../../../base/index.ts';
import type { PolicyStage, StageVariant } from '../../stage/policy-stage.ts';
import type { EngineGauge, Telemetry } from '../../stage/telemetry.ts';
import { createBehavior } from './behavior.ts';
import type { KthenaBehavior } from './behavior.ts';
import { fillByCost } from './cost-fill.ts';
import type { CostTarget } from './cost-fill.ts';
import { recommend } from './recommend.ts';
import type { KthenaReading } from './recommend.ts';

export interface KthenaTargetOptions {
  readonly metrics: readonly { readonly gauge: EngineGauge; readonly target: number }[];
  readonly tolerance: number;
  readonly expansionPercent: number;
  readonly behavior: KthenaBehavior;
}

/** One target of an AutoscalingPolicy over the workloads that it scales: a round each time it is called. */
export function createKthenaTarget(stage: PolicyStage, variants: readonly StageVariant[], options: KthenaTargetOptions): (telemetry: Telemetry) => void {
  const next = createBehavior(options.behavior);
  const targets = withOneAtLeast(variants);
  const minReplicas = sum(targets.map((target) => target.minReplicas));
  const maxReplicas = sum(targets.map((target) => target.maxReplicas));

  return (telemetry) => {
    const current = sum(variants.map(({ key }) => stage.replicas(key).spec));
    const readings = options.metrics.map(({ gauge, target }) => read(stage, variants, telemetry, gauge, target));
    const recommended = recommend({ current, minReplicas, maxReplicas, tolerance: options.tolerance, readings });
    const seen = readings.map((reading, index) => `${options.metrics[index]?.gauge ?? ''} ${rounded(reading.sum)} over ${reading.reporters} pods, target ${reading.target} each`).join('; ');
    if (recommended === undefined) {
      for (const { key } of variants) note(key, stage.replicas(key).spec, 'no pod could be asked: nothing changes');
      return;
    }
    const { replicas, panics } = next(stage.now(), current, recommended, minReplicas, maxReplicas);
    const steps = `${seen}: recommends ${recommended} for ${current}${panics ? ', in panic' : ''}, takes ${replicas}`;
    const filled = fillByCost(targets, options.expansionPercent, replicas);
    for (const { key, costPerHour } of variants) {
      const from = stage.replicas(key).spec;
      const to = filled.get(key) ?? from;
      const why = variants.length === 1 ? steps : `${steps}, of which ${to} here at ${rounded(costPerHour)} an hour`;
      if (to === from) note(key, from, why);
      else stage.scale({ variant: key, from, to, why });
    }
  };

  function note(variant: string, replicas: number, why: string): void {
    stage.note({ variant, from: replicas, to: replicas, why });
  }
}

/** The bounds of the scenario; the cheapest workload keeps one replica where all of them might have none. */
function withOneAtLeast(variants: readonly StageVariant[]): readonly CostTarget[] {
  const targets = variants.map(({ key, costPerHour, variant }) => ({ name: key, cost: costPerHour, minReplicas: variant.minReplicas, maxReplicas: variant.maxReplicas }));
  if (targets.some(({ minReplicas }) => minReplicas > 0)) return targets;
  const cheapest = targets.toSorted((a, b) => a.cost - b.cost)[0];
  return targets.map((target) => (target.name === cheapest?.name ? { ...target, minReplicas: 1 } : target));
}

/** One page that is not to be had leaves the whole workload out of the round. */
function read(stage: PolicyStage, variants: readonly StageVariant[], telemetry: Telemetry, gauge: EngineGauge, target: number): KthenaReading {
  let total = 0;
  let reporters = 0;
  let unready = 0;
  for (const { key, model } of variants) {
    const pods = stage.replicas(key).pods;
    const ready = pods.filter((pod) => pod.ready && !pod.terminating);
    const said = telemetry.gauge(gauge, { model: stage.scenario.models.indexOf(model), variant: key });
    const values = ready.map(({ name }) => said.get(name)).filter((value) => value !== undefined);
    if (values.length < ready.length || ready.length === 0) continue;
    total += sum(values);
    reporters += values.length;
    unready += pods.length - ready.length;
  }
  return { target, sum: total, reporters, unready };
}
