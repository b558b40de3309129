import { aged, type CycleRecord, type Observation, type Reading, type ReplicaReadings } from '../model/index.ts';

/** What was seen, as a policy sees it that takes other readings for stale than the policy of the time: their own times are still known. */
export function observationUnder({ observation, policy }: Pick<CycleRecord, 'observation' | 'policy'>, staleAfterMs: number): Observation {
  if (policy.global.staleAfterMs === staleAfterMs) return observation;
  const anew = (readings: ReplicaReadings): ReplicaReadings =>
    Object.fromEntries(Object.entries(readings).map(([name, reading]: [string, Reading<number | boolean>]) => [name, aged(reading, observation.atMs, staleAfterMs)])) as unknown as ReplicaReadings;
  return {
    ...observation,
    variants: observation.variants.map((variant) => ({ ...variant, replicas: variant.replicas.map((replica) => ({ ...replica, readings: anew(replica.readings) })) })),
  };
}
