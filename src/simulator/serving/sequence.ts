import type { CachedText, FreeSegment } from './cached-text.ts';
import type { Handover, RequestPath } from './request-path.ts';
import type { InferenceRequest } from './request.ts';

/** A request inside an engine. While it is in the decode group, `computed`, `generated` and `blocks` are those of the moment it joined. */
export interface Sequence {
  readonly request: InferenceRequest;
  readonly path: RequestPath;
  /** Set when only its prompt is computed here, for a decode server. */
  readonly handover: Handover | undefined;
  /** Order of arrival in the engine. */
  readonly order: number;
  enteredAtMs: number;
  /** KV blocks that it holds, those that it shares included. */
  blocks: number;
  /** The beginning of its prompt in the prefix cache, and how many of its blocks are there: always the first ones. */
  text: CachedText | undefined;
  shared: number;
  /** False once another sequence has put the next block of the same text into the cache before this one. */
  sharing: boolean;
  /** What is left in the cache of the blocks that were its own before a preemption, and how many shared ones came before them. */
  leftover: FreeSegment | undefined;
  leftoverAfter: number;
  /** Tokens whose keys and values are in the cache. */
  computed: number;
  /** Tokens sampled. */
  generated: number;
  /** Tokens to compute before the next token can be sampled: the prompt, and after a preemption what was generated too. */
  prefillTarget: number;
  /** Tokens of the prompt found in the cache when it was first let in. */
  cachedTokens: number;
  preemptions: number;
  /** In the decode group since its clock said `joinedAt`, until it says `endsAt`. */
  decoding: boolean;
  joinedAt: number;
  endsAt: number;
  /** Its place in the heap of ends. */
  heapAt: number;
  /** Its prompt is computed elsewhere, and has not been copied here yet. */
  remote: boolean;
  /** Out of the engine: whatever still points at it lets it be. */
  gone: boolean;
  admittedAtMs: number | undefined;
  firstTokenAtMs: number | undefined;
  lastTokenAtMs: number;
}

export function createSequence(request: InferenceRequest, order: number, atMs: number, path: RequestPath = {}, handover?: Handover): Sequence {
  return {
    request,
    path,
    handover,
    order,
    enteredAtMs: atMs,
    blocks: 0,
    text: undefined,
    shared: 0,
    sharing: true,
    leftover: undefined,
    leftoverAfter: 0,
    computed: 0,
    generated: 0,
    prefillTarget: request.promptTokens,
    cachedTokens: 0,
    preemptions: 0,
    decoding: false,
    joinedAt: 0,
    endsAt: 0,
    heapAt: -1,
    remote: false,
    gone: false,
    admittedAtMs: undefined,
    firstTokenAtMs: undefined,
    lastTokenAtMs: atMs,
  };
}

/** Tokens that it is to sample here: a prefill server makes the first one only. */
export function tokensToSample(sequence: Sequence): number {
  return sequence.handover === undefined ? sequence.request.generationTokens : 1;
}
