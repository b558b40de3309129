import { expect, it } from 'vitest';
import { createTargetBoard, type Actuator } from '../act/index.ts';
import { AssertionFailure } from '../base/index.ts';
import { defaultPolicySet, type Observation } from '../model/index.ts';
import type { ClusterCaches, Observer } from '../observe/index.ts';
import { createManualClock, createMeters, silentLog } from '../runtime/index.ts';
import { createController, type Controller } from './controller.ts';
import { createPace, type Pace } from './pace.ts';

const nothing: Omit<Observation, 'atMs'> = { variants: [], conflicts: [], invalid: [], problems: [] };

interface Stage {
  readonly controller: Controller;
  readonly clock: ReturnType<typeof createManualClock>;
  readonly looks: (readonly [atMs: number, look: string])[];
  readonly pace: Pace;
  readonly stop: AbortController;
  readonly board: ReturnType<typeof createTargetBoard>;
  /** `lookMs`: how long a whole look takes. */
  readonly state: { fail?: Error; isCurrent: boolean; lookMs: number };
}

function stage(): Stage {
  const clock = createManualClock();
  const looks: [number, string][] = [];
  const pace = createPace(clock, 5000);
  const state: Stage['state'] = { isCurrent: true, lookMs: 0 };
  const observer: Pick<Observer, 'snapshot' | 'observe'> = {
    snapshot: async () => ({ atMs: clock.now(), variants: [], conflicts: [], invalid: [] }),
    async observe(_policy, signal, look = 'whole') {
      looks.push([clock.now(), look]);
      if (look === 'whole' && state.lookMs > 0) await clock.sleep(state.lookMs, signal);
      if (state.fail) throw state.fail;
      return { ...nothing, atMs: clock.now() };
    },
  };
  const board = createTargetBoard();
  const actuator: Actuator = { perform: async (emission) => board.showDecisions(emission, clock.now()) };
  const caches: Pick<ClusterCaches, 'whenSynced' | 'current'> = { whenSynced: async () => {}, current: () => state.isCurrent };
  const controller = createController({
    observer,
    actuator,
    caches: caches as ClusterCaches,
    board,
    pace,
    clock,
    log: silentLog,
    meters: createMeters(),
    policy: { current: () => defaultPolicySet, whenRead: async () => {} },
  });
  return { controller, clock, looks, pace, stop: new AbortController(), board, state };
}

it('goes on after a cycle that the world has broken, and ends with its signal', async () => {
  const { controller, clock, looks, stop, state } = stage();
  const leading = controller.lead(stop.signal);
  await clock.advance(0);
  expect(controller.leading()).toBe(true);
  state.fail = new Error('the world');
  await clock.advance(5000);
  delete state.fail;
  await clock.advance(5000);
  expect(looks.map(([atMs]) => atMs)).toEqual([0, 5000, 10_000]);
  stop.abort(new Error('over'));
  await leading;
  expect(controller.leading()).toBe(false);
});

it('ends by a mistake of its own', async () => {
  const { controller, clock, stop, state } = stage();
  state.fail = new AssertionFailure('two and two are five');
  const leading = controller.lead(stop.signal).catch((error: unknown) => error);
  await clock.advance(0);
  expect(await leading).toBe(state.fail);
});

it('a follower shows status, falls silent a minute after it heard the last, and shows it again', async () => {
  const { controller, clock, stop, board, state } = stage();
  const following = controller.standBy(stop.signal);
  await clock.advance(1000);
  expect(board.snapshot()?.source).toBe('status');
  state.isCurrent = false;
  await clock.advance(60_000);
  expect(board.snapshot()?.source).toBe('status');
  await clock.advance(2000);
  expect(board.snapshot()).toBeUndefined();
  state.isCurrent = true;
  await clock.advance(1000);
  expect(board.snapshot()?.source).toBe('status');
  stop.abort(new Error('over'));
  await following;
});

it('decides in haste while a whole look takes its time, and shifts no whole one', async () => {
  const { controller, clock, looks, stop, state, pace } = stage();
  const leading = controller.lead(stop.signal);
  await clock.advance(1000);
  state.lookMs = 3000;
  pace.hurry();
  await clock.advance(4500);
  // the whole look of 5000 is under way until 8000
  pace.hurry();
  await clock.advance(100);
  expect(looks).toEqual([[0, 'whole'], [1000, 'hasty'], [5000, 'whole'], [5500, 'hasty']]);
  await clock.advance(4900);
  expect(looks.slice(4)).toEqual([[10_000, 'whole']]);
  stop.abort(new Error('over'));
  await clock.advance(3000);
  await leading;
});
