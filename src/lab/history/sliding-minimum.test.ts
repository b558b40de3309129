import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { SlidingMinimum } from './sliding-minimum.ts';

it('is the least of everything that held within the span, however long ago it was told', () => {
  const steps = fc.array(fc.record({ afterMs: fc.integer({ min: 1, max: 40 }), value: fc.integer({ min: 0, max: 5 }) }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 100 }), (list, spanMs) => {
      const minimum = new SlidingMinimum(spanMs);
      const told: { atMs: number; value: number }[] = [];
      let atMs = 0;
      for (const { afterMs, value } of list) {
        atMs += afterMs;
        told.push({ atMs, value });
        const heldUntil = (index: number): number => told[index + 1]?.atMs ?? Infinity;
        const within = told.filter((_, index) => heldUntil(index) > atMs - spanMs);
        expect(minimum.push(atMs, value)).toBe(Math.min(...within.map((one) => one.value)));
      }
    }),
  );
});
