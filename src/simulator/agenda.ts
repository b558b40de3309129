import type { Clock } from '../runtime/index.ts';

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

interface Entry {
  readonly atMs: number;
  readonly order: number;
  fire: (() => void) | undefined;
}

export function createEventQueue(startMs: number): EventQueue {
  const heap: Entry[] = [];
  let nowMs = startMs;
  let order = 0;
  let running = false;

  return {
    now: () => nowMs,
    at(atMs, fire) {
      const entry: Entry = { atMs: Math.max(atMs, nowMs), order: order++, fire };
      push(heap, entry);
      return () => {
        entry.fire = undefined;
      };
    },
    runUntil(limitMs) {
      if (running) return;
      running = true;
      try {
        for (let next = heap[0]; next !== undefined && next.atMs <= limitMs; next = heap[0]) {
          pop(heap);
          if (next.fire === undefined) continue;
          nowMs = Math.max(nowMs, next.atMs);
          next.fire();
        }
        nowMs = Math.max(nowMs, limitMs);
      } finally {
        running = false;
      }
    },
    nextAtMs() {
      while (heap[0] !== undefined && heap[0].fire === undefined) pop(heap);
      return heap[0]?.atMs;
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

function before(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

function push(heap: Entry[], entry: Entry): void {
  heap.push(entry);
  let child = heap.length - 1;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if (!before(heap[child] as Entry, heap[parent] as Entry)) break;
    swap(heap, child, parent);
    child = parent;
  }
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  heap[0] = last;
  let parent = 0;
  for (;;) {
    const left = 2 * parent + 1;
    let first = parent;
    if (left < heap.length && before(heap[left] as Entry, heap[first] as Entry)) first = left;
    if (left + 1 < heap.length && before(heap[left + 1] as Entry, heap[first] as Entry)) first = left + 1;
    if (first === parent) return;
    swap(heap, parent, first);
    parent = first;
  }
}

function swap(heap: Entry[], a: number, b: number): void {
  const entry = heap[a] as Entry;
  heap[a] = heap[b] as Entry;
  heap[b] = entry;
}
