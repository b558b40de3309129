import { freshValue, type ReplicaReadings } from '../../model/index.ts';

/** What the requests of a load are like, on average. */
export interface Requests {
  readonly promptTokens: number;
  readonly generationTokens: number;
  /** Of the prompt tokens, those found in the prefix cache, 0..1. Where it is not known none are: a request then takes more. */
  readonly hitFraction: number;
}

/**
 * The requests that ended in the last minute, each replica weighing as many as ended there. Where no rate is known all weigh the same; replicas that ended none do
 * not count while others did. `undefined`: none has ended, or nobody tells.
 */
export function requestsOf(readings: Iterable<ReplicaReadings>): Requests | undefined {
  const told: { readonly rate: number; readonly prompt: number; readonly generation: number; readonly hit: number }[] = [];
  for (const { meanPromptTokens, meanGenerationTokens, prefixHitFraction, completionsPerSecond } of readings) {
    const prompt = freshValue(meanPromptTokens);
    const generation = freshValue(meanGenerationTokens);
    if (prompt === undefined || generation === undefined || !(prompt > 0) || !(generation > 0)) continue;
    told.push({ prompt, generation, hit: Math.min(1, Math.max(0, freshValue(prefixHitFraction) ?? 0)), rate: freshValue(completionsPerSecond) ?? 0 });
  }
  if (told.length === 0) return undefined;
  const someRate = told.some(({ rate }) => rate > 0);
  let [weights, promptTokens, generationTokens, hits] = [0, 0, 0, 0];
  for (const { rate, prompt, generation, hit } of told) {
    const weight = someRate ? rate : 1;
    weights += weight;
    promptTokens += weight * prompt;
    generationTokens += weight * generation;
    hits += weight * hit;
  }
  return { promptTokens: promptTokens / weights, generationTokens: generationTokens / weights, hitFraction: hits / weights };
}
