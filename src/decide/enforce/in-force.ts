import type { Policy, ScheduledBounds, Variant } from '../../model/index.ts';

const known = new WeakMap<Variant, Variant>();

/**
 * The variant as it is to be decided about: with the mode of its policy, with the bounds of its schedule at this hour instead of its own, and
 * without the minimum that was only assumed where it may go to zero. One and the same object where nothing differs, and as long as nothing changes:
 * whoever goes through a history meets the same variant thousands of times.
 */
export function inForce(variant: Variant, { mode, scaleToZero }: Policy, scheduled: ScheduledBounds | undefined): Variant {
  const maxReplicas = scheduled?.maxReplicas ?? variant.maxReplicas;
  const own = scaleToZero && variant.minReplicasAssumed === true ? 0 : variant.minReplicas;
  // where a scheduled bound and one of the resource cross, fewer cost less than was ever allowed, and the ceiling is what is paid for
  const minReplicas = Math.min(scheduled?.minReplicas ?? own, scheduled === undefined ? Infinity : (maxReplicas ?? Infinity));
  const is = (other: Variant): boolean => other.mode === mode && other.minReplicas === minReplicas && other.maxReplicas === maxReplicas;
  if (is(variant)) return variant;
  const before = known.get(variant);
  if (before !== undefined && is(before)) return before;
  const made: Variant = { ...variant, mode, minReplicas, ...(maxReplicas !== undefined && { maxReplicas }) };
  known.set(variant, made);
  return made;
}
