import type { TokensMemory } from '../../../model/index.ts';

export type LengthBucket = keyof TokensMemory['observed'];

/** So many observations count. */
const kept = 10;
/** One that is older than this says nothing of today. */
const forgottenAfterMs = 24 * 3_600_000;
/** One counts half after so long: what a server was seen to bear an hour ago is news, and this morning's is a hint. */
const halfLifeMs = 3_600_000;
/** Looks that follow each other faster than this are one observation. */
const leastApartMs = 10_000;

/** Answers of different length keep a server busy in different ways: below 100 tokens, below 500, and longer. */
export function lengthBucketOf(generationTokens: number): LengthBucket {
  return generationTokens < 100 ? 'short' : generationTokens < 500 ? 'medium' : 'long';
}

/** The observations with one more: the newest ten of the last day. Pairs of a time and tokens, oldest first. */
export function withObservation(pairs: readonly number[] = [], tokens: number, nowMs: number): readonly number[] {
  const last = pairs.at(-2);
  if (last !== undefined && nowMs - last < leastApartMs) return pairs;
  return [...withoutOld(pairs, nowMs), nowMs, tokens].slice(-2 * kept);
}

export function withoutOld(pairs: readonly number[], nowMs: number): readonly number[] {
  let first = 0;
  while (first < pairs.length && nowMs - (pairs[first] as number) > forgottenAfterMs) first += 2;
  return first === 0 ? pairs : pairs.slice(first);
}

/** Their mean, newer ones weighing more; `undefined` where there is none. */
export function meanObserved(pairs: readonly number[] = [], nowMs: number): number | undefined {
  let [weights, total] = [0, 0];
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const ageMs = nowMs - (pairs[index] as number);
    if (ageMs > forgottenAfterMs) continue;
    const weight = 2 ** (-Math.max(0, ageMs) / halfLifeMs);
    weights += weight;
    total += weight * (pairs[index + 1] as number);
  }
  return weights === 0 ? undefined : total / weights;
}
