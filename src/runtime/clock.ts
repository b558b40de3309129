/** Time, handed in. Nothing in the product asks the platform for it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `fire` once, `delayMs` from now; the returned function cancels it. */
  schedule(delayMs: number, fire: () => void): () => void;
  /** Resolves after `delayMs`, or rejects with the signal's reason. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

function sleepOn(clock: Pick<Clock, 'schedule'>, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = clock.schedule(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, fire) {
    const timer = setTimeout(fire, delayMs);
    return () => clearTimeout(timer);
  },
  sleep: (delayMs, signal) => sleepOn(systemClock, delayMs, signal),
};

/** A clock that moves only when told to: simulated days in seconds, the same every time. */
export interface ManualClock extends Clock {
  /** Moves time forward by `ms`, firing what is due in order and letting promises settle in between. */
  advance(ms: number): Promise<void>;
}

export function createManualClock(startMs = 0): ManualClock {
  let nowMs = startMs;
  let sequence = 0;
  const timers = new Map<number, { atMs: number; fire: () => void }>();

  function nextDue(limitMs: number): number | undefined {
    let best: number | undefined;
    for (const [id, timer] of timers) {
      if (timer.atMs > limitMs) continue;
      // ids grow with time of scheduling, so equal times fire in the order they were asked for
      if (best === undefined || timer.atMs < (timers.get(best)?.atMs ?? Infinity)) best = id;
    }
    return best;
  }

  const clock: ManualClock = {
    now: () => nowMs,
    schedule(delayMs, fire) {
      const id = sequence++;
      timers.set(id, { atMs: nowMs + Math.max(0, delayMs), fire });
      return () => timers.delete(id);
    },
    sleep: (delayMs, signal) => sleepOn(clock, delayMs, signal),
    async advance(ms) {
      const endMs = nowMs + ms;
      await settle();
      for (let due = nextDue(endMs); due !== undefined; due = nextDue(endMs)) {
        const timer = timers.get(due);
        timers.delete(due);
        if (!timer) continue;
        nowMs = Math.max(nowMs, timer.atMs);
        timer.fire();
        await settle();
      }
      nowMs = endMs;
    },
  };
  return clock;
}

/** Lets everything that waits on settled promises run; setImmediate comes after all microtasks and I/O callbacks. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
