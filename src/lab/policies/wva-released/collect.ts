import type { PolicyStage, StageVariant } from '../../stage/policy-stage.ts';
import type { Telemetry } from '../../stage/telemetry.ts';
import { findProfile } from '../../../simulator/index.ts';
import type { ReplicaRecord, VariantState } from './observed.ts';

const peakMs = 60_000;
const meanMs = 300_000;

/** What the collector's queries give of a variant: a record for each pod that said anything within a minute, the ones that are gone included. */
export function recordsOf(telemetry: Telemetry, model: number, variant: string): readonly ReplicaRecord[] {
  const of = { model, variant };
  const kv = telemetry.maximumOverTime('kvUsedFraction', of, peakMs);
  const queue = telemetry.maximumOverTime('waiting', of, peakMs);
  const capacity = new Map(telemetry.samples(of).map(({ pod, kvCapacityTokens }) => [pod, kvCapacityTokens]));
  return [...new Set([...kv.keys(), ...queue.keys()])].map((pod) => ({
    variant,
    kvUsage: kv.get(pod) ?? 0,
    queueLength: Math.trunc(queue.get(pod) ?? 0),
    totalKvTokens: capacity.get(pod) ?? 0,
    averageIn: telemetry.mean('promptTokens', { ...of, pod }, meanMs) ?? 0,
    averageOut: telemetry.mean('generationTokens', { ...of, pod }, meanMs) ?? 0,
  }));
}

export function stateOf(stage: PolicyStage, { key, variant, costPerHour, accelerator, acceleratorsPerReplica }: StageVariant): VariantState {
  const { ready, starting } = stage.replicas(key);
  const serving = findProfile(variant.profile)?.serving;
  return {
    name: key,
    cost: costPerHour,
    role: variant.role,
    accelerator,
    acceleratorsPerReplica,
    current: ready + starting,
    pending: starting,
    minReplicas: variant.minReplicas,
    maxReplicas: variant.maxReplicas,
    maxBatchedTokens: serving?.tokenBudget ?? 0,
    maxSequences: serving?.maxSequences ?? 0,
  };
}
