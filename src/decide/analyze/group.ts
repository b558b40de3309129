import { compareText, groupBy, mean } from '../../base/index.ts';
import { modelKey, targetKey, type Policy, type SaturationPolicy, type Variant, type VariantObservation } from '../../model/index.ts';
import type { Recall } from '../recall.ts';
import type { Supply } from './supply.ts';

/** A variant that takes part in deciding. */
export interface Subject {
  readonly seen: VariantObservation;
  readonly variant: Variant;
  readonly recalled: Recall;
  readonly supply: Supply;
}

/** One part of one model's work, and the variants that share it. */
export interface Group {
  readonly thresholds: SaturationPolicy;
  /** Ordered by key. */
  readonly members: readonly Member[];
}

export interface Member extends Subject {
  /**
   * Capacity of one replica relative to the others of the group: KV cache tokens by their mean where they are known,
   * 1 where they are not. Load moves between variants in these units.
   */
  readonly weight: number;
}

/** Variants that serve the same requests: same namespace, model and role. One whose model nobody knows stands alone. */
export function groupByWork(subjects: readonly Subject[], policy: Policy): Group[] {
  const groups = groupBy(subjects, ({ variant }) => JSON.stringify([variant.modelID === '' ? targetKey(variant) : modelKey(variant), variant.role]));
  return [...groups.entries()]
    .toSorted(([a], [b]) => compareText(a, b))
    .map(([, members]) => ({ thresholds: thresholdsFor(members[0] as Subject, policy), members: weighed(members) }));
}

/** Field by field, and an explicit 0 is a 0. */
function thresholdsFor({ variant }: Subject, policy: Policy): SaturationPolicy {
  return { ...policy.saturation, ...policy.overrides[`${variant.modelID}#${variant.namespace}`] };
}

function weighed(members: readonly Subject[]): Member[] {
  const typical = mean(members.flatMap(({ supply }) => supply.kvCapacityTokens ?? []));
  return members
    .toSorted((a, b) => compareText(a.variant.key, b.variant.key))
    .map((member) => ({ ...member, weight: typical === undefined ? 1 : (member.supply.kvCapacityTokens ?? typical) / typical }));
}
