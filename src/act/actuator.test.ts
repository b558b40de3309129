import { expect, it } from 'vitest';
import { sceneOf, immediate, noonMs, times, type VariantSketch } from '../../test/support/decide/scene.ts';
import { decide, planEmission } from '../decide/index.ts';
import type { EventRecorder, Scales } from '../kubernetes/index.ts';
import { emptyMemory, policySetOf } from '../model/index.ts';
import { createManualClock, silentLog } from '../runtime/index.ts';
import type { DecisionKeeper } from './decision-keeper.ts';
import { createActuator } from './actuator.ts';
import type { StatusWriter } from './status-writer.ts';
import { createTargetBoard } from './target-board.ts';

type Written = Parameters<StatusWriter['write']>[0];

async function perform(sketches: readonly VariantSketch[]): Promise<{ order: string[]; written: Written; board: ReturnType<typeof createTargetBoard> }> {
  const clock = createManualClock(noonMs);
  const board = createTargetBoard();
  const order: string[] = [];
  const said: Written[number][] = [];
  const note = (what: string): void => void order.push(`${what}, ${board.snapshot() ? 'series shown' : 'no series yet'}`);
  const scales: Pick<Scales, 'write'> = {
    async write({ name }, replicas) {
      note(`scale ${name} ${replicas}`);
      return {};
    },
  };
  const events: EventRecorder = { record: ({ reason, regarding }) => note(`event ${reason} ${regarding.name}`), flush: async () => {} };
  const statuses: StatusWriter = {
    async write(updates) {
      note('status');
      said.push(...updates);
    },
  };
  const keeper: DecisionKeeper = { keep: async () => {} };
  const actuator = createActuator({ board, scales: scales as Scales, statuses, keeper, deletionCosts: { write: async () => {} }, events, clock, log: silentLog, externalMetricsOwner: () => ({ kind: 'ours' }), servesSeries: true });
  const scene = sceneOf(sketches, noonMs);
  const { decisions } = decide(scene, policySetOf(immediate), emptyMemory, noonMs);
  await actuator.perform(planEmission(scene, decisions, emptyMemory, noonMs), scene);
  return { order, written: said, board };
}

it('shows series before it asks the API server for anything', async () => {
  const { order, written, board } = await perform([
    { name: 'v', target: 't', actuation: 'direct', replicas: times(2, { kv: 0.75, queue: 0 }), lastDesired: { replicas: 2, atMs: 0, accelerator: 'A100' }, accelerator: 'A100' },
  ]);
  expect(order).toEqual(['scale t 4, series shown', 'status, series shown', 'event ScaledUp v, series shown'].map((line) => line.replace('t 4', `t ${board.snapshot()?.series[0]?.desired}`)));
  expect(written[0]?.actuation.condition).toMatchObject({ status: 'True', reason: 'ScaleWritten' });
});

it('tells every status of the conflict that it is part of', async () => {
  const sketches: VariantSketch[] = [{ name: 'older', replicas: [{ kv: 0.5, queue: 0 }] }, { name: 'younger', replicas: [], suppressedBy: 'prod/older' }];
  const { written } = await perform(sketches);
  expect(written.map(({ actuation }) => actuation.condition.reason)).toEqual(['MetricServed', 'SuppressedDueToConflict']);
  const conflict = { winner: 'prod/older', losers: ['prod/younger'] };
  expect(written.map((parts) => parts.conflict)).toEqual([conflict, conflict]);
});
