import type { ReplicaRecord, Role, VariantState } from './observed.ts';

export interface TokenThresholds {
  readonly kvCacheThreshold: number;
  readonly queueLengthThreshold: number;
}

/** Observed compute bounds by model, accelerator, size and length of the answers: the last ten, without any decay. */
export interface CapacityHistory {
  add(key: string, tokens: number): void;
  average(key: string): number | undefined;
}

export function createCapacityHistory(length: number): CapacityHistory {
  const kept = new Map<string, readonly number[]>();
  return {
    add(key, tokens) {
      kept.set(key, [...(kept.get(key) ?? []), tokens].slice(-length));
    },
    average(key) {
      const values = kept.get(key);
      return values === undefined ? undefined : values.reduce((total, value) => total + value, 0) / values.length;
    },
  };
}

/** Which rule gave the capacity: observed at a queue, averaged from before, derived from the engine's arguments, or memory alone. */
export type CapacityReason = 'P1-obs' | 'P2-hist' | 'P3-k2' | 'P4-k1';

export interface ReplicaTokens {
  readonly effective: number;
  readonly demand: number;
  readonly reason: CapacityReason;
}

/**
 * V2: capacity of one replica in KV tokens, the smaller of what its memory holds (k1) and what it was seen to compute (k2), and what is
 * asked of it: the tokens in use and all tokens that those who wait will need.
 *
 * @param stored Capacity that was found for the variant before.
 * @returns `undefined` when the size of the cache is not known (a pod that is gone, or says nothing now) and nothing was found before.
 */
export function replicaTokens(record: ReplicaRecord, variant: Pick<VariantState, 'role' | 'maxBatchedTokens' | 'maxSequences'>, key: string, history: CapacityHistory, at: TokenThresholds, stored?: number): ReplicaTokens | undefined {
  if (record.totalKvTokens <= 0) return withoutCacheConfig(record, variant.role, stored, at);
  const inUse = Math.max(0, Math.round(record.kvUsage * record.totalKvTokens));
  const k1 = Math.trunc(record.totalKvTokens * at.kvCacheThreshold);
  const demand = inUse + waitingTokens(record, variant.role);
  if (record.queueLength >= Math.trunc(at.queueLengthThreshold) && inUse > 0) {
    history.add(key, inUse);
    return { effective: Math.min(k1, inUse), demand, reason: 'P1-obs' };
  }
  const average = history.average(key) ?? 0;
  if (average > 0) return { effective: Math.min(k1, Math.trunc(average)), demand, reason: 'P2-hist' };
  const derived = derivedTokens(variant.maxBatchedTokens, variant.maxSequences, record.averageIn, record.averageOut);
  if (derived > 0) return { effective: Math.min(k1, derived), demand, reason: 'P3-k2' };
  return { effective: k1, demand, reason: 'P4-k1' };
}

/** The stored capacity has the threshold in it already, and gets it once more: as released. */
function withoutCacheConfig(record: ReplicaRecord, role: Role, stored: number | undefined, at: TokenThresholds): ReplicaTokens | undefined {
  if (stored === undefined) return undefined;
  const effective = Math.trunc(stored * at.kvCacheThreshold);
  return { effective, demand: Math.trunc(record.kvUsage * effective) + waitingTokens(record, role), reason: 'P4-k1' };
}

function waitingTokens({ queueLength, averageIn, averageOut }: ReplicaRecord, role: Role): number {
  return Math.max(0, Math.trunc(queueLength * (averageIn + (role === 'prefill' ? 0 : averageOut))));
}

/** Requests that the batch can hold in a steady state, with half of their answers: N (I + O / 2), N = min(B O / (I + O), S). */
export function derivedTokens(maxBatchedTokens: number, maxSequences: number, averageIn: number, averageOut: number): number {
  if (maxBatchedTokens <= 0 || averageOut <= 0) return 0;
  const requests = Math.min((maxBatchedTokens * averageOut) / (averageIn + averageOut), maxSequences);
  return Math.trunc(requests * (averageIn + averageOut / 2));
}

/** Capacities of answers of different length are kept apart: below 100 tokens, below 500, and longer. */
export function lengthBucket(averageOut: number): 'short' | 'medium' | 'long' {
  return averageOut < 100 ? 'short' : averageOut < 500 ? 'medium' : 'long';
}

/** The lower of the middle two for the label, their whole mean for the number. */
export function medianOf(tokens: readonly ReplicaTokens[]): { readonly effective: number; readonly reason: CapacityReason } | undefined {
  const sorted = tokens.toSorted((a, b) => a.effective - b.effective);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.ceil((sorted.length - 1) / 2)];
  if (low === undefined || high === undefined) return undefined;
  return { effective: Math.trunc((low.effective + high.effective) / 2), reason: low.reason };
}
