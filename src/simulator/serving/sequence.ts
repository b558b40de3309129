import type { InferenceRequest } from './request.ts';
import type { RequestPath } from './request-path.ts';

/** A request inside an engine. */
export interface Sequence {
  readonly request: InferenceRequest;
  readonly path: RequestPath;
  /** KV blocks that it holds. */
  blocks: number;
  /** Tokens whose keys and values are in the cache. */
  computed: number;
  /** Tokens sent to the client. */
  generated: number;
  /** Tokens to compute before the next token can be sampled: the prompt, and after a preemption what was generated too. */
  prefillTarget: number;
  preemptions: number;
  readonly enteredAtMs: number;
  admittedAtMs?: number;
  firstTokenAtMs?: number;
  lastTokenAtMs?: number;
}

export function createSequence(request: InferenceRequest, atMs: number, path: RequestPath = {}): Sequence {
  return {
    request,
    path,
    blocks: 0,
    computed: 0,
    generated: 0,
    prefillTarget: request.promptTokens,
    preemptions: 0,
    enteredAtMs: atMs,
  };
}

export function inPrefill(sequence: Sequence): boolean {
  return sequence.computed < sequence.prefillTarget;
}

export function tokensLeft(sequence: Sequence): number {
  return sequence.request.generationTokens - sequence.generated;
}
