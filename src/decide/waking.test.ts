import { describe, expect, it } from 'vitest';
import { createFleet, server } from '../../test/support/decide/fleet.ts';
import { noonMs, sceneOf, type VariantSketch } from '../../test/support/decide/scene.ts';
import { defaultPolicy, emptyMemory, fresh, missing, policySetOf, type Memory, type Observation, type Policy, type RouterReadings } from '../model/index.ts';
import { decide } from './index.ts';

const policy: Policy = { ...defaultPolicy, slo: { ttftSeconds: 2, itlSeconds: 0.1, attainment: 0.99 }, scaleToZero: true, retentionMs: 60_000 };
const unknown = missing<never>('NoPriorSample');
const quiet: RouterReadings = { arrivalsPerSecond: unknown, recentArrivalsPerSecond: unknown, waiting: unknown, running: unknown };

function seen(variants: VariantSketch[], router: Partial<RouterReadings>, atMs: number): Observation {
  const scene = sceneOf(variants, atMs);
  const { namespace, modelID } = (scene.variants[0] as Observation['variants'][number]).variant;
  return { ...scene, models: [{ namespace, modelID, router: { ...quiet, ...router }, latency: { ttft: unknown, itl: unknown } }] };
}

function counts(observation: Observation, memory: Memory = emptyMemory): (number | undefined)[] {
  return decide(observation, policySetOf(policy), memory, observation.atMs).decisions.map(({ desired }) => desired);
}

const resting = (name: string, cost: number, more: Partial<VariantSketch> = {}): VariantSketch => ({ name, cost, min: 0, current: 0, replicas: [], ...more });

describe('a model at zero', () => {
  it.each([
    ['a request waits, and no rate is known yet', { waiting: fresh(1, noonMs) }],
    ['a request was counted, and none is held back', { arrivalsPerSecond: fresh(0.1, noonMs) }],
    ['a request was counted in the last seconds', { recentArrivalsPerSecond: fresh(0.1, noonMs), waiting: fresh(0, noonMs) }],
  ])('gets one replica of its cheapest variant when %s', (_, router) => {
    expect(counts(seen([resting('a', 9), resting('b', 3), resting('c', 5)], router, noonMs))).toEqual([0, 1, 0]);
  });

  it.each([
    ['nobody says anything', {}],
    ['nobody waits or comes', { waiting: fresh(0, noonMs), arrivalsPerSecond: fresh(0, noonMs) }],
  ])('stays there while %s', (_, router) => {
    expect(counts(seen([resting('a', 9), resting('b', 3)], router, noonMs))).toEqual([0, 0]);
  });

  it('gets what may be asked for where the cheapest may not', () => {
    expect(counts(seen([resting('a', 9), resting('b', 3, { max: 0 }), resting('c', 5)], { waiting: fresh(1, noonMs) }, noonMs))).toEqual([0, 0, 1]);
  });

  it('gets one replica of the cheapest that carries them, where it is known what replicas carry', () => {
    const fleet = createFleet([{ name: 'v', server, replicas: 2 }], policy);
    for (let cycle = 0; cycle < 40; cycle++) fleet.step(4);
    const atMs = noonMs + 3_600_000;
    expect(counts(seen([resting('v', 9)], { waiting: fresh(3, atMs) }, atMs), fleet.memory())).toEqual([1]);
  });
});

it('a replica that was woken is not given up before it has served, although whoever asked first has gone', () => {
  let memory = decide(seen([resting('v', 3)], { arrivalsPerSecond: fresh(0.1, noonMs) }, noonMs), policySetOf(policy), emptyMemory, noonMs).memory;
  const desired: (number | undefined)[] = [];
  for (let cycle = 1; cycle <= 20; cycle++) {
    const atMs = noonMs + cycle * 15_000;
    const replica = cycle <= 8 ? { state: 'starting' as const, podAgeMs: cycle * 15_000 } : { kv: 0, queue: 0, running: 0, readings: { arrivalsPerSecond: 0 }, podAgeMs: cycle * 15_000, startedInMs: 130_000 };
    const outcome = decide(seen([{ name: 'v', cost: 3, min: 0, current: 1, replicas: [replica] }], { arrivalsPerSecond: fresh(0, atMs), waiting: fresh(0, atMs) }, atMs), policySetOf(policy), memory, atMs);
    memory = outcome.memory;
    desired.push(outcome.decisions[0]?.desired);
  }
  // a minute's retention from the first look at which it was ready
  expect(desired.indexOf(0)).toBe(8 + 4);
});
