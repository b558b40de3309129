import { quantile } from '../../base/index.ts';
import type { ReplicaObservation, StartupMemory } from '../../model/index.ts';

/** Start-up times that are kept of a variant, the newest. */
const most = 20;
/** Before any pod was seen starting: images that are on the node and weights that are near take one to two minutes, others longer. */
const guessMs = 120_000;

/** The variant's start-up times, with those of pods that have become ready since. A pod that was ready when it was first seen tells its time too. */
export function learnStartup(before: StartupMemory | undefined, replicas: readonly ReplicaObservation[]): StartupMemory | undefined {
  const ready = replicas.filter(isReady);
  if (ready.length === 0) return before;
  const counted = before?.uids ?? [];
  if (ready.length === counted.length && ready.every(({ uid }, index) => uid === counted[index])) return before;
  // a pod that became ready in no time was there before its object was (a restored cluster), and one that flaps was ready before
  const times = ready
    .filter(({ uid }) => !counted.includes(uid))
    .map(({ readySinceMs, scheduledAtMs, createdAtMs }) => (readySinceMs as number) - (scheduledAtMs ?? createdAtMs))
    .filter((ms) => ms >= 1000 && ms <= 3_600_000);
  return { uids: ready.map(({ uid }) => uid), timesMs: [...(before?.timesMs ?? []), ...times].slice(-most) };
}

function isReady({ ready, terminating, readySinceMs }: ReplicaObservation): boolean {
  return ready && !terminating && readySinceMs !== undefined;
}

export interface Startup {
  readonly medianMs: number;
  /** Nine of ten pods have been ready by then. */
  readonly lateMs: number;
  readonly seen: number;
}

const known = new WeakMap<StartupMemory, Startup>();

/** How long the oldest of the pods that have a node and are not ready yet has been starting, in milliseconds; 0 where none is. */
export function startingForMs(replicas: readonly ReplicaObservation[], nowMs: number): number {
  let longest = 0;
  for (const { ready, terminating, scheduled, scheduledAtMs, createdAtMs } of replicas) {
    if (!ready && !terminating && scheduled) longest = Math.max(longest, nowMs - (scheduledAtMs ?? createdAtMs));
  }
  return longest;
}

/**
 * @param expectedMs What is said to be usual, for as long as none has been seen.
 * @param startingMs How long one has been starting that is not ready yet: then it takes at least as long.
 */
export function startupOf(memory: StartupMemory | undefined, expectedMs: number = guessMs, startingMs = 0): Startup {
  if (memory === undefined || memory.timesMs.length === 0) {
    const medianMs = Math.max(expectedMs, startingMs);
    return { medianMs, lateMs: medianMs * 1.25, seen: 0 };
  }
  let startup = known.get(memory);
  if (startup === undefined) {
    const { timesMs } = memory;
    startup = { medianMs: quantile(timesMs, 0.5) as number, lateMs: quantile(timesMs, 0.9) as number, seen: timesMs.length };
    known.set(memory, startup);
  }
  return startup;
}
