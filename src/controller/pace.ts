import type { Clock } from '../runtime/index.ts';

/** How a cycle looks: at everything anew, or in haste with the metrics that the look before brought. */
export type Look = 'whole' | 'hasty';

/** Decides when the next cycle starts: every interval, or earlier when something has changed. */
export interface Pace {
  /** Something changed that deserves an early look. Many calls make one cycle. */
  wake(): void;
  /** Somebody waits for a decision that needs no look at all metrics: a hasty cycle at once. */
  hurry(): void;
  /** Resolves when the next cycle is due, or rejects with the signal's reason. */
  nextCycle(signal: AbortSignal): Promise<Look>;
  /** Resolves when there is haste, for who is busy with a whole look; rejects with the signal's reason. */
  haste(signal: AbortSignal): Promise<void>;
}

/**
 * A cycle every `intervalMs`, counted from start to start, so that a slow cycle does not shift the
 * next; after `wake`, one as soon as `coalesceMs` have passed since the last start, so that a burst of
 * changes (a rolling update touches dozens of pods) costs one cycle and not dozens. Hasty cycles come in between
 * and shift nothing, so that whole looks are never put off by them.
 */
export function createPace(clock: Clock, intervalMs: number, coalesceMs = 1000): Pace {
  let startedAtMs = -Infinity;
  let awake = false;
  let hurried = false;
  let rouse: (() => void) | undefined;

  /** Resolves after so long, or when something has come up; rejects with the signal's reason. */
  function restless(waitMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => (): void => {
        cancel();
        signal.removeEventListener('abort', onAbort);
        rouse = undefined;
        settle();
      };
      const cancel = waitMs === Infinity ? () => {} : clock.schedule(waitMs, finish(resolve));
      const onAbort = finish(() => reject(signal.reason as Error));
      signal.addEventListener('abort', onAbort, { once: true });
      rouse = finish(resolve);
    });
  }

  return {
    wake() {
      awake = true;
      rouse?.();
    },
    hurry() {
      hurried = true;
      rouse?.();
    },
    async haste(signal) {
      signal.throwIfAborted();
      // any call rouses, and only one of them is haste
      for (; ; await restless(Infinity, signal)) {
        if (!hurried) continue;
        hurried = false;
        return;
      }
    },
    async nextCycle(signal) {
      for (;;) {
        signal.throwIfAborted();
        // first of all, since a whole look takes as long as the slowest of those that are asked
        if (hurried) {
          hurried = false;
          return 'hasty';
        }
        const waitMs = startedAtMs + (awake ? Math.min(coalesceMs, intervalMs) : intervalMs) - clock.now();
        if (waitMs <= 0) break;
        await restless(waitMs, signal);
      }
      awake = false;
      startedAtMs = clock.now();
      return 'whole';
    },
  };
}
