import type { Sequence } from './sequence.ts';

/** Decoding sequences by the iteration that samples their last token, then by arrival. */
export interface EndHeap {
  first(): Sequence | undefined;
  add(sequence: Sequence): void;
  remove(sequence: Sequence): void;
}

export function createEndHeap(): EndHeap {
  const heap: Sequence[] = [];

  function put(sequence: Sequence, at: number): void {
    heap[at] = sequence;
    sequence.heapAt = at;
  }

  function rise(sequence: Sequence, from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Sequence;
      if (!before(sequence, above)) break;
      put(above, at);
      at = parent;
    }
    put(sequence, at);
  }

  function sink(sequence: Sequence, from: number): void {
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Sequence, heap[child] as Sequence)) child += 1;
      const below = heap[child] as Sequence;
      if (!before(below, sequence)) break;
      put(below, at);
      at = child;
    }
    put(sequence, at);
  }

  return {
    first: () => heap[0],
    add(sequence) {
      heap.push(sequence);
      rise(sequence, heap.length - 1);
    },
    remove(sequence) {
      const at = sequence.heapAt;
      const last = heap.pop() as Sequence;
      sequence.heapAt = -1;
      if (last === sequence) return;
      if (at > 0 && before(last, heap[(at - 1) >> 1] as Sequence)) rise(last, at);
      else sink(last, at);
    },
  };
}

function before(a: Sequence, b: Sequence): boolean {
  return a.endsAt < b.endsAt || (a.endsAt === b.endsAt && a.order < b.order);
}
