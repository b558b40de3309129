import { freshValue, type Decision, type Reading, type ReplicaObservation, type ReplicaReadings } from '../model/index.ts';

/** What the replicas of a variant showed, for its status: sums of what adds up, means of what does not; only what is fresh. */
export function loadOf(replicas: readonly ReplicaObservation[]): Decision['load'] {
  const load: { -readonly [K in keyof Decision['load']]: Decision['load'][K] } = {};
  for (const name of told) {
    let total = 0;
    let count = 0;
    for (const { readings } of replicas) {
      const value = freshValue(readings[name]);
      if (value === undefined) continue;
      total += value;
      count++;
    }
    if (count > 0) load[name] = addsUp[name] ? total : total / count;
  }
  return load;
}

type Told = keyof Decision['load'] & { [K in keyof ReplicaReadings]: ReplicaReadings[K] extends Reading ? K : never }[keyof ReplicaReadings];

const addsUp: Readonly<Record<Told, boolean>> = {
  arrivalsPerSecond: true,
  meanPromptTokens: false,
  meanGenerationTokens: false,
  ttftSeconds: false,
  itlSeconds: false,
  kvUsedFraction: false,
  waiting: true,
};
const told = Object.keys(addsUp) as Told[];
