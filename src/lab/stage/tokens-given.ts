import type { Engine } from '../../simulator/index.ts';

/** Tokens that clients got from an engine. What a prefill server gives, the first token of each request, its decode server counts too. */
export function tokensGiven({ role, meters }: Engine): number {
  return role === 'prefill' ? 0 : meters.generationTokens;
}
