import { groupBy, sum } from '../../base/index.ts';
import { targetKey, type Decision, type Observation, type ScaleWrite } from '../../model/index.ts';

/**
 * Counts that are to be written to scale subresources: of targets whose variants all act directly, all are decided,
 * and which nothing else in the cluster scales. A paused variant's target is left as it is.
 */
export function scalesOf(observation: Observation, decisions: readonly Decision[]): ScaleWrite[] {
  const states = new Map(observation.variants.map(({ variant, targetState }) => [variant.key, targetState]));
  const writes: ScaleWrite[] = [];
  const owners = decisions.filter(({ suppressedBy }) => suppressedBy === undefined);
  for (const sharers of groupBy(owners, ({ variant }) => targetKey(variant)).values()) {
    const [first] = sharers;
    const state = first && states.get(first.variant.key);
    if (!first || state?.kind !== 'found' || !state.scalable || state.scaledBy !== undefined) continue;
    if (!sharers.every(({ variant, desired }) => variant.actuation === 'direct' && variant.mode === 'act' && desired !== undefined)) continue;
    writes.push({
      variantKeys: sharers.map(({ variant }) => variant.key),
      namespace: first.variant.namespace,
      target: first.variant.target,
      replicas: sum(sharers.map(({ desired }) => desired ?? 0)),
      currentReplicas: state.replicas,
    });
  }
  return writes;
}
