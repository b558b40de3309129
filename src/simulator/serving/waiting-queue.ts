import type { Sequence } from './sequence.ts';

/** Sequences that wait to be let in, in order. Taking from the front costs nothing, however many wait. */
export interface WaitingQueue {
  size(): number;
  /** Tokens that they have to compute before their next one, as if nothing were cached. */
  tokens(): number;
  first(): Sequence | undefined;
  push(sequence: Sequence): void;
  /** Before all others. */
  pushFront(sequence: Sequence): void;
  shift(): Sequence | undefined;
  /** @returns false when it does not wait. */
  remove(sequence: Sequence): boolean;
  all(): readonly Sequence[];
}

export function createWaitingQueue(): WaitingQueue {
  let items: (Sequence | undefined)[] = [];
  let head = 0;
  let tokens = 0;

  return {
    size: () => items.length - head,
    tokens: () => tokens,
    first: () => items[head],
    push(sequence) {
      items.push(sequence);
      tokens += sequence.prefillTarget;
    },
    pushFront(sequence) {
      tokens += sequence.prefillTarget;
      if (head > 0) items[--head] = sequence;
      else items.unshift(sequence);
    },
    shift() {
      const sequence = items[head];
      if (sequence === undefined) return undefined;
      items[head++] = undefined;
      tokens -= sequence.prefillTarget;
      if (head > 1000 && head * 2 > items.length) {
        items = items.slice(head);
        head = 0;
      }
      return sequence;
    },
    remove(sequence) {
      const at = items.indexOf(sequence, head);
      if (at === -1) return false;
      items.splice(at, 1);
      tokens -= sequence.prefillTarget;
      return true;
    },
    all: () => items.slice(head) as Sequence[],
  };
}
