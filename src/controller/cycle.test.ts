import { expect, it } from 'vitest';
import { immediate, noonMs, sceneOf } from '../../test/support/decide/scene.ts';
import type { Actuator } from '../act/index.ts';
import { decide } from '../decide/index.ts';
import { emptyMemory, policySetOf, type Emission } from '../model/index.ts';
import type { Observer } from '../observe/index.ts';
import { createManualClock } from '../runtime/index.ts';
import { runCycle } from './cycle.ts';

const scene = sceneOf([{ name: 'v', replicas: [{ kv: 0.75, queue: 0 }] }], noonMs);

function rooms(stop?: AbortController) {
  const acted: Emission[] = [];
  const observer: Pick<Observer, 'observe'> = {
    async observe() {
      stop?.abort(new Error('the lease is lost'));
      return scene;
    },
  };
  const actuator: Actuator = { perform: async (emission) => void acted.push(emission) };
  return { acted, rooms: { observer: observer as Observer, actuator, clock: createManualClock(noonMs) } };
}

it('keeps a record from which the same decisions follow again', async () => {
  const { acted, rooms: three } = rooms();
  const { record, memory } = await runCycle(three, policySetOf(immediate), async () => emptyMemory, new AbortController().signal);
  const again = decide(record.observation, record.policy, record.memory, record.atMs);
  expect(JSON.parse(JSON.stringify(again))).toEqual(JSON.parse(JSON.stringify({ decisions: record.decisions, memory })));
  expect(acted).toEqual([record.emission]);
  expect(record.decisions[0]).toMatchObject({ current: 1, desired: 2 });
});

it('does not act on a look during which the leadership was lost', async () => {
  const stop = new AbortController();
  const { acted, rooms: three } = rooms(stop);
  await expect(runCycle(three, policySetOf(immediate), async () => emptyMemory, stop.signal)).rejects.toThrow('the lease is lost');
  expect(acted).toEqual([]);
});
