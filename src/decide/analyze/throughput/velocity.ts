import { itlAt, type ItlLaw } from './itl-law.ts';

/** Tokens a second that a replica generates with so much of its cache in use: the requests in it, each giving one token every time between tokens. */
export function tokensPerSecond(law: ItlLaw, kvUsedFraction: number, kvCapacityTokens: number, tokensPerRequest: number): number {
  return (kvUsedFraction * kvCapacityTokens) / tokensPerRequest / itlAt(law, kvUsedFraction);
}

/** Waiting requests are to be gone in about the time in which a running one gives half of a token for each of them. */
const drainFactor = 2;

/** Tokens a second for requests that wait, at the time between tokens of full replicas. */
export function queuedTokensPerSecond(waiting: number, itlSaturatedSeconds: number): number {
  return waiting > 0 && itlSaturatedSeconds > 0 ? waiting / (drainFactor * itlSaturatedSeconds) : 0;
}

/** Answers that short say nothing about how many run: their time is that of their prompts. */
const leastAnswer = 20;

/** What a replica seems to generate now, by its use alone. */
export function localTokensPerSecond(law: ItlLaw, kvUsedFraction: number, kvCapacityTokens: number, tokensPerRequest: number, generationTokens: number): number {
  if (!(kvUsedFraction > 0 && kvUsedFraction <= 1) || !(kvCapacityTokens > 0) || !(generationTokens > leastAnswer) || !(itlAt(law, kvUsedFraction) > 0)) return 0;
  return tokensPerSecond(law, kvUsedFraction, kvCapacityTokens, tokensPerRequest);
}
