import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventQueue } from './agenda.ts';
import { createEventHeap } from './event-heap.ts';

describe('what is to happen', () => {
  it('happens by time, then in the order of writing, whatever was cancelled', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ atMs: fc.integer({ min: 0, max: 50 }), cancelled: fc.boolean() }), { maxLength: 400 }), (plans) => {
        const queue = createEventQueue(0);
        const happened: number[] = [];
        const cancels = plans.map(({ atMs }, index) => queue.at(atMs, () => happened.push(index)));
        for (const [index, { cancelled }] of plans.entries()) if (cancelled) cancels[index]?.();
        queue.runUntil(100);
        const expected = [...plans.keys()].filter((index) => plans[index]?.cancelled === false);
        expected.sort((a, b) => (plans[a]?.atMs ?? 0) - (plans[b]?.atMs ?? 0) || a - b);
        expect(happened).toEqual(expected);
        expect(queue.nextAtMs()).toBeUndefined();
      }),
    );
  });

  it('forgets time-outs that are cancelled long before they come true', () => {
    const heap = createEventHeap();
    for (let order = 0; order < 10_000; order++) {
      const entry = { atMs: 900_000 + order, order, fire: () => {} };
      heap.push(entry);
      heap.cancel(entry);
      heap.cancel(entry);
    }
    expect(heap.size()).toBeLessThan(130);
  });
});
