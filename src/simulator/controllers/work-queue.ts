import type { Clock } from '../../runtime/index.ts';

/** Keys that want looking at. A key asked for many times before its turn is looked at once. */
export interface WorkQueue {
  add(key: string, delayMs?: number): void;
  stop(): void;
}

/** `latencyMs` passes between a change and the controller's answer to it, as watches take time in a cluster too. */
export function createWorkQueue(clock: Clock, latencyMs: number, reconcile: (key: string) => void): WorkQueue {
  const due = new Map<string, { readonly atMs: number; readonly cancel: () => void }>();
  return {
    add(key, delayMs = latencyMs) {
      const atMs = clock.now() + delayMs;
      const earlier = due.get(key);
      if (earlier !== undefined && earlier.atMs <= atMs) return;
      earlier?.cancel();
      const cancel = clock.schedule(delayMs, () => {
        due.delete(key);
        reconcile(key);
      });
      due.set(key, { atMs, cancel });
    },
    stop() {
      for (const { cancel } of due.values()) cancel();
      due.clear();
    },
  };
}

/** A control loop that can be ended. */
export interface Controller {
  stop(): void;
}
