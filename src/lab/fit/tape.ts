import type { PageReading } from './page-reading.ts';

/**
 * A recording of one server: its own metrics pages at some interval and, where there is one, what the client saw of the same time.
 * All times are seconds since the start of the recording.
 */
export interface Tape {
  readonly name: string;
  /** In order of time, without the pages before a restart of the server. At least two. */
  readonly pages: readonly PageReading[];
  /** In order of arrival; absent when nobody kept a client's log. */
  readonly requests?: readonly TapeRequest[];
  /** What could not be used and why: file, line, what was expected, what was done. The rest was used. */
  readonly problems: readonly string[];
}

/** One line of the client's log. */
export interface TapeRequest {
  readonly atSeconds: number;
  readonly promptTokens: number;
  readonly generationTokens: number;
  /** From sending; absent for a request that got no answer. */
  readonly ttftSeconds?: number;
  readonly e2eSeconds?: number;
}

/** A recording of which nothing can be used. */
export class TapeError extends Error {
  override readonly name = 'TapeError';
}
