import { mean, sum } from '../base/index.ts';
import { freshValue, type Decision, type Reading, type ReplicaObservation, type ReplicaReadings } from '../model/index.ts';

/** What the replicas of a variant showed, for its status: sums of what adds up, means of what does not; only what is fresh. */
export function loadOf(replicas: readonly ReplicaObservation[]): Decision['load'] {
  const values = (name: NumberReading): number[] => replicas.flatMap(({ readings }) => freshValue(readings[name]) ?? []);
  const total = (name: NumberReading): number | undefined => (values(name).length === 0 ? undefined : sum(values(name)));
  return present({
    arrivalsPerSecond: total('arrivalsPerSecond'),
    meanPromptTokens: mean(values('meanPromptTokens')),
    meanGenerationTokens: mean(values('meanGenerationTokens')),
    ttftSeconds: mean(values('ttftSeconds')),
    itlSeconds: mean(values('itlSeconds')),
    kvUsedFraction: mean(values('kvUsedFraction')),
    waiting: total('waiting'),
  });
}

type NumberReading = { [K in keyof ReplicaReadings]: ReplicaReadings[K] extends Reading ? K : never }[keyof ReplicaReadings];

function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
