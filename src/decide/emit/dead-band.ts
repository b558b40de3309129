import { groupBy, sum } from '../../base/index.ts';
import { targetKey, type Decision, type FollowingAutoscaler, type Observation } from '../../model/index.ts';

/** By key of each variant whose target's autoscaler will let the decision be: why, in a sentence with the numbers. */
export function deadBands(observation: Observation, decisions: readonly Decision[]): ReadonlyMap<string, string> {
  const states = new Map(observation.variants.map(({ variant, targetState }) => [variant.key, targetState]));
  const found = new Map<string, string>();
  const served = decisions.filter(({ variant, desired, suppressedBy }) => desired !== undefined && suppressedBy === undefined && variant.mode !== 'recommend' && variant.actuation === 'metric');
  for (const sharers of groupBy(served, ({ variant }) => targetKey(variant)).values()) {
    const state = sharers[0] && states.get(sharers[0].variant.key);
    if (state?.kind !== 'found' || state.follower === undefined) continue;
    // the variants of one target are one sum to its autoscaler
    const sentence = sentenceOf(state.follower, state.scaledBy ?? `HorizontalPodAutoscaler/${state.follower.name}`, state.replicas, sum(sharers.map(({ desired }) => desired ?? 0)));
    if (sentence !== undefined) for (const { variant } of sharers) found.set(variant.key, sentence);
  }
  return found;
}

function sentenceOf(follower: FollowingAutoscaler, name: string, replicas: number, desired: number): string | undefined {
  const wanted = Math.min(Math.max(Math.ceil(desired / follower.averageValue), follower.minReplicas), follower.maxReplicas);
  if (replicas === 0 || wanted === replicas || !letsBe(follower, replicas, desired)) return undefined;
  const isUp = wanted > replicas;
  const tolerance = isUp ? follower.tolerance.up : follower.tolerance.down;
  return (
    `${name} will not follow ${replicas} -> ${wanted}: it lets differences of up to ${percent(tolerance)} be, ${firstFollowed(follower, replicas, isUp)}. ` +
    `Give its behavior ${isUp ? 'scaleUp' : 'scaleDown'}.tolerance "0" (Kubernetes 1.35 or later), or set spec.actuation to direct and delete it.`
  );
}

function firstFollowed(follower: FollowingAutoscaler, replicas: number, isUp: boolean): string {
  const { up, down } = follower.tolerance;
  let first = isUp ? Math.floor(replicas * (1 + up)) : Math.ceil(replicas * (1 - down));
  while (first >= 0 && letsBe(follower, replicas, first * follower.averageValue)) first += isUp ? 1 : -1;
  return first < 0 ? `and follows nothing below ${replicas}` : `so that ${first} is the first number ${isUp ? 'above' : 'below'} ${replicas} that it follows`;
}

/** The autoscaler's own comparison: the ratio of the sum to what its replicas stand for, against one. */
function letsBe({ averageValue, tolerance }: FollowingAutoscaler, replicas: number, sumOfSeries: number): boolean {
  const ratio = sumOfSeries / (averageValue * replicas);
  return 1 - tolerance.down <= ratio && ratio <= 1 + tolerance.up;
}

function percent(fraction: number): string {
  return `${Number((fraction * 100).toFixed(2))} %`;
}
