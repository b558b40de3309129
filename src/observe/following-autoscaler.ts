import type { FollowingAutoscaler } from '../model/index.ts';
import { parseQuantity, type HorizontalPodAutoscaler, type ScalingRules } from '../wire/index.ts';
import { isMadeByKeda } from './annotated-scalers.ts';

/** Series that say how many replicas a target should have. */
const desiredSeries = new Set(['wva_desired_replicas', 'wva_target_desired_replicas']);
/** `--horizontal-pod-autoscaler-tolerance` of a cluster that does not say otherwise; nothing in the API tells another. */
const defaultTolerance = 0.1;

/**
 * What an HPA makes of our metric; `undefined` when it does not ask for it. KEDA gives metrics names of its own (`s0-prometheus`), so that only
 * a ScaledObject with a single trigger is known to follow us. A target of type Value is another arithmetic, and nothing is said of it here.
 */
export function followerOf(autoscaler: HorizontalPodAutoscaler): FollowingAutoscaler | undefined {
  const { metrics = [], minReplicas = 1, maxReplicas = 1, behavior } = autoscaler.spec ?? {};
  const external = metrics.flatMap((metric) => (metric.external ? [metric.external] : []));
  const ours = external.find(({ metric }) => desiredSeries.has(metric.name)) ?? (isMadeByKeda(autoscaler) && metrics.length === 1 ? external[0] : undefined);
  const averageValue = parseQuantity(ours?.target.averageValue ?? '') ?? 0;
  if (averageValue <= 0) return undefined;
  const fraction = (rules: ScalingRules | undefined): number => parseQuantity(rules?.tolerance ?? '') ?? defaultTolerance;
  return { name: autoscaler.metadata?.name ?? '', minReplicas, maxReplicas, averageValue, tolerance: { up: fraction(behavior?.scaleUp), down: fraction(behavior?.scaleDown) } };
}
