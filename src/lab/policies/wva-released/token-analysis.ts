import { mean, rounded, sum } from '../../../base/index.ts';
import type { Candidate } from './cost-aware.ts';
import type { ReplicaRecord, Role, VariantState } from './observed.ts';
import { queueDemand, requiredAndSpare } from './required-capacity.ts';
import { derivedTokens, lengthBucket, medianOf, replicaTokens } from './token-capacity.ts';
import type { CapacityHistory, TokenThresholds } from './token-capacity.ts';

export interface TokenSettings extends TokenThresholds {
  readonly scaleUpThreshold: number;
  readonly scaleDownBoundary: number;
}

/** What V2 remembers between cycles. */
export interface TokenMemory {
  readonly history: CapacityHistory;
  /** What the replica that was looked at last carries, by variant. It never goes stale. */
  readonly store: Map<string, StoredCapacity>;
}

/** A capacity that was found, and what must be the same for another variant to be taken for as able. */
export interface StoredCapacity {
  readonly tokens: number;
  readonly model: string;
  readonly accelerator: string;
  readonly acceleratorsPerReplica: number;
  readonly maxBatchedTokens: number;
}

export interface TokenAnalysis {
  readonly candidates: readonly Candidate[];
  readonly required: ReadonlyMap<Role, number>;
  readonly spare: ReadonlyMap<Role, number>;
  readonly why: string;
}

interface Row {
  readonly candidate: Candidate;
  readonly demand: number;
  readonly supply: number;
  readonly anticipated: number;
  readonly sentence: string;
}

/**
 * V2 of one model: supply, anticipated supply and demand in KV tokens, by role.
 *
 * @returns `undefined` when no replica says anything: everything keeps what it has.
 */
export function analyzeTokens(
  model: string,
  variants: readonly VariantState[],
  records: readonly ReplicaRecord[],
  queued: { readonly size: number; readonly bytes: number },
  memory: TokenMemory,
  at: TokenSettings,
): TokenAnalysis | undefined {
  if (records.length === 0) return undefined;
  const known = records.filter(({ averageIn, averageOut }) => averageIn > 0 || averageOut > 0);
  const averageIn = mean(known.map((record) => record.averageIn)) ?? 0;
  const averageOut = mean(known.map((record) => record.averageOut)) ?? 0;
  const rows = variants.map((variant) => rowOf(model, variant, records.filter((record) => record.variant === variant.name), { averageIn, averageOut }, memory, at));
  const waiting = queueDemand(queued.size, queued.bytes, averageIn, averageOut, 0);

  const required = new Map<Role, number>();
  const spare = new Map<Role, number>();
  const sentences: string[] = rows.map(({ sentence }) => sentence);
  for (const role of [...new Set(variants.map((variant) => variant.role))].toSorted()) {
    const mine = rows.filter(({ candidate }) => candidate.role === role);
    const demand = sum(mine.map((row) => row.demand)) + waiting.input + (role === 'prefill' ? 0 : waiting.output);
    const supply = sum(mine.map((row) => row.supply));
    const outcome = requiredAndSpare({ demand, supply, anticipated: sum(mine.map((row) => row.anticipated)) }, at.scaleUpThreshold, at.scaleDownBoundary);
    required.set(role, outcome.required);
    spare.set(role, outcome.spare);
    sentences.push(`${role}: ${tokens(demand)} of ${tokens(supply)} asked for, ${tokens(outcome.required)} more needed, ${tokens(outcome.spare)} to spare`);
  }
  return { candidates: rows.map(({ candidate }) => candidate), required, spare, why: sentences.join('; ') };
}

function rowOf(model: string, variant: VariantState, records: readonly ReplicaRecord[], averages: { readonly averageIn: number; readonly averageOut: number }, memory: TokenMemory, at: TokenSettings): Row {
  const { name, role, accelerator, acceleratorsPerReplica, maxBatchedTokens, current, pending, minReplicas, maxReplicas } = variant;
  const stored = memory.store.get(name)?.tokens;
  const replicas = records.flatMap((record) => {
    const key = `${model}|${accelerator}|${acceleratorsPerReplica}|${lengthBucket(record.averageOut)}`;
    const found = replicaTokens(record, variant, key, memory.history, at, stored);
    if (found === undefined) return [];
    if (record.totalKvTokens > 0) memory.store.set(name, { tokens: found.effective, model, accelerator, acceleratorsPerReplica, maxBatchedTokens });
    return [found];
  });
  const median = medianOf(replicas);
  const perReplica = median?.effective ?? stored ?? fromArguments(model, variant, averages, memory);
  // reporting replicas count, so that one that is ready and not scraped yet is in neither number: as released
  const count = median === undefined ? current - pending : replicas.length;
  const demand = sum(replicas.map((replica) => replica.demand));
  const supply = count * perReplica;
  return {
    // a variant that says nothing costs nothing, as its cost is read off its replicas
    candidate: { name, role, cost: median === undefined ? 0 : variant.cost, perReplica, current, minReplicas, maxReplicas },
    demand,
    supply,
    anticipated: (count + pending) * perReplica,
    sentence: `${name} ${tokens(demand)} of ${count} × ${tokens(perReplica)} (${median?.reason ?? 'P0-store'})`,
  };
}

/** What the arguments of the engine say of the model's mean request, and no more than a variant of the same arguments was seen to carry. */
function fromArguments(model: string, variant: VariantState, { averageIn, averageOut }: { readonly averageIn: number; readonly averageOut: number }, memory: TokenMemory): number {
  const { accelerator, acceleratorsPerReplica, maxBatchedTokens, maxSequences } = variant;
  const derived = derivedTokens(maxBatchedTokens, maxSequences, averageIn, averageOut);
  if (derived <= 0) return maxBatchedTokens;
  const alike = [...memory.store.values()].find(
    (other) => other.model === model && other.accelerator === accelerator && other.acceleratorsPerReplica === acceleratorsPerReplica && other.maxBatchedTokens === maxBatchedTokens && other.tokens > 0,
  );
  return Math.min(derived, alike?.tokens ?? derived);
}

function tokens(count: number): string {
  return `${rounded(count / 1000, 1)}k`;
}
