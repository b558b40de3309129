import type { Clock } from '../runtime/index.ts';
import { createEventHeap } from './event-heap.ts';
import type { Entry } from './event-heap.ts';

/** Where the simulated fleet writes down what is to happen, and reads the time. */
export interface Agenda {
  /** Time of the event that is running, else the last time that was caught up with; milliseconds since the epoch. */
  now(): number;
  /** Runs `fire` at `atMs` (or as soon as possible after it); the returned function cancels it. */
  at(atMs: number, fire: () => void): () => void;
}

/** An agenda that is played by whoever owns it, as fast as it goes: simulated days without any clock. */
export interface EventQueue extends Agenda {
  /** Runs everything that is due by `limitMs`, each event at its own exact time, and moves time there. */
  runUntil(limitMs: number): void;
  /** Time of the next event; `undefined` when nothing is to come. */
  nextAtMs(): number | undefined;
}

/**
 * An agenda that follows a clock. Many events fall into one tick of it: a tick runs all that are due, each at its own exact
 * time, so that an hour of traffic costs as many timers as it has ticks and not as it has tokens.
 */
export interface ClockedAgenda extends Agenda {
  /** Runs everything that is due by the clock: called by whoever looks into the fleet from outside. */
  catchUp(): void;
  start(): void;
  stop(): void;
}

export function createEventQueue(startMs: number): EventQueue {
  const heap = createEventHeap();
  let nowMs = startMs;
  let order = 0;
  let running = false;

  return {
    now: () => nowMs,
    at(atMs, fire) {
      const entry: Entry = { atMs: Math.max(atMs, nowMs), order: order++, fire };
      heap.push(entry);
      return () => heap.cancel(entry);
    },
    runUntil(limitMs) {
      if (running) return;
      running = true;
      try {
        for (let next = heap.first(); next !== undefined && next.atMs <= limitMs; next = heap.first()) {
          const { fire } = next;
          heap.pop();
          if (fire === undefined) continue;
          next.fire = undefined;
          nowMs = next.atMs;
          fire();
        }
        nowMs = Math.max(nowMs, limitMs);
      } finally {
        running = false;
      }
    },
    nextAtMs() {
      for (let next = heap.first(); next !== undefined && next.fire === undefined; next = heap.first()) heap.pop();
      return heap.first()?.atMs;
    },
  };
}

export function createAgenda(clock: Clock, tickMs = 20): ClockedAgenda {
  const queue = createEventQueue(clock.now());
  let cancelTick: (() => void) | undefined;
  const catchUp = (): void => queue.runUntil(clock.now());

  function tick(): void {
    catchUp();
    cancelTick = clock.schedule(tickMs, tick);
  }

  return {
    now: () => queue.now(),
    at: (atMs, fire) => queue.at(atMs, fire),
    catchUp,
    start() {
      catchUp();
      cancelTick ??= clock.schedule(tickMs, tick);
    },
    stop() {
      cancelTick?.();
      cancelTick = undefined;
    },
  };
}
