import { clamp, rounded, sum } from '../../../base/index.ts';
import type { PolicyStage, StageVariant } from '../../stage/policy-stage.ts';
import type { EngineGauge, Telemetry } from '../../stage/telemetry.ts';
import { createSlidingWindow } from '../sliding-window.ts';
import type { SlidingWindow } from '../sliding-window.ts';
import { guardPending } from './pending-guard.ts';

/** One of the metrics of a PodAutoscaler, with its two windows. */
export interface PodMetric {
  readonly gauge: EngineGauge;
  readonly target: number;
  /** Sums or means over the pods, one a round. */
  readonly stable: SlidingWindow;
  readonly panic: SlidingWindow;
}

/** What a law makes of one metric. `stable` and `panic` are means over their windows of the sum or mean over the pods. */
export type PodLaw = (metric: PodMetric, seen: { readonly current: number; readonly stable: number; readonly panic: number }) => number;

export interface PodAutoscalerOptions {
  readonly targets: readonly { readonly gauge: EngineGauge; readonly target: number }[];
  /** What a round records of its pods. */
  readonly aggregate: 'sum' | 'mean';
  readonly stableMs: number;
  readonly panicMs: number;
  readonly downWindowMs: number;
  /** The highest recommendation of the window on the way down; the lowest otherwise. */
  readonly downTakesHighest: boolean;
  readonly pendingGuard: boolean;
  readonly law: PodLaw;
}

/** One PodAutoscaler object: what is fetched, what the law makes of each metric, the most of them, and the window on the way down. */
export function createPodAutoscaler(stage: PolicyStage, variant: StageVariant, options: PodAutoscalerOptions): (telemetry: Telemetry) => void {
  const model = stage.scenario.models.indexOf(variant.model);
  const metrics = options.targets.map((of) => ({ ...of, stable: createSlidingWindow(options.stableMs), panic: createSlidingWindow(options.panicMs) }));
  const recommended = createSlidingWindow(options.downWindowMs);
  const lowest = Math.max(1, variant.variant.minReplicas);

  return (telemetry) => {
    const now = stage.now();
    const { spec: current, ready } = stage.replicas(variant.key);
    // a workload at none with a minimum is switched off by hand, as they see it
    if (current === 0) return;
    const wants: { readonly replicas: number; readonly why: string }[] = [];
    for (const metric of metrics) {
      const values = [...telemetry.gauge(metric.gauge, { model, variant: variant.key }).values()];
      if (values.length === 0) continue;
      const latest = options.aggregate === 'sum' ? sum(values) : sum(values) / values.length;
      metric.stable.add(now, latest);
      metric.panic.add(now, latest);
      const stable = metric.stable.average(now) ?? latest;
      const panic = metric.panic.average(now) ?? latest;
      const wanted = options.law(metric, { current, stable, panic });
      const used = options.aggregate === 'sum' ? stable : stable * ready;
      const replicas = options.pendingGuard ? guardPending({ current, ready, wanted, used, target: metric.target }) : wanted;
      const guarded = replicas === wanted ? '' : `, ${replicas} with ${current - ready} on their way`;
      const seen = `${options.aggregate} of ${metric.gauge} ${rounded(stable)} (lately ${rounded(panic)}), target ${metric.target} a pod`;
      wants.push({ replicas, why: `${seen}: ${wanted}${guarded}` });
    }
    const most = wants.toSorted((a, b) => b.replicas - a.replicas)[0];
    if (most === undefined) {
      stage.note({ variant: variant.key, from: current, to: current, why: 'no pod answered: holds' });
      return;
    }
    const steadied = steady(most.replicas, current, now);
    const to = clamp(steadied, lowest, variant.variant.maxReplicas);
    const window = steadied === most.replicas ? '' : `; ${steadied} within ${options.downWindowMs / 1000} s`;
    const bounds = to === steadied ? '' : `; within bounds ${to}`;
    const decision = { variant: variant.key, from: current, to, why: `${most.why}${window}${bounds}` };
    if (to === current) stage.note(decision);
    else stage.scale(decision);
  };

  function steady(wanted: number, current: number, now: number): number {
    recommended.add(now, wanted);
    if (wanted >= current) return wanted;
    const kept = options.downTakesHighest ? recommended.highest(now) : recommended.lowest(now);
    return Math.min(current, kept ?? wanted);
  }
}
