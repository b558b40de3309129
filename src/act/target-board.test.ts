import { expect, it } from 'vitest';
import type { ReplicaSeries } from '../model/index.ts';
import { createTargetBoard } from './target-board.ts';

function series(acceleratorType: string, desired: number): ReplicaSeries {
  return {
    targetName: 'decode',
    targetKind: 'Deployment',
    namespace: 'llm',
    acceleratorType,
    variantName: `decode-${acceleratorType.toLowerCase()}`,
    modelName: 'm',
    costPerHour: 10,
    role: 'both',
    current: 1,
    desired,
    decidedAtMs: 5,
    held: false,
  };
}

it('shows nothing before something is known', () => {
  expect(createTargetBoard().snapshot()).toBeUndefined();
});

it('replaces the whole set at once, so that an old accelerator never stands beside the new one', () => {
  const board = createTargetBoard();
  board.showDecisions({ series: [series('A100', 2)], scalings: [] }, 10);
  board.showDecisions({ series: [series('H100', 2)], scalings: [] }, 20);
  expect(board.snapshot()).toEqual({ atMs: 20, source: 'decision', series: [series('H100', 2)] });
});

it('counts scalings, and forgets those of series that are gone', () => {
  const board = createTargetBoard();
  const up = { series: series('A100', 3), direction: 'up', reason: 'Demand' } as const;
  board.showDecisions({ series: [up.series], scalings: [up] }, 10);
  board.showDecisions({ series: [up.series], scalings: [up] }, 20);
  expect(board.scalings().map((s) => [s.direction, s.reason, s.count])).toEqual([['up', 'Demand', 2]]);
  board.showDecisions({ series: [], scalings: [] }, 30);
  expect(board.scalings()).toEqual([]);
});

it('shows nothing after it was cleared', () => {
  const board = createTargetBoard();
  board.showStatus([series('A100', 2)], 10);
  expect(board.snapshot()?.source).toBe('status');
  board.clear();
  expect(board.snapshot()).toBeUndefined();
});
