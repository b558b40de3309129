/** Public formats of recorded requests; docs/reference/scenarios.md describes each. */
export const traceFormats = ['azure-2023', 'azure-2024', 'burstgpt', 'mooncake'] as const;
export type TraceFormat = (typeof traceFormats)[number];

/** A line that could not be used as it is. */
export interface TraceProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** What was found, what was expected and what was done, as a sentence with file and line. */
  readonly message: string;
}

/** Requests of a trace in the order of their times, in columns: 16 bytes a request, 24 with prefixes. */
export interface TraceRecords {
  readonly file: string;
  readonly format: TraceFormat;
  readonly count: number;
  /** Milliseconds after the first request. */
  readonly atMs: Float64Array;
  readonly promptTokens: Uint32Array;
  readonly generationTokens: Uint32Array;
  /** Shared beginning of the prompt: id, and its tokens (0: none). Only of formats that tell. */
  readonly prefixId?: Uint32Array;
  readonly prefixTokens?: Uint32Array;
  /** Different prefix ids. */
  readonly prefixes: number;
  /** The first hundred lines that could not be used as they are. */
  readonly problems: readonly TraceProblem[];
  /** How many there were in all. */
  readonly problemCount: number;
  /** Requests that the recorded service itself failed (no token of an answer): left out. */
  readonly failed: number;
  /** False when reading stopped before the end of the file: too many bad lines, or `untilSeconds` was reached. */
  readonly complete: boolean;
}
