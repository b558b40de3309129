import type { EngineRole, ServingProfile } from '../../simulator/index.ts';

/** What requests ask of engines, in the terms of the law of one iteration. Adds up. */
export interface EngineWork {
  /** Tokens of prompts that no cache can have. */
  readonly prefillTokens: number;
  /** Tokens of answers but the first ones, which come with the prompt. */
  readonly decodeTokens: number;
  /** Tokens that are in the KV cache while each of those is computed, summed over them. */
  readonly residentTokens: number;
}

/** Seconds of an engine for each. */
export type WorkPrices = EngineWork;

export function workOf({ promptTokens, generationTokens, prefix }: { readonly promptTokens: number; readonly generationTokens: number; readonly prefix?: { readonly tokens: number } }): EngineWork {
  const decodeTokens = Math.max(0, generationTokens - 1);
  return {
    prefillTokens: promptTokens - Math.min(promptTokens - 1, prefix?.tokens ?? 0),
    decodeTokens,
    residentTokens: decodeTokens * promptTokens + (decodeTokens * (decodeTokens + 1)) / 2,
  };
}

export function secondsOf(work: EngineWork, prices: WorkPrices): number {
  return work.prefillTokens * prices.prefillTokens + work.decodeTokens * prices.decodeTokens + work.residentTokens * prices.residentTokens;
}

/**
 * Prices at which no engine can do less time's work, whatever it batches, as long as answers keep to the TPOT. Iterations take `base` and something for each token, so the
 * only thing to save is iterations, and there are at least as many as each of these says; each row is one of them, and any is a bound:
 *
 * - an iteration computes no more tokens than the budget, and decodes no more sequences than the limit;
 * - sequences that decode together are in the KV cache together (not where prompts share blocks: `shared`);
 * - tokens wait for whole iterations: with B tokens in one of them, the mean over tokens of `base + cost of B` is at most the TPOT, so that (by Cauchy and Schwarz) the
 *   cost of all tokens over the number of iterations is at most `TPOT − base`.
 */
export function leastPrices(profile: ServingProfile, role: EngineRole, tpotSeconds: number, shared: boolean): readonly WorkPrices[] {
  const base = profile.baseMs / 1000;
  const own: WorkPrices = {
    prefillTokens: role === 'decode' ? 0 : profile.perPrefillTokenMs / 1000,
    decodeTokens: role === 'prefill' ? 0 : profile.perSequenceMs / 1000,
    residentTokens: role === 'prefill' ? 0 : profile.perResidentTokenMs / 1000,
  };
  const plus = (more: Partial<WorkPrices>): WorkPrices => ({
    prefillTokens: own.prefillTokens + (role === 'decode' ? 0 : (more.prefillTokens ?? 0)),
    decodeTokens: own.decodeTokens + (role === 'prefill' ? 0 : (more.decodeTokens ?? 0)),
    residentTokens: own.residentTokens + (role === 'prefill' ? 0 : (more.residentTokens ?? 0)),
  });
  const rows = [
    plus({ prefillTokens: base / profile.tokenBudget }),
    plus({ decodeTokens: base / Math.min(profile.maxSequences, profile.tokenBudget) }),
  ];
  if (!shared) rows.push(plus({ residentTokens: base / ((profile.kvBlocks - 1) * profile.blockTokens) }));
  if (tpotSeconds > base) {
    const each = base / (tpotSeconds - base);
    rows.push(plus({ decodeTokens: each * own.decodeTokens, residentTokens: each * own.residentTokens }));
  }
  return rows;
}
