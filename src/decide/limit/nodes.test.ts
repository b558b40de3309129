import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { countThatFits, placedOn } from './nodes.ts';

it.each<[string, number[], number[], number[] | undefined]>([
  ['the fullest node that has room', [8, 4, 2], [2], [8, 4]],
  ['one node for each pod of a group, the largest first', [8, 8, 1], [1, 8, 8], []],
  ['nowhere, where the room is on several nodes', [4, 4], [8], undefined],
  ['nowhere, where one pod of the group has none', [8, 4], [8, 8], undefined],
])('a replica is put on %s', (_, nodes, onPods, after) => {
  expect(placedOn(nodes, onPods)).toEqual(after);
});

it('takes what was asked for and no more, keeps the order, and fits as many of one size as there are places', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 8 }), fc.integer({ min: 1, max: 8 }), (free, amount) => {
      const nodes = free.toSorted((a, b) => b - a);
      const after = placedOn(nodes, [amount]);
      const total = (of: readonly number[]): number => of.reduce((all, one) => all + one, 0);
      if (after !== undefined) {
        expect(total(after)).toBe(total(nodes) - amount);
        expect(after).toEqual(after.toSorted((a, b) => b - a));
      }
      expect(countThatFits(nodes, [amount], 100)).toBe(total(nodes.map((one) => Math.floor(one / amount))));
    }),
  );
});
