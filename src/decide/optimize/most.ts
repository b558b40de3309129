import type { Subject } from '../analyze/group.ts';

/** Most replicas of a variant that may be asked for: its maximum, and what there is room for. */
export function mostOf({ variant, ceiling = Infinity }: Subject): number {
  return Math.min(variant.maxReplicas ?? Infinity, ceiling);
}
