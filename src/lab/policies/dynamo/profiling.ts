import { iterationTime } from '../../../simulator/index.ts';
import type { ServingProfile } from '../../../simulator/index.ts';
import type { ForwardPass } from './forward-pass.ts';
import type { EngineLimits } from './performance-models.ts';

/** Shape that the profiler measures with unless it is told another (`isl`, `osl`). */
const promptTokens = 3000;
const outputTokens = 150;
/** On each axis, so that two axes fill the 64 samples that are kept. */
const points = 8;

/**
 * What the profiler would have measured on the idle engine before the deployment: iterations over a grid of prompt tokens and KV tokens. The
 * engine is the laboratory's, so these are its own times, without noise: better than any profiler gets.
 */
export function profiledPasses(profile: ServingProfile, role: 'both' | 'prefill' | 'decode'): readonly ForwardPass[] {
  const limits = limitsOf(profile);
  const context = promptTokens + outputTokens / 2;
  const grid = (most: number): readonly number[] => Array.from({ length: points }, (_, index) => Math.round((most * index) / (points - 1)));
  const kv = grid(Math.min(limits.maxKvTokens, limits.maxSequences * context));
  const prefill = grid(limits.maxBatchedTokens);
  return (role === 'decode' ? [0] : prefill).flatMap((prefillTokens) => (role === 'prefill' ? [0] : kv).map((decodeKvTokens) => pass(profile, prefillTokens, decodeKvTokens, context))).filter(({ seconds }) => seconds !== undefined);
}

function pass(profile: ServingProfile, prefillTokens: number, decodeKvTokens: number, context: number): ForwardPass {
  const decoding = Math.round(decodeKvTokens / context);
  const prefilling = Math.ceil(prefillTokens / promptTokens);
  const each = prefilling === 0 ? 0 : prefillTokens / prefilling;
  const { firstMs } = iterationTime(profile, {
    decoding,
    prefilling,
    prefillTokens,
    decodeResidentTokens: decodeKvTokens,
    prefillResidentTokens: 0,
    prefillPairs: (prefillTokens * (each + 1)) / 2,
  });
  return { prefillTokens, promptTokens: each, decoding, decodeKvTokens, queuedPrefillTokens: 0, queuedDecodeKvTokens: 0, seconds: decoding + prefilling === 0 ? undefined : firstMs / 1000 };
}

export function limitsOf({ tokenBudget, kvBlocks, blockTokens, maxSequences }: ServingProfile): EngineLimits {
  return { maxBatchedTokens: tokenBudget, maxKvTokens: kvBlocks * blockTokens, maxSequences };
}
