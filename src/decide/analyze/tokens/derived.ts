import type { EngineArguments } from '../../../model/index.ts';
import type { Requests } from '../requests.ts';

/**
 * Tokens in the cache of a replica that computes as much as its arguments allow: with a batch of B tokens an iteration, at most S sequences, and requests of I
 * prompt and O generated tokens, N = min(B·O/(I + O), S) requests run, each with I + O/2 tokens on average. Nothing is known without answers.
 */
export function derivedTokens({ maxBatchedTokens, maxSequences }: Pick<EngineArguments, 'maxBatchedTokens' | 'maxSequences'>, { promptTokens, generationTokens }: Pick<Requests, 'promptTokens' | 'generationTokens'>): number | undefined {
  if (!(maxBatchedTokens > 0) || !(generationTokens > 0)) return undefined;
  const requests = Math.min((maxBatchedTokens * generationTokens) / (promptTokens + generationTokens), maxSequences);
  return requests * (promptTokens + generationTokens / 2);
}
