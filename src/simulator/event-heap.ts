/** Something that is to happen. Of two at the same time the one comes first that was written down first. */
export interface Entry {
  readonly atMs: number;
  readonly order: number;
  /** `undefined` once it has happened or was cancelled. */
  fire: (() => void) | undefined;
}

/**
 * Entries by time. Cancelled ones are thrown out together when they are more than half: time-outs, which hardly ever come true, would
 * otherwise make the heap as large as their time is long.
 */
export interface EventHeap {
  first(): Entry | undefined;
  push(entry: Entry): void;
  pop(): void;
  cancel(entry: Entry): void;
  size(): number;
}

const fewest = 64;

export function createEventHeap(): EventHeap {
  let heap: Entry[] = [];
  let cancelled = 0;

  function sink(entry: Entry, from: number): void {
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Entry, heap[child] as Entry)) child += 1;
      const below = heap[child] as Entry;
      if (!before(below, entry)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = entry;
  }

  function throwOut(): void {
    heap = heap.filter(({ fire }) => fire !== undefined);
    cancelled = 0;
    for (let at = (heap.length >> 1) - 1; at >= 0; at--) sink(heap[at] as Entry, at);
  }

  return {
    first: () => heap[0],
    push(entry) {
      let at = heap.push(entry) - 1;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        const above = heap[parent] as Entry;
        if (!before(entry, above)) break;
        heap[at] = above;
        at = parent;
      }
      heap[at] = entry;
    },
    pop() {
      if (heap[0]?.fire === undefined) cancelled -= 1;
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) sink(last, 0);
    },
    cancel(entry) {
      if (entry.fire === undefined) return;
      entry.fire = undefined;
      cancelled += 1;
      if (cancelled > fewest && cancelled * 2 > heap.length) throwOut();
    },
    size: () => heap.length,
  };
}

function before(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
