import type { Status } from '../../wire/index.ts';

/** What befalls a request that matches: an answer in its place, a wait before it, or a connection cut. */
export interface Fault {
  readonly status?: Partial<Status> & { code: number };
  readonly delayMs?: number;
  /** Ends the connection without an answer; a watch already running is cut after `afterMs`. */
  readonly cut?: boolean;
  readonly afterMs?: number;
}

/** Asked for every request; `undefined` lets it pass. */
export type Faults = (request: { method: string; path: string; query: URLSearchParams; user: string | undefined }) => Fault | undefined;
