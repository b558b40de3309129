import { groupBy, sum } from '../../base/index.ts';
import { targetKey, type Decision, type Observation, type ScaleWrite, type TargetState } from '../../model/index.ts';

/** A HorizontalPodAutoscaler sleeps while its target asks for no replica, and never takes the last one: both ways over zero are ours. */
function crossesZero({ scaledBy, replicas }: Extract<TargetState, { kind: 'found' }>, desired: number): boolean {
  return scaledBy?.startsWith('HorizontalPodAutoscaler/') === true && (replicas === 0) !== (desired === 0);
}

/**
 * Counts that are to be written to scale subresources: of targets whose variants all act directly (or grow, while they are paused downwards), all are decided,
 * and which nothing else in the cluster scales. A paused variant's target is left as it is.
 */
export function scalesOf(observation: Observation, decisions: readonly Decision[]): ScaleWrite[] {
  const states = new Map(observation.variants.map(({ variant, targetState }) => [variant.key, targetState]));
  const writes: ScaleWrite[] = [];
  const owners = decisions.filter(({ suppressedBy }) => suppressedBy === undefined);
  for (const sharers of groupBy(owners, ({ variant }) => targetKey(variant)).values()) {
    const [first] = sharers;
    const state = first && states.get(first.variant.key);
    if (!first || state?.kind !== 'found' || !state.scalable) continue;
    if (!sharers.every(({ variant, desired }) => (variant.mode === 'act' || variant.mode === 'pausedDown') && desired !== undefined)) continue;
    const direct = state.scaledBy === undefined && sharers.every(({ variant }) => variant.actuation === 'direct');
    if (!direct && !crossesZero(state, sum(sharers.map(({ desired }) => desired ?? 0)))) continue;
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
