import type { Arrival } from './arrival.ts';

/** Where requests come from, in the order of their times. */
export interface Source {
  next(): Arrival | undefined;
  /** Requests per second that the source means to bring at a time. */
  offeredPerSecond(atMs: number): number;
  /** How many prefix ids it may use, from the first one that it was given. */
  readonly prefixes: number;
}
