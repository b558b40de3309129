import type { SaturationPolicy, TokensMemory } from '../../../model/index.ts';
import type { Member } from '../group.ts';
import type { Requests } from '../requests.ts';
import { areAlike } from '../told-key.ts';
import { derivedTokens } from './derived.ts';

/** What a replica was last seen to carry is believed for so long. */
const believedMs = 7 * 24 * 3_600_000;

/** A variant of the group whose replicas tell, or told, what they carry. */
export interface Seen {
  readonly member: Member;
  readonly capacity: number;
}

/** What one replica of a variant was last seen to carry, as long as that is believed. */
export function rememberedCapacity({ capacity }: TokensMemory, nowMs: number): number | undefined {
  return capacity !== undefined && nowMs - capacity.atMs <= believedMs ? capacity.tokens : undefined;
}

/**
 * What one replica of a variant would carry that none has ever shown: what its arguments allow for the requests of today, no more than its memory holds where that is
 * given and than a variant that is alike carries. Without any answers seen, one batch. `undefined` where nobody knows what its engine is told.
 */
export function promisedCapacity(member: Member, requests: Requests | undefined, seen: readonly Seen[], { kvCacheThreshold }: SaturationPolicy): number | undefined {
  const { engineArguments } = member.seen;
  if (engineArguments === undefined) return undefined;
  const derived = requests && derivedTokens(engineArguments, requests);
  if (derived === undefined) return engineArguments.maxBatchedTokens;
  const total = member.supply.kvCapacityTokens ?? engineArguments.kvCapacityTokens;
  const alike = seen.filter((other) => areAlike(other.member.seen, member.seen)).map(({ capacity }) => capacity);
  return Math.min(derived, total === undefined ? Infinity : total * kvCacheThreshold, ...alike);
}
