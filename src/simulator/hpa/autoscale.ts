import { timeText } from '../controllers/context.ts';
import { parseQuantity, type Condition, type HorizontalPodAutoscaler } from '../../wire/index.ts';
import { completeScaleDown, completeScaleUp } from './behavior.ts';
import { withCondition } from './conditions.ts';
import { proposeForMetric } from './metric-proposals.ts';
import type { MetricAnswer, TargetSizes } from './metric-proposals.ts';
import { limitWithBehavior, limitWithoutBehavior, rememberRecommendation, rememberScaling, stabilize, stabilizeWithoutBehavior } from './normalization.ts';
import type { AutoscalerMemory } from './normalization.ts';
import type { Tolerances } from './replica-proposal.ts';

/** Flags of the controller manager that matter here, with its defaults. */
export interface AutoscalerOptions {
  /** `--horizontal-pod-autoscaler-tolerance` */
  readonly tolerance: number;
  /** `--horizontal-pod-autoscaler-downscale-stabilization` */
  readonly downscaleStabilizationMs: number;
  /** Feature gate HPAScaleToZero. */
  readonly scaleToZero: boolean;
}

export const defaultAutoscalerOptions: AutoscalerOptions = { tolerance: 0.1, downscaleStabilizationMs: 300_000, scaleToZero: false };

export interface AutoscalerEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export interface SelectorProblem {
  readonly conditionReason: 'InvalidSelector' | 'AmbiguousSelector';
  readonly conditionMessage: string;
  readonly eventReason: string;
  readonly message: string;
}

/** What one sync decided. */
export interface AutoscaleResult {
  readonly desired: number;
  /** The scale is to be written. */
  readonly rescale: boolean;
  readonly rescaleReason: string;
  /** Status keeps its old desired count: nothing could be computed. */
  readonly failed: boolean;
  readonly conditions: readonly Condition[];
  readonly currentMetrics: readonly object[] | undefined;
  readonly events: readonly AutoscalerEvent[];
  readonly memory: AutoscalerMemory;
}

/**
 * One sync of the HorizontalPodAutoscaler after its target's scale was read, following the algorithm that Kubernetes
 * documents. Pure: what it remembers is handed in and out.
 */
export function autoscale(input: {
  readonly hpa: HorizontalPodAutoscaler;
  readonly sizes: TargetSizes;
  /** One per metric of the spec. Empty where metrics were not asked for. */
  readonly answers: readonly MetricAnswer[];
  /** Why the pods of the target cannot be told; nothing is computed then. */
  readonly selectorProblem?: SelectorProblem | undefined;
  readonly memory: AutoscalerMemory | undefined;
  readonly options: AutoscalerOptions;
  readonly nowMs: number;
}): AutoscaleResult {
  const { hpa, sizes, options, nowMs } = input;
  const now = timeText(nowMs);
  const current = sizes.specReplicas;
  const max = hpa.spec?.maxReplicas ?? 1;
  const min = hpa.spec?.minReplicas ?? 1;
  const memory: AutoscalerMemory = input.memory ?? { recommendations: [{ atMs: nowMs, replicas: current }], ups: [], downs: [] };
  const able = { type: 'AbleToScale', status: 'True' as const };
  let conditions = withCondition(
    hpa.status?.conditions ?? [],
    { ...able, reason: 'SucceededGetScale', message: "the HPA controller was able to get the target's current scale" },
    now,
  );
  const nothing = { rescaleReason: '', failed: false, currentMetrics: undefined, events: [], memory };

  if (!needsMetrics(hpa, current, options)) {
    if (current > max) return { ...nothing, conditions, desired: max, rescale: true, rescaleReason: 'Current number of replicas above Spec.MaxReplicas' };
    if (current > 0) return { ...nothing, conditions, desired: min, rescale: true, rescaleReason: 'Current number of replicas below Spec.MinReplicas' };
    conditions = withCondition(
      conditions,
      { type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled', message: 'scaling is disabled since the replica count of the target is zero' },
      now,
    );
    return { ...nothing, conditions, desired: 0, rescale: false };
  }

  const { selectorProblem } = input;
  const proposed = selectorProblem === undefined ? proposeForAll(input, conditions, now) : refused(selectorProblem, conditions, now);
  if (proposed.failed) return { ...nothing, ...proposed, desired: current, rescale: false };
  conditions = proposed.conditions;

  const recommended = Math.max(0, proposed.replicas);
  const { behavior } = hpa.spec ?? {};
  const up = completeScaleUp(behavior?.scaleUp);
  const down = completeScaleDown(behavior?.scaleDown, options.downscaleStabilizationMs);
  const windowMs = Math.max(up.stabilizationMs, down.stabilizationMs);
  const bounds = { current, min, max };
  const stabilized =
    behavior === undefined
      ? stabilizeWithoutBehavior(memory, recommended, options.downscaleStabilizationMs, nowMs)
      : stabilize(memory, current, recommended, up, down, nowMs);
  conditions = withCondition(conditions, { ...able, ...stabilization(stabilized, recommended, current, behavior !== undefined) }, now);
  const limited =
    behavior === undefined
      ? limitWithoutBehavior(bounds, stabilized)
      : limitWithBehavior(bounds, stabilized, memory, up, down, nowMs);
  conditions = withCondition(
    conditions,
    { type: 'ScalingLimited', status: limited.replicas === stabilized ? 'False' : 'True', reason: limited.reason, message: limited.message },
    now,
  );
  return {
    desired: limited.replicas,
    rescale: limited.replicas !== current,
    rescaleReason: recommended > current ? `${proposed.name} above target` : recommended < current ? 'All metrics below target' : '',
    failed: false,
    conditions,
    currentMetrics: proposed.currentMetrics,
    events: proposed.events,
    memory: rememberRecommendation(memory, recommended, windowMs, nowMs),
  };
}

/** Whether this sync asks for metrics at all: not at zero, and not while the count is outside min and max. */
export function needsMetrics(hpa: HorizontalPodAutoscaler, current: number, options: AutoscalerOptions): boolean {
  if (current > 0) return current <= (hpa.spec?.maxReplicas ?? 1) && current >= (hpa.spec?.minReplicas ?? 1);
  const wentToZero = hpa.status?.conditions?.some(({ type, status }) => type === 'ScaledToZero' && status === 'True') ?? false;
  return options.scaleToZero && wentToZero;
}

/** Result and memory after the scale was written. */
export function afterRescale(result: AutoscaleResult, hpa: HorizontalPodAutoscaler, current: number, options: AutoscalerOptions, nowMs: number): AutoscaleResult {
  const { desired } = result;
  const now = timeText(nowMs);
  let conditions = withCondition(
    result.conditions,
    { type: 'AbleToScale', status: 'True', reason: 'SucceededRescale', message: `the HPA controller was able to update the target scale to ${desired}` },
    now,
  );
  if (options.scaleToZero) {
    const toZero = current > 0 && desired === 0 && hpa.spec?.minReplicas === 0;
    conditions = withCondition(
      conditions,
      toZero
        ? { type: 'ScaledToZero', status: 'True', reason: 'ScaledToZero', message: 'the HPA controller scaled the workload to zero' }
        : { type: 'ScaledToZero', status: 'False', reason: 'NotScaledToZero', message: 'the HPA controller did not scale the workload to zero' },
      now,
    );
  }
  return {
    ...result,
    conditions,
    events: [...result.events, { type: 'Normal', reason: 'SuccessfulRescale', message: `New size: ${desired}; reason: ${result.rescaleReason}` }],
    memory: hpa.spec?.behavior === undefined ? result.memory : rememberScaling(result.memory, current, desired, nowMs),
  };
}

type Proposed =
  | { readonly failed: true; readonly conditions: readonly Condition[]; readonly currentMetrics: readonly object[]; readonly events: readonly AutoscalerEvent[] }
  | {
      readonly failed: false;
      readonly replicas: number;
      readonly name: string;
      readonly conditions: readonly Condition[];
      readonly currentMetrics: readonly object[];
      readonly events: readonly AutoscalerEvent[];
    };

function refused(problem: SelectorProblem, conditions: readonly Condition[], now: string): Proposed {
  const { conditionReason: reason, conditionMessage, eventReason, message } = problem;
  return {
    failed: true,
    conditions: withCondition(conditions, { type: 'ScalingActive', status: 'False', reason, message: conditionMessage }, now),
    currentMetrics: [],
    events: [
      { type: 'Warning', reason: eventReason, message },
      { type: 'Warning', reason: 'FailedComputeMetricsReplicas', message },
    ],
  };
}

/** The highest proposal of all metrics. One that fails is passed over when scaling up, and stops everything when not. */
function proposeForAll({ hpa, sizes, answers, options }: Parameters<typeof autoscale>[0], conditions: readonly Condition[], now: string): Proposed {
  const namespace = hpa.metadata?.namespace ?? '';
  const tolerances = tolerancesOf(hpa, options);
  const outcomes = (hpa.spec?.metrics ?? []).map((spec, index) =>
    proposeForMetric(spec, answers[index] ?? { ok: false, problem: 'it was not asked for' }, sizes, tolerances, namespace),
  );
  const currentMetrics = outcomes.map((outcome) => (outcome.ok ? outcome.status : { type: '' }));
  const failures = outcomes.filter((outcome) => !outcome.ok);
  const events: AutoscalerEvent[] = failures.map(({ reason, problem }) => ({ type: 'Warning', reason, message: problem }));
  let replicas = 0;
  let name = '';
  for (const outcome of outcomes) {
    if (outcome.ok && (replicas === 0 || outcome.replicas > replicas)) ({ replicas, name } = outcome);
  }
  const [first] = failures;
  if (first !== undefined && (failures.length === outcomes.length || replicas < sizes.specReplicas)) {
    const message = `the HPA was unable to compute the replica count: ${first.problem}`;
    events.push({
      type: 'Warning',
      reason: 'FailedComputeMetricsReplicas',
      message: `invalid metrics (${failures.length} invalid out of ${outcomes.length}), first error is: ${first.wrapped}`,
    });
    return {
      failed: true,
      conditions: withCondition(conditions, { type: 'ScalingActive', status: 'False', reason: first.reason, message }, now),
      currentMetrics,
      events,
    };
  }
  const message = `the HPA was able to successfully calculate a replica count from ${name}`;
  const active = withCondition(conditions, { type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound', message }, now);
  return { failed: false, replicas, name, conditions: active, currentMetrics, events };
}

function tolerancesOf(hpa: HorizontalPodAutoscaler, { tolerance }: AutoscalerOptions): Tolerances {
  const fraction = (text: string | undefined): number => (text === undefined ? tolerance : (parseQuantity(text) ?? tolerance));
  const { behavior } = hpa.spec ?? {};
  return { up: fraction(behavior?.scaleUp?.tolerance), down: fraction(behavior?.scaleDown?.tolerance) };
}

function stabilization(stabilized: number, recommended: number, current: number, withBehavior: boolean): { reason: string; message: string } {
  if (stabilized === recommended) return { reason: 'ReadyForNewScale', message: 'recommended size matches current size' };
  return withBehavior && recommended >= current
    ? { reason: 'ScaleUpStabilized', message: 'recent recommendations were lower than current one, applying the lowest recent recommendation' }
    : { reason: 'ScaleDownStabilized', message: 'recent recommendations were higher than current one, applying the highest recent recommendation' };
}

