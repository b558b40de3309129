/**
 * A recording of one server: its own metrics pages at some interval and, where there is one, what the client saw of the same time.
 * All times are seconds since the start of the recording.
 */
export interface Tape {
  readonly name: string;
  readonly pages: readonly TapePage[];
  /** In order of arrival; absent when nobody kept a client's log. */
  readonly requests?: readonly TapeRequest[];
  /** What could not be used and why: file, line, what was expected, what was done. The rest was. */
  readonly problems: readonly string[];
}

export interface TapePage {
  readonly atSeconds: number;
  /** Requests that the client had in flight, where the page's first line says so. */
  readonly clientInFlight?: number;
  readonly text: string;
}

export interface TapeRequest {
  readonly atSeconds: number;
  readonly promptTokens: number;
  readonly generationTokens: number;
  /** From sending; absent for a request that got none. */
  readonly ttftSeconds?: number;
  readonly e2eSeconds?: number;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
}
