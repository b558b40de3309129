import { freshValue, type ReplicaReadings } from '../../../model/index.ts';

/** What a replica shows that may be learned from. */
export interface Healthy {
  readonly kvUsedFraction: number;
  readonly itlSeconds: number;
  readonly kvCapacityTokens: number;
  readonly readings: ReplicaReadings;
}

/** Why one is not learned from; as capacity it counts all the same. */
export type Ailment = 'cache size unknown' | 'cache use unknown' | 'time between tokens unknown' | 'length of requests unknown' | 'metrics stale';

/** @param kvCapacityTokens Of its variant, where it does not say its own. */
export function healthOf(readings: ReplicaReadings, kvCapacityTokens: number | undefined): Healthy | Ailment {
  const total = readings.kvCapacityTokens.kind === 'missing' ? kvCapacityTokens : readings.kvCapacityTokens.value;
  if (total === undefined || !(total > 0)) return 'cache size unknown';
  const { kvUsedFraction, itlSeconds, meanPromptTokens, meanGenerationTokens } = readings;
  if ([kvUsedFraction, itlSeconds, meanPromptTokens, meanGenerationTokens].some(({ kind }) => kind === 'stale')) return 'metrics stale';
  const use = freshValue(kvUsedFraction);
  if (use === undefined || !(use >= 0 && use <= 1)) return 'cache use unknown';
  const itl = freshValue(itlSeconds);
  if (itl === undefined || !(itl > 0)) return 'time between tokens unknown';
  // a request of one token, asked or given, tells no length
  if (!((freshValue(meanPromptTokens) ?? 0) > 1) || !((freshValue(meanGenerationTokens) ?? 0) > 1)) return 'length of requests unknown';
  return { kvUsedFraction: use, itlSeconds: itl, kvCapacityTokens: total, readings };
}
