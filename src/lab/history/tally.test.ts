import { expect, it } from 'vitest';
import { Tally } from './tally.ts';

it('counts hours, money, changes, reversals, and those within ten minutes as flaps', () => {
  const tally = new Tally();
  const minutes = (count: number): number => count * 60_000;
  for (const [atMinute, replicas] of [[0, 2], [15, 2], [30, 4], [35, 3], [60, 2], [90, 5], [99, 5]] as const) {
    tally.become(replicas, minutes(atMinute));
    tally.pass(0.25, 10);
  }
  expect(tally.account()).toEqual({
    replicaHours: (2 + 2 + 4 + 3 + 2 + 5 + 5) / 4,
    money: ((2 + 2 + 4 + 3 + 2 + 5 + 5) / 4) * 10,
    changes: 4,
    // 4 -> 3 five minutes after 2 -> 4, and 2 -> 5 half an hour after 3 -> 2
    reversals: 2,
    flaps: 1,
  });
});

it('costs nothing before it is known', () => {
  const tally = new Tally();
  tally.pass(1, 10);
  expect(tally.account()).toEqual({ replicaHours: 0, money: 0, changes: 0, reversals: 0, flaps: 0 });
});
