import type { Policy } from '../../model/index.ts';
import type { Subject } from '../analyze/group.ts';

/** Most replicas of a variant that may be asked for: its maximum, and what there is room for. */
export function mostOf({ variant, ceiling = Infinity }: Subject): number {
  return Math.min(variant.maxReplicas ?? Infinity, ceiling);
}

/** Replicas that one decision may remove of so many: a share of them, and at least one. */
export function mostRemoved(current: number, { scaleDownMaxFraction }: Pick<Policy, 'scaleDownMaxFraction'>): number {
  return Math.max(1, Math.floor(current * scaleDownMaxFraction + 1e-9));
}

/** Which replicas no node takes may be told by those that wait, and while it is avoided by what was. */
export function isStuck({ avoidance, supply }: Subject): boolean {
  return supply.stuckWithoutNode > 0 || avoidance?.active === true;
}

/** Replicas of it that may serve at the most; those that are stuck are none of them. */
export function usableAtMost(subject: Subject, mayGrow: boolean): number {
  const { supply } = subject;
  return mayGrow ? Math.max(supply.usable, mostOf(subject) - (supply.current - supply.usable)) : supply.usable;
}
