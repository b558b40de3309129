import { describe, expect, it } from 'vitest';
import { createFleet, server } from '../../test/support/decide/fleet.ts';
import { noonMs, sceneOf, type VariantSketch } from '../../test/support/decide/scene.ts';
import { analyzers, defaultPolicy, emptyMemory, fresh, missing, noQuotas, policySetOf, type Decision, type Memory, type Observation, type Policy, type RouterReadings } from '../model/index.ts';
import { decide } from './index.ts';

const policy: Policy = { ...defaultPolicy, slo: { ttftSeconds: 2, itlSeconds: 0.1, attainment: 0.99 }, scaleToZero: true, retentionMs: 60_000 };
const unknown = missing<never>('NoPriorSample');
const quiet: RouterReadings = { arrivalsPerSecond: unknown, recentArrivalsPerSecond: unknown, waiting: unknown, running: unknown };

function seen(variants: VariantSketch[], router: Partial<RouterReadings>, atMs: number): Observation {
  const scene = sceneOf(variants, atMs);
  const { namespace, modelID } = (scene.variants[0] as Observation['variants'][number]).variant;
  return { ...scene, models: [{ namespace, modelID, router: { ...quiet, ...router }, latency: { ttft: unknown, itl: unknown } }] };
}

function decided(observation: Observation, by: Policy, memory: Memory = emptyMemory): readonly Decision[] {
  return decide(observation, policySetOf(by), memory, observation.atMs).decisions;
}

const resting = (name: string, cost: number, more: Partial<VariantSketch> = {}): VariantSketch => ({ name, cost, min: 0, current: 0, replicas: [], ...more });

describe.each(analyzers)('a model at zero that is decided about by %s', (analyzer) => {
  const its: Policy = { ...policy, analyzer };
  const counts = (observation: Observation, memory?: Memory): (number | undefined)[] => decided(observation, its, memory).map(({ desired }) => desired);

  it.each([
    ['a request waits, and no rate is known yet', { waiting: fresh(1, noonMs) }],
    ['many wait', { waiting: fresh(500, noonMs), arrivalsPerSecond: fresh(40, noonMs) }],
    ['a request was counted, and none is held back', { arrivalsPerSecond: fresh(0.1, noonMs) }],
    ['a request was counted in the last seconds', { recentArrivalsPerSecond: fresh(0.1, noonMs), waiting: fresh(0, noonMs) }],
  ])('gets one replica of its cheapest variant when %s', (_, router) => {
    const found = decided(seen([resting('a', 9), resting('b', 3), resting('c', 5)], router, noonMs), its);
    expect(found.map(({ desired }) => desired)).toEqual([0, 1, 0]);
    expect(found[1]).toMatchObject({ reason: 'Woken', held: false, trail: [{ from: 0, to: 1, reason: 'Woken', sentence: 'Requests wait, and no replica serves them: the cheapest variant begins.' }] });
  });

  it.each([
    ['nobody says anything', {}],
    ['nobody waits or comes', { waiting: fresh(0, noonMs), arrivalsPerSecond: fresh(0, noonMs) }],
  ])('stays there while %s', (_, router) => {
    const found = decided(seen([resting('a', 9), resting('b', 3)], router, noonMs), its);
    expect(found.map(({ desired }) => desired)).toEqual([0, 0]);
  });

  it.each([
    ['the cheapest may have none', { b: { max: 0 } }, [0, 0, 1]],
    ['the cheapest is paused', { b: { mode: 'paused' } }, [0, 0, 1]],
    ['the cheapest is only tried out', { b: { mode: 'recommend' } }, [0, 1, 1]],
    ['the cheapest may not be removed', { b: { mode: 'pausedDown' } }, [0, 1, 0]],
    ['none may have one', { a: { max: 0 }, b: { max: 0 }, c: { mode: 'paused' } }, [0, 0, 0]],
  ] satisfies [string, Record<string, Partial<VariantSketch>>, number[]][])('is begun with what may be asked for where %s', (_, changed: Record<string, Partial<VariantSketch>>, expected) => {
    const sketches = [resting('a', 9), resting('b', 3), resting('c', 5)].map((sketch) => ({ ...sketch, ...changed[sketch.name] }));
    expect(counts(seen(sketches, { waiting: fresh(1, noonMs) }, noonMs))).toEqual(expected);
  });

  it('takes the cheapest that there is room for', () => {
    const quotas = { ...noQuotas, cluster: { A100: 0 } };
    const scene = seen([resting('a', 9, { accelerator: 'H100', accelerators: 1 }), resting('b', 3, { accelerators: 1 })], { waiting: fresh(1, noonMs) }, noonMs);
    expect(decide(scene, { ...policySetOf(its), quotas }, emptyMemory, noonMs).decisions.map(({ desired }) => desired)).toEqual([1, 0]);
  });

  it('gets one replica of the cheapest, where it is known what replicas carry', () => {
    const fleet = createFleet([{ name: 'v', server, replicas: 2 }], its);
    for (let cycle = 0; cycle < 40; cycle++) fleet.step(4);
    const atMs = noonMs + 3_600_000;
    expect(counts(seen([resting('v', 9)], { waiting: fresh(3, atMs) }, atMs), fleet.memory())).toEqual([1]);
  });

  it('gets one of each role that its requests pass', () => {
    const roles = [resting('a', 9, { role: 'prefill' }), resting('b', 3, { role: 'prefill' }), resting('c', 5, { role: 'decode' })];
    expect(counts(seen(roles, { waiting: fresh(1, noonMs) }, noonMs))).toEqual([0, 1, 1]);
  });

  it('keeps what it was given while that starts, whoever asked has gone or not', () => {
    for (const waiting of [0, 5]) {
      let { memory } = decide(seen([resting('a', 9), resting('b', 3)], { waiting: fresh(5, noonMs) }, noonMs), policySetOf(its), emptyMemory, noonMs);
      for (let cycle = 1; cycle <= 8; cycle++) {
        const atMs = noonMs + cycle * 15_000;
        const outcome = decide(seen([resting('a', 9), resting('b', 3, { current: 1, replicas: [{ state: 'starting', podAgeMs: cycle * 15_000 }] })], { waiting: fresh(waiting, atMs) }, atMs), policySetOf(its), memory, atMs);
        memory = outcome.memory;
        expect(outcome.decisions.map(({ desired }) => desired)).toEqual([0, 1]);
      }
    }
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
