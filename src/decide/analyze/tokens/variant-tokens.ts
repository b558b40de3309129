import { quantile } from '../../../base/index.ts';
import type { SaturationPolicy, TokensMemory } from '../../../model/index.ts';
import type { Member } from '../group.ts';
import type { Requests } from '../requests.ts';
import { toldKeyOf } from '../told-key.ts';
import { isYoung } from '../telling.ts';
import { lengthBucketOf, meanObserved, withObservation } from './history.ts';
import { replicaTokens, type CapacityOrigin, type ReplicaTokens } from './replica-tokens.ts';

export interface VariantTokens {
  /** Tokens that one of its replicas carries, as they show it now. */
  readonly capacity: number | undefined;
  readonly origin: CapacityOrigin | undefined;
  /** Tokens asked of those of its replicas that report, and of how many. */
  readonly demand: number;
  readonly reporting: number;
  readonly saturated: number;
  /** Serving replicas that have had time to report, and do not; or do not say how long what waits is. */
  readonly silent: number;
  readonly memory: TokensMemory;
}

/** What the replicas of one variant carry and are asked for, and what is to be remembered of it. */
export function variantTokens(member: Member, typical: Requests | undefined, thresholds: SaturationPolicy, held: number, nowMs: number): VariantTokens {
  const { seen, supply, variant, recalled } = member;
  const toldKey = toldKeyOf(seen);
  const before = recalled.tokens?.toldKey === toldKey ? recalled.tokens : undefined;
  const requests = typical ?? before?.requests;
  const bucket = lengthBucketOf(requests?.generationTokens ?? 0);
  const context = {
    role: variant.role,
    kvCapacityTokens: supply.kvCapacityTokens ?? seen.engineArguments?.kvCapacityTokens,
    engineArguments: seen.engineArguments,
    requests,
    observedTokens: requests === undefined ? undefined : meanObserved(before?.observed[bucket], nowMs),
    queuedMs: before?.queuedSinceMs === undefined ? 0 : nowMs - before.queuedSinceMs,
    held,
  };
  const told: ReplicaTokens[] = [];
  let [silent, queued] = [0, false];
  for (const replica of supply.serving) {
    const found = replicaTokens(replica.readings, context, thresholds);
    const queue = replica.readings.waiting;
    if (queue.kind === 'fresh' && queue.value > 0 && queue.value >= thresholds.queueLengthThreshold) queued = true;
    if (found !== undefined) told.push(found);
    if ((found === undefined && !isYoung(replica, nowMs)) || (found !== undefined && (found.unsized || queue.kind !== 'fresh'))) silent++;
  }
  const sights = told.flatMap(({ sight }) => sight ?? []);
  const capacity = quantile(told.map((one) => one.capacity), 0.5);
  return {
    capacity,
    origin: told.toSorted((a, b) => a.capacity - b.capacity)[Math.floor((told.length - 1) / 2)]?.origin,
    demand: told.reduce((total, { demand }) => total + demand, 0),
    reporting: told.length,
    saturated: told.filter((one) => one.demand >= one.capacity).length,
    silent,
    memory: {
      toldKey,
      ...(capacity === undefined ? before?.capacity && { capacity: before.capacity } : { capacity: { tokens: capacity, atMs: nowMs } }),
      observed: sights.length === 0 || requests === undefined ? (before?.observed ?? {}) : { ...before?.observed, [bucket]: withObservation(before?.observed[bucket], quantile(sights, 0.5) as number, nowMs) },
      ...(queued && { queuedSinceMs: before?.queuedSinceMs ?? nowMs }),
      ...(typical === undefined ? before?.requests && { requests: before.requests } : { requests: { ...typical, atMs: nowMs } }),
    },
  };
}
