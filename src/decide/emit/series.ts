import { compareText } from '../../base/index.ts';
import { policyFor, sanitizeLabelValue, seriesKey, type PolicySet, type ReplicaSeries, type Variant, type VariantObservation } from '../../model/index.ts';

/** The series of one variant. Its labels come from the scale target, never from the resource's own name. */
export function seriesOf(variant: Variant, numbers: Pick<ReplicaSeries, 'current' | 'desired' | 'decidedAtMs' | 'held'>): ReplicaSeries {
  return {
    targetName: sanitizeLabelValue(variant.target.name),
    targetKind: sanitizeLabelValue(variant.target.kind),
    namespace: sanitizeLabelValue(variant.namespace),
    acceleratorType: sanitizeLabelValue(variant.accelerator),
    variantName: sanitizeLabelValue(variant.name),
    modelName: sanitizeLabelValue(variant.modelID),
    costPerHour: variant.costPerHour,
    role: variant.role,
    ...numbers,
  };
}

export function inOrder(series: readonly ReplicaSeries[]): ReplicaSeries[] {
  return series.toSorted((a, b) => compareText(seriesKey(a), seriesKey(b)));
}

/**
 * What may be served before the first decision, and by followers: what status says was decided, where it is about the
 * same accelerator, its target is there, and nothing keeps the variant from having a series. Nothing else is made up.
 */
export function seriesFromStatus(
  variants: readonly Pick<VariantObservation, 'variant' | 'targetState' | 'currentReplicas' | 'lastDesired' | 'suppressedBy'>[],
  policies: PolicySet,
): ReplicaSeries[] {
  return inOrder(
    variants.flatMap(({ variant, targetState, currentReplicas, lastDesired, suppressedBy }) => {
      if (suppressedBy !== undefined || policyFor(policies, variant).mode === 'recommend' || targetState.kind !== 'found') return [];
      if (lastDesired === undefined || lastDesired.accelerator !== variant.accelerator) return [];
      return [seriesOf(variant, { current: currentReplicas, desired: lastDesired.replicas, decidedAtMs: lastDesired.atMs, held: true })];
    }),
  );
}
