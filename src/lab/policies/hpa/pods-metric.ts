/** What an HPA knows when it works out one metric of type `Pods`. */
export interface PodsMetricInput {
  /** `spec.replicas`. */
  readonly current: number;
  /** Pods that the selector matches and that are not on their way out, by name. */
  readonly pods: readonly string[];
  /** Those of them that are in phase Pending: no accelerator is free for them. */
  readonly pending: readonly string[];
  /** The metric by pod. A pod that says nothing is missing. */
  readonly values: ReadonlyMap<string, number>;
  /** `averageValue` of the target. */
  readonly target: number;
  /** Fraction that the ratio may stray from 1. */
  readonly tolerance: number;
}

/**
 * What a metric of type `Pods` asks for: ceil(mean of the pods / target × pods that say something), with what the controller
 * assumes of those that say nothing: that they are at 0 when it is about more, and at the target when it is about fewer.
 *
 * @returns `undefined` when no pod says anything: the controller has no proposal then, and removes nothing.
 */
export function proposeForPodsMetric(input: PodsMetricInput): number | undefined {
  const { current, pods, target, tolerance } = input;
  const pending = new Set(input.pending);
  const said: number[] = [];
  let missing = 0;
  for (const pod of pods) {
    if (pending.has(pod)) continue;
    const value = input.values.get(pod);
    if (value === undefined) missing += 1;
    else said.push(value);
  }
  if (said.length === 0) return undefined;
  const total = said.reduce((sum, value) => sum + value, 0);
  const ratio = total / (target * said.length);
  const within = (other: number): boolean => 1 - tolerance <= other && other <= 1 + tolerance;
  const unready = ratio > 1 ? pending.size : 0;
  if (unready === 0 && missing === 0) return within(ratio) ? current : ceil(ratio * said.length);

  const counted = said.length + missing + unready;
  const assumed = (total + (ratio < 1 ? missing * target : 0)) / (target * counted);
  const turned = (ratio < 1 && assumed > 1) || (ratio > 1 && assumed < 1);
  if (within(assumed) || turned) return current;
  const replicas = ceil(assumed * counted);
  const contrary = (assumed < 1 && replicas > current) || (assumed > 1 && replicas < current);
  return contrary ? current : replicas;
}

/** 0.7 × 3 / 0.7 is 3.0000000000000004: thousandths of thousandths are no reason for another pod. */
function ceil(value: number): number {
  return Math.max(0, Math.ceil(value - 1e-9));
}
