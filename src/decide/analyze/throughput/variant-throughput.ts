import { sum } from '../../../base/index.ts';
import { freshValue, type ThroughputMemory } from '../../../model/index.ts';
import type { Member } from '../group.ts';
import { requestsOf, type Requests } from '../requests.ts';
import { toldKeyOf } from '../told-key.ts';
import { healthOf, type Healthy } from './health.ts';
import { fitLaw, fitSlope, itlAt, usualBase, type ItlLaw } from './itl-law.ts';
import { localTokensPerSecond, tokensPerSecond } from './velocity.ts';
import { hasChanged, isReady, samplesIn, tokensPerRequest, withSamples } from './window.ts';

export type LawOrigin = 'a line through what was seen' | 'a line from its known base' | 'a line from a usual base' | 'what it was before';

export interface VariantThroughput {
  /** Tokens a second that one of its replicas generates with `saturatedAt` of its cache in use. */
  readonly capacity: number | undefined;
  readonly origin: LawOrigin | undefined;
  /** Seconds between tokens there. */
  readonly itlSaturatedSeconds: number | undefined;
  readonly requests: Requests | undefined;
  /** Replicas whose cache size is known. */
  readonly replicas: number;
  /** What they seem to generate now, by their use alone. */
  readonly localTokensPerSecond: number;
  readonly memory: ThroughputMemory;
}

/** A capacity that was last measured so long ago was measured under other requests. */
const believedMs = 3_600_000;
/** The line is at odds with what is generated beyond this, where the cache is used enough to tell; three looks in a row, and what it was fitted to is forgotten. */
const tolerance = 0.15;
const tellingUse = 0.3;
const missesToForget = 3;

/** The line of one variant, with what this look adds to it, and what a replica generates by it. */
export function variantThroughput({ seen, supply, recalled }: Member, saturatedAt: number, nowMs: number): VariantThroughput {
  const toldKey = toldKeyOf(seen);
  const before = recalled.throughput?.toldKey === toldKey ? recalled.throughput : undefined;
  const healthy = supply.serving.map(({ readings }) => healthOf(readings, supply.kvCapacityTokens)).filter((health): health is Healthy => typeof health !== 'string');
  const now = requestsOf(healthy.map(({ readings }) => readings));
  const requests = now ?? before?.requests;
  const changed = now !== undefined && before?.began !== undefined && hasChanged(before.began, now);
  const pairs = healthy.map(({ kvUsedFraction, itlSeconds }) => [kvUsedFraction, itlSeconds] as const);
  const window = withSamples(changed ? [] : (before?.window ?? []), pairs, nowMs);
  const samples = samplesIn(window);
  const fitted = isReady(samples) ? fitLaw(samples, saturatedAt) : undefined;
  const pinned = before?.baseSeconds;
  const law = fitted ?? fitSlope(pairs, pinned ?? usualBase, saturatedAt);
  const each = requests === undefined ? undefined : tokensPerRequest(requests);
  const missed = fitted !== undefined && each !== undefined && isAtOdds(fitted, healthy, each);
  const misses = changed || !missed ? 0 : (before?.misses ?? 0) + 1;
  const forgets = misses >= missesToForget;
  const sizes = supply.serving.flatMap(({ readings: { kvCapacityTokens: told } }) => (told.kind === 'missing' ? (supply.kvCapacityTokens ?? []) : told.value > 0 ? told.value : []));
  const measured = law !== undefined && each !== undefined && each > 0 && sizes.length > 0 ? sum(sizes.map((size) => tokensPerSecond(law, saturatedAt, size, each))) / sizes.length : undefined;
  const kept = before?.capacity !== undefined && nowMs - before.capacity.atMs <= believedMs ? before.capacity : undefined;
  const capacity = measured === undefined || law === undefined ? kept : { tokensPerSecond: measured, itlSeconds: itlAt(law, saturatedAt), atMs: nowMs };
  const began = forgets || changed || before?.began === undefined || window.length === 0 ? now : before.began;
  return {
    capacity: capacity?.tokensPerSecond,
    origin: measured === undefined ? (kept && 'what it was before') : fitted !== undefined ? 'a line through what was seen' : pinned !== undefined ? 'a line from its known base' : 'a line from a usual base',
    itlSaturatedSeconds: capacity?.itlSeconds,
    requests,
    replicas: sizes.length,
    localTokensPerSecond: law === undefined || requests === undefined || each === undefined ? 0 : sum(healthy.map((one) => localTokensPerSecond(law, one.kvUsedFraction, one.kvCapacityTokens, each, requests.generationTokens))),
    memory: {
      toldKey,
      window: forgets ? [] : window,
      ...(began !== undefined && { began }),
      ...(requests !== undefined && { requests }),
      ...((fitted?.base ?? pinned) !== undefined && { baseSeconds: (fitted?.base ?? pinned) as number }),
      misses: forgets ? 0 : misses,
      ...(capacity !== undefined && { capacity }),
    },
  };
}

function isAtOdds(law: ItlLaw, healthy: readonly Healthy[], each: number): boolean {
  let [expected, generated] = [0, 0];
  for (const { kvUsedFraction, kvCapacityTokens, readings } of healthy) {
    const rate = freshValue(readings.generationTokensPerSecond);
    if (rate === undefined || rate <= 0 || kvUsedFraction < tellingUse) continue;
    expected += tokensPerSecond(law, kvUsedFraction, kvCapacityTokens, each);
    generated += rate;
  }
  return generated > 0 && Math.abs(expected - generated) > tolerance * generated;
}
