import type { Clock } from '../runtime/index.ts';

/** Decides when the next cycle starts: every interval, or earlier when something has changed. */
export interface Pace {
  /** Something changed that deserves an early look. Many calls make one cycle. */
  wake(): void;
  /** Resolves when the next cycle is due, or rejects with the signal's reason. */
  nextCycle(signal: AbortSignal): Promise<void>;
}

/**
 * A cycle every `intervalMs`, counted from start to start, so that a slow cycle does not shift the
 * next; after `wake`, one as soon as `coalesceMs` have passed since the last start, so that a burst of
 * changes (a rolling update touches dozens of pods) costs one cycle and not dozens.
 */
export function createPace(clock: Clock, intervalMs: number, coalesceMs = 1000): Pace {
  let startedAtMs = -Infinity;
  let awake = false;
  let rouse: (() => void) | undefined;

  return {
    wake() {
      awake = true;
      rouse?.();
    },
    async nextCycle(signal) {
      for (;;) {
        signal.throwIfAborted();
        const waitMs = startedAtMs + (awake ? Math.min(coalesceMs, intervalMs) : intervalMs) - clock.now();
        if (waitMs <= 0) break;
        await new Promise<void>((resolve, reject) => {
          const finish = (settle: () => void) => (): void => {
            cancel();
            signal.removeEventListener('abort', onAbort);
            rouse = undefined;
            settle();
          };
          const cancel = clock.schedule(waitMs, finish(resolve));
          const onAbort = finish(() => reject(signal.reason as Error));
          signal.addEventListener('abort', onAbort, { once: true });
          // while already awake there is nothing left to be woken from
          if (!awake) rouse = finish(resolve);
        });
      }
      awake = false;
      startedAtMs = clock.now();
    },
  };
}
