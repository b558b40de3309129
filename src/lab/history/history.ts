import type { Memory, Observation } from '../../model/index.ts';

/**
 * What was there in the past, cycle by cycle, for an engine to decide about once more. Where it comes from (a Prometheus, a record of the
 * controller) makes no difference to who reads it.
 */
export interface History {
  readonly stepMs: number;
  /** How many cycles there are at most, where that is known before they are read. */
  readonly cyclesAtMost?: number;
  /**
   * In order, and each readable until the next is asked for: memory stays flat in the length of the history. A history that
   * ends early (a Prometheus that cannot be asked any more) gives what it has and then says why in `gaps`.
   */
  chunks(signal: AbortSignal): AsyncIterable<HistoryChunk>;
  /** Parts that could not be read; complete once `chunks` is at its end. */
  gaps(): readonly HistoryGap[];
  /** Which series stood for what, and what is not known, in sentences for people; complete once `chunks` is at its end. */
  notes(): readonly string[];
}

export interface HistoryGap {
  readonly fromMs: number;
  readonly toMs: number;
  /** A sentence: what was expected, what came, what was done. */
  readonly why: string;
}

/** Cycles that lie together in memory. */
export interface HistoryChunk {
  readonly cycles: number;
  /** What the controller of the time remembered when the chunk began, where that is known. */
  readonly memory?: Memory;
  atMs(cycle: number): number;
  /** What the product would have seen, with readings older than this taken for stale. Cycles are asked for in any order. */
  observe(cycle: number, staleAfterMs: number): Observation;
  /** The same cycles in parts whose variants know nothing of each other, where they can be told apart: each variant and each resource that cannot be used is in one of them. */
  parts?(): readonly HistoryChunk[];
}
