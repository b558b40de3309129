import type { Sequence } from './sequence.ts';

/** Sequences that wait to be let in, in order. Taking from the front costs nothing, however many wait. */
export interface WaitingQueue {
  size(): number;
  /** Tokens that they have to compute before their next one, as if nothing were cached. */
  tokens(): number;
  first(): Sequence | undefined;
  push(sequence: Sequence): void;
  /** Before all others, but for those that hold blocks. */
  pushFront(sequence: Sequence): void;
  /** One that holds its blocks already: it goes before those that need some, or they could wait for each other for ever. */
  pushHolding(sequence: Sequence): void;
  shift(): Sequence | undefined;
  /** @returns false when it does not wait. */
  remove(sequence: Sequence): boolean;
}

export function createWaitingQueue(): WaitingQueue {
  let items: (Sequence | undefined)[] = [];
  const holding: Sequence[] = [];
  let head = 0;
  let tokens = 0;

  return {
    size: () => holding.length + items.length - head,
    tokens: () => tokens,
    first: () => holding[0] ?? items[head],
    push(sequence) {
      items.push(sequence);
      tokens += sequence.prefillTarget;
    },
    pushFront(sequence) {
      tokens += sequence.prefillTarget;
      if (head > 0) items[--head] = sequence;
      else items.unshift(sequence);
    },
    pushHolding(sequence) {
      holding.push(sequence);
      tokens += sequence.prefillTarget - sequence.computed;
    },
    shift() {
      const held = holding.shift();
      if (held !== undefined) {
        tokens -= held.prefillTarget - held.computed;
        return held;
      }
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
      const held = holding.indexOf(sequence);
      if (held !== -1) {
        holding.splice(held, 1);
        tokens -= sequence.prefillTarget - sequence.computed;
        return true;
      }
      const at = items.indexOf(sequence, head);
      if (at === -1) return false;
      items.splice(at, 1);
      tokens -= sequence.prefillTarget;
      return true;
    },
  };
}
