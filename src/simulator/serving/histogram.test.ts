import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHistogram } from './histogram.ts';

describe('a histogram', () => {
  it('counts a value at a bound into that bound, as Prometheus does', () => {
    const histogram = createHistogram([1, 2]);
    histogram.observe(1);
    histogram.observe(2.5, 3);
    expect(histogram.snapshot()).toEqual({ counts: [1, 0, 3], sum: 8.5, count: 4 });
  });

  it('adds a whole run of growing values as if they came one by one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 5 }),
        (first, step, steps, count) => {
          const bounds = [5.5, 20.5, 50.5, 200.5, 1000.5];
          const [whole, single] = [createHistogram(bounds), createHistogram(bounds)];
          whole.observeSeries(first, step, steps, count);
          for (let index = 0; index < steps; index++) single.observe(first + index * step, count);
          expect(whole.snapshot()).toEqual(single.snapshot());
        },
      ),
    );
  });
});
