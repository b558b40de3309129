import type { Spread } from '../../learn/spread.ts';
import { sequencesAt, type Limits } from './limits.ts';

/**
 * What a replica carries beside others. A router gives each replica as much by some measure (requests in flight, requests that come, cache in use), whatever it is able to: so that of which a replica is full first keeps the others from being full.
 */
export interface Share {
  /** The measure, when the replica is given all that it carries. */
  readonly fullAt: number;
  /** Requests per second that it is given when the measure is at so much, on all replicas. */
  readonly carriesAt: (level: number) => number;
}

/** One kind of replica beside others. */
export interface Sharer {
  /** Requests per second that one carries alone. */
  readonly carries: number;
  /** Absent where it does not matter what stands beside it. */
  readonly share?: Share;
}

/** What a share follows from. */
export interface Sharing {
  readonly spread: Spread;
  readonly limits: Limits;
  /** Requests per second that it carries alone. */
  readonly carries: number;
  readonly kvCapacityTokens: number | undefined;
}

/** A replica that is full runs something. */
const leastInFlight = 0.5;

export function shareOf({ spread, limits, carries, kvCapacityTokens }: Sharing): Share {
  if (spread === 'EqualRequests') return { fullAt: carries, carriesAt: (level) => level };
  // where nothing is known of its cache, it is like the others'
  const room = spread === 'EqualCache' ? (kvCapacityTokens ?? 1) : 1;
  const whenFull = Math.min(limits.perSecond, limits.promptsPerSecond);
  // a law that has hardly been told from its prior may have no time of its own for an iteration
  const inFlight = Math.max(leastInFlight, Math.min(limits.sequences, sequencesAt(limits, whenFull)));
  // what is kept free of it when it is full is kept free in parts when another one is
  return { fullAt: inFlight / room, carriesAt: (level) => (carries / whenFull) * rateAt(limits, level * room) };
}

/** Requests per second that leave a replica with so many in flight: Little's law. What does not fit waits. */
function rateAt({ generationTokens, itlBase, itlSlope, sequences }: Limits, inFlight: number): number {
  const running = Math.max(1e-6, Math.min(sequences, inFlight));
  return running / (generationTokens * (itlBase + itlSlope * running));
}

/** Requests per second that so many of each carry together. */
export function carriedTogether(options: readonly Sharer[], counts: readonly number[]): number {
  let level = Infinity;
  for (const [index, { carries, share }] of options.entries()) if (share !== undefined && carries > 0 && (counts[index] as number) > 0) level = Math.min(level, share.fullAt);
  return options.reduce((total, option, index) => total + (counts[index] as number) * carriesBeside(option, level), 0);
}

/** Requests per second of one beside others, when the measure is at so much on all. */
export function carriesBeside({ carries, share }: Sharer, level: number): number {
  return share === undefined || carries <= 0 || level >= share.fullAt ? carries : Math.min(carries, share.carriesAt(level));
}
