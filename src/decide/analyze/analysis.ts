import type { VariantMemory } from '../../model/index.ts';

/** What the load of a group calls for, in units of capacity. */
export interface Analysis {
  /** Capacity of the replicas that serve. */
  readonly servingCapacity: number;
  /** Capacity that leaves the spare which the policy wants; present when what serves leaves less. */
  readonly required?: number;
  /** Capacity that would still do after a removal, with margin; absent when nothing may be removed. */
  readonly sufficient?: number;
  /** Why nothing may be removed although the load is low. */
  readonly keep?: 'HeldMetricsPartial' | 'HeldSaturated';
  /** The numbers, in words: `mean KV use 0.76, 2 waiting per replica, 0 of 2 saturated`. */
  readonly figures: () => string;
  /**
   * What one replica of each member carries, in the group's order, in the unit of the analyzer that measured it (tokens, tokens or requests per second); `undefined` where
   * nothing is known of it: such a variant is left at zero. Without this list members weigh what the group says, one average replica about 1.
   */
  readonly replicaCapacities?: readonly (number | undefined)[];
  /** The margin is in its own band, so that none of the policy's is told of. */
  readonly ownMargin?: true;
}

/** What an analyzer wants remembered of one variant, and what became of its removals; only its own fields are there. */
export type Noted = Pick<VariantMemory, 'tokens' | 'throughput' | 'queueing' | 'takenBack'>;

/** A group's analysis by one that remembers, with what is to be remembered of each member, in the group's order. */
export interface Reckoning {
  /** `undefined`: nothing is known of the load, or of what any replica carries. */
  readonly analysis: Analysis | undefined;
  readonly noted: readonly Noted[];
}
