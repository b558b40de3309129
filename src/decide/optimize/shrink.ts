import { inOrder } from '../../base/index.ts';
import type { Policy } from '../../model/index.ts';
import type { Analysis } from '../analyze/analysis.ts';
import type { Group, Member } from '../analyze/group.ts';
import type { Change } from './grow.ts';
import { mostRemoved } from './most.ts';
import { byPrice } from './price.ts';

const epsilon = 1e-9;

/**
 * Removes replicas, dearest capacity first, as long as those that serve today and remain carry `sufficient`. The last
 * replica of a variant stays where it could not be given back: taking it is another decision. Where the analyzer knows what each variant's replica carries, at zero too, only the last of
 * the group's replicas that serve stays. A variant none of whose replicas serve is left alone, for nothing is known about it.
 */
export function planRemoval(group: Group, analysis: Analysis, sufficient: number, candidates: readonly Member[], policy: Policy): Change[] {
  let ready = 0;
  for (const { supply, weight } of group.members) ready += supply.ready * weight;
  const changes: Change[] = [];
  for (const member of inOrder(candidates, dearestFirst)) {
    const { supply, variant, weight } = member;
    if (supply.ready === 0) continue;
    const removable = supply.current - Math.max(analysis.replicaCapacities === undefined ? 1 : 0, variant.minReplicas);
    // replicas that do not serve are the first to go, and cost no capacity
    let removed = Math.max(0, Math.min(removable, supply.current - supply.ready));
    for (; removed < removable; removed++) {
      if (ready - weight < sufficient - epsilon || ready - weight <= 0) break;
      ready -= weight;
    }
    const share = mostRemoved(supply.current, policy);
    if (removed > 0) changes.push({ member, wanted: removed, limited: Math.min(removed, share) });
  }
  return changes;
}

function dearestFirst(a: Member, b: Member): number {
  return byPrice(b, a);
}
