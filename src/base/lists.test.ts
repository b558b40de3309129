import { array, assert, integer, property } from 'fast-check';
import { expect, it } from 'vitest';
import { inOrder } from './lists.ts';

const byTens = (a: number, b: number): number => Math.floor(a / 10) - Math.floor(b / 10);

it('orders as sorting does, equal ones as they came, and returns a list that is in order as it is', () => {
  assert(
    property(array(integer({ min: 0, max: 60 })), (values) => {
      const sorted = values.toSorted(byTens);
      expect(inOrder(values, byTens)).toEqual(sorted);
      expect(inOrder(sorted, byTens)).toBe(sorted);
    }),
  );
});
