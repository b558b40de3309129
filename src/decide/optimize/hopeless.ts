import type { Member } from '../analyze/group.ts';

/** Some of its replicas have waited for a node for so long that others are asked for. */
export function isRefused({ avoidance, supply }: Member): boolean {
  return avoidance?.active === true && supply.stuckWithoutNode > 0;
}

/**
 * Of what is asked for, the replicas that have a node and hang; while a target shrinks there are more pods than it asks for, and those that are not ready go. Only a ReplicaSet removes what is not ready
 * before what serves, and of two pods that are not ready the younger, so nothing else may be starting.
 */
export function hungOf({ supply, variant }: Member): number {
  if (supply.usable > supply.ready || variant.target.kind !== 'Deployment') return 0;
  return Math.max(0, Math.min(supply.stuckOnNode, supply.current - supply.usable - supply.stuckWithoutNode));
}
