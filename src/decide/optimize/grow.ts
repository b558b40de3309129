import { inOrder, sum } from '../../base/index.ts';
import type { Policy } from '../../model/index.ts';
import type { Analysis } from '../analyze/analysis.ts';
import type { Group, Member } from '../analyze/group.ts';
import { mostOf } from './most.ts';
import { byPrice } from './price.ts';

/** Replicas to add (or remove) of one variant: what would be right, and what one decision may do. */
export interface Change {
  readonly member: Member;
  readonly wanted: number;
  readonly limited: number;
}

const epsilon = 1e-9;
// an infinite load (a threshold that allows nothing) is written as this many replicas
const mostReplicas = 100_000;

/**
 * Adds replicas until what serves and what is coming carries `required`. What was asked for before and has
 * not come yet comes first, so that a decision is not made twice on two variants; then cheapest capacity first; variants
 * with pods that cannot start come last, and what cannot be scheduled there is not asked for once more.
 *
 * Two limits, both `scaleUpMaxFactor`: growth per decision, of the replicas there are, and growth beyond what serves
 * and has been measured. The second keeps a queue that waits for starting replicas from being read as ever more demand.
 */
export function planGrowth(group: Group, analysis: Analysis, required: number, candidates: readonly Member[], policy: Policy): Change[] {
  const usable = sum(group.members.map(({ supply, weight }) => supply.usable * weight));
  const current = sum(group.members.map(({ supply }) => supply.current));
  const known = analysis.replicaCapacities !== undefined;
  const growable = candidates.filter(({ seen, supply }) => known || supply.current > 0 || (seen.targetState.kind === 'found' && seen.targetState.replicas > 0));
  const ordered = inOrder(growable, (a, b) => Number(isStuck(a)) - Number(isStuck(b)) || byPrice(a, b));

  const measured = Math.max(analysis.servingCapacity * policy.scaleUpMaxFactor, analysis.servingCapacity + Math.min(...ordered.map(({ weight }) => weight)));
  const wanted = addUntil(ordered, required - usable, mostReplicas);
  const perDecision = Math.max(1, Math.floor(current * (policy.scaleUpMaxFactor - 1) + epsilon));
  const limited = addUntil(ordered, Math.min(required, measured) - usable, perDecision);
  return ordered.map((member, index) => {
    const allowed = limited[index] ?? 0;
    return { member, wanted: Math.max(allowed, wanted[index] ?? 0), limited: allowed };
  });
}

/** How many replicas to add of each. */
function addUntil(ordered: readonly Member[], capacity: number, most: number): number[] {
  const taken = ordered.map(() => 0);
  let lacking = capacity;
  let left = most;
  const take = (member: Member, index: number, room: number): void => {
    // the first `dead` replicas of what falls to a variant are those that it was asked for already
    const dead = deadWeight(member);
    const before = taken[index] ?? 0;
    const fits = Math.min(dead + room - before, left + Math.max(0, dead - before));
    const count = Math.max(0, Math.min(Math.ceil(lacking / member.weight - epsilon), fits));
    lacking -= count * member.weight;
    left -= Math.max(0, before + count - dead) - Math.max(0, before - dead);
    taken[index] = before + count;
  };
  // asked for and not followed yet
  for (const [index, member] of ordered.entries()) if (!isStuck(member)) take(member, index, Math.max(0, Math.min(inFlight(member), roomOf(member))));
  for (const [index, member] of ordered.entries()) take(member, index, roomOf(member));
  return ordered.map((member, index) => Math.max(0, (taken[index] ?? 0) - deadWeight(member)));
}

/** Replicas below maxReplicas that are free. */
function roomOf(member: Member): number {
  return Math.max(0, Math.min(mostOf(member), mostReplicas) - member.supply.current);
}

function inFlight({ recalled, supply }: Member): number {
  return (recalled.desired ?? 0) - supply.current;
}

function isStuck({ supply, avoidance }: Member): boolean {
  return avoidance?.active === true || supply.stuckOnNode + supply.stuckWithoutNode > 0;
}

/**
 * Of the replicas that do not come, those that are not asked for again: every one that no node takes, and those
 * that fail on their node beyond as many as serve. Without this a variant that cannot grow would be asked for more and more.
 */
function deadWeight({ supply }: Member): number {
  return supply.stuckWithoutNode + Math.max(0, supply.stuckOnNode - supply.ready);
}
