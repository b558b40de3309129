import type { ServingProfile } from './profile.ts';

/** What one iteration of an engine has to do. */
export interface IterationLoad {
  /** Sequences that decode one token each. */
  readonly decoding: number;
  /** Sequences whose prompt, or a chunk of it, is computed. */
  readonly prefilling: number;
  /** Tokens of prompts that are computed; those found in the prefix cache are not. */
  readonly prefillTokens: number;
  /** Tokens in the KV cache of the decoding sequences before it starts. */
  readonly decodeResidentTokens: number;
  /** Tokens in the KV cache of the prefilling sequences before it starts: earlier chunks, and hits of the prefix cache. */
  readonly prefillResidentTokens: number;
  /** Pairs of (new token, token that it attends to) of the prefilling sequences: tokens × (resident + (tokens + 1) / 2), summed. */
  readonly prefillPairs: number;
}

/**
 * Time of an iteration, and how much longer each following one takes when nothing changes but that every decoding sequence
 * grows by a token. A run of such iterations is one event of the simulation, so the law has to be linear in the resident tokens.
 */
export interface IterationTime {
  readonly firstMs: number;
  readonly stepMs: number;
}

/** The law of one iteration: base + per prefill token + per sequence + per resident KV token. */
export function iterationTime(profile: ServingProfile, load: IterationLoad): IterationTime {
  return {
    firstMs:
      profile.baseMs +
      load.prefillTokens * profile.perPrefillTokenMs +
      (load.decoding + load.prefilling) * profile.perSequenceMs +
      (load.decodeResidentTokens + load.prefillResidentTokens) * profile.perResidentTokenMs,
    stepMs: load.decoding * profile.perResidentTokenMs,
  };
}
