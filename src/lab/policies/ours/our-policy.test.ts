import { describe, expect, test } from 'vitest';
import { decide } from '../../../decide/index.ts';
import { mean } from '../../../base/index.ts';
import { defaultPolicy, freshValue, missing, policySetOf, shareWithin, type CycleRecord } from '../../../model/index.ts';
import type { RunResult } from '../../runs/result.ts';
import { scenarioSchema } from '../../scenario/index.ts';
import type { ExperimentScenario } from '../../scenario/index.ts';
import { runExperiment } from '../../stage/index.ts';
import { findPolicy } from '../index.ts';
import { ourPolicy } from './our-policy.ts';

const tokens = { prompt: { mean: 1000, standardDeviation: 100 }, output: { mean: 200, standardDeviation: 20 } };
const a100 = { name: 'a100', profile: 'llama-3.1-8b-a100', minReplicas: 1, maxReplicas: 6, initialReplicas: 1, startup: { meanSeconds: 60, standardDeviationSeconds: 5 } };

function scenario(faults: readonly object[] = []): ExperimentScenario {
  return scenarioSchema.parse({
    name: 'ours',
    title: 'A small load',
    description: 'For tests.',
    usedInDesign: true,
    durationSeconds: 900,
    faults,
    models: [{ id: 'llama', slo: { ttftSeconds: 2, tpotSeconds: 0.1 }, traffic: [{ kind: 'stages', stages: [1, 14, 14].map((ratePerSecond) => ({ seconds: 300, ratePerSecond })), ...tokens }], variants: [a100] }],
  });
}

const play = (name: string, of: ExperimentScenario, seed = 1): RunResult => runExperiment({ scenario: of, policy: findPolicy(name), seed, timeline: true, capacities: {} });

describe('being told how long pods take to start', () => {
  const stuck = scenario([{ kind: 'never-ready', variant: 'a100', atSeconds: 300, untilSeconds: 400, pods: 6 }]);

  test.each(['wva', 'wva-direct'])('%s makes nothing of it while every pod starts in time', (name) => {
    const [untold, told] = [play(name, scenario()), play(`${name}-startup-known`, scenario())];
    const seen = ({ scores, timeline, decisions }: RunResult) => ({ scores, timeline, decisions });
    expect(seen(told)).toEqual(seen(untold));
  });

  test.each(['wva', 'wva-direct'])('%s gives up a pod that has taken longer than any other, and not after ten minutes', (name) => {
    const attainment = (run: RunResult): number => run.scores.attainment;
    expect(attainment(play(`${name}-startup-known`, stuck))).toBeGreaterThan(attainment(play(name, stuck)) + 0.05);
  });
});

test('every cycle of the stage can be decided again from its record', () => {
  const records: CycleRecord[] = [];
  runExperiment({ scenario: scenario(), policy: ourPolicy({ onCycle: (record) => records.push(record) }), seed: 1, capacities: {} });
  expect(records.length).toBeGreaterThan(55);
  expect(records.some(({ decisions }) => decisions.some(({ current, desired }) => (desired ?? 0) > current))).toBe(true);
  for (const { observation, policy, memory, atMs, decisions } of records) expect(decide(observation, policy, memory, atMs).decisions).toEqual(decisions);
});

test.each([false, true])('every cycle sees what arrives at the router and how latencies are distributed (flow control: %s)', (flowControl) => {
  const records: CycleRecord[] = [];
  const of = scenario();
  const world = { ...of, models: of.models.map((model) => ({ ...model, router: { ...model.router, flowControl } })) };
  runExperiment({ scenario: world, policy: ourPolicy({ onCycle: (record) => records.push(record) }), seed: 1, capacities: {} });
  const models = records.map(({ observation }) => observation.models?.[0]);
  // the second stage offers 14 a second for ten minutes; five of them after any ramp of queues
  const steady = models.filter((_, cycle) => cycle > 32 && cycle < 56);
  const values = (name: 'arrivalsPerSecond' | 'recentArrivalsPerSecond'): number[] => steady.flatMap((model) => freshValue(model?.router[name] ?? missing('NotScraped')) ?? []);
  expect(values('arrivalsPerSecond').length).toBe(steady.length);
  expect(Math.abs((mean(values('arrivalsPerSecond')) ?? 0) - 14)).toBeLessThan(0.7);
  expect(Math.abs((mean(values('recentArrivalsPerSecond')) ?? 0) - 14)).toBeLessThan(0.7);
  expect(steady.every((model) => (model?.router.waiting.kind === 'fresh') === flowControl)).toBe(true);
  const ttft = models.flatMap((model) => (model?.latency.ttft.kind === 'fresh' ? [model.latency.ttft.value] : []));
  expect(ttft.length).toBeGreaterThan(40);
  expect(ttft.every((histogram) => (shareWithin(histogram, 2) ?? 2) <= 1)).toBe(true);
});

test.each([false, true])('a model at zero is back within a second of the first request, and no whole cycle moves (flow control: %s)', (flowControl) => {
  const records: CycleRecord[] = [];
  const of = scenario();
  const stages = [300, 120, 600].map((seconds, index) => ({ seconds, ratePerSecond: [2, 0, 2][index] ?? 0 }));
  const world = {
    ...of,
    models: of.models.map((model) => ({
      ...model,
      router: { ...model.router, flowControl },
      traffic: model.traffic.map((traffic) => ({ ...traffic, stages })) as typeof model.traffic,
      variants: model.variants.map((variant) => ({ ...variant, minReplicas: 0 })),
    })),
  };
  runExperiment({ scenario: world, policy: ourPolicy({ engine: policySetOf({ ...defaultPolicy, retentionMs: 30_000 }), onCycle: (record) => records.push(record) }), seed: 1, capacities: {} });
  const asleep = records.findIndex(({ atMs, observation }) => atMs > 310_000 && observation.variants[0]?.currentReplicas === 0);
  const woken = records.findIndex(({ decisions }, index) => index > asleep && (decisions[0]?.desired ?? 0) > 0);
  expect(asleep).toBeGreaterThan(0);
  // the first request of the third stage comes half a second after it began, give or take
  expect((records[woken]?.atMs ?? Infinity) - 420_000).toBeLessThan(3000);
  const whole = records.filter(({ atMs }) => (atMs - (records[0]?.atMs ?? 0)) % 15_000 === 0);
  expect(records.length - whole.length).toBe(1);
  for (const { observation, policy, memory, atMs, decisions } of records) expect(decide(observation, policy, memory, atMs).decisions).toEqual(decisions);
});

test('accelerators that the scenario limits are an inventory, and pods beyond them are refused', () => {
  const records: CycleRecord[] = [];
  const short = { ...scenario(), accelerators: { A100: 3 } };
  runExperiment({ scenario: short, policy: ourPolicy({ onCycle: (record) => records.push(record) }), seed: 1, capacities: {} });
  for (const { observation } of records) {
    const scheduled = observation.variants.flatMap(({ replicas }) => replicas.filter((replica) => replica.scheduled));
    expect(observation.inventory).toEqual([
      { accelerator: 'A100', products: ['A100'], nodes: 1, capacity: 3, usedByVariants: scheduled.length, usedByOthers: 0, freeOnNodes: scheduled.length < 3 ? [3 - scheduled.length] : [], complete: true },
    ]);
    for (const { scheduledAtMs, createdAtMs } of scheduled) expect(scheduledAtMs).toBeGreaterThanOrEqual(createdAtMs);
  }
  const refused = records.flatMap(({ observation }) => observation.variants.flatMap(({ replicas }) => replicas.filter(({ unschedulable }) => unschedulable !== undefined)));
  expect(refused.length).toBeGreaterThan(0);
  for (const { scheduled, unschedulable, createdAtMs } of refused) expect([scheduled, unschedulable?.sinceMs]).toEqual([false, createdAtMs]);
});

test('cycles fall at other times with another seed, as those of the others do', () => {
  const first = (seed: number): number => {
    const at: number[] = [];
    runExperiment({ scenario: scenario(), policy: ourPolicy({ onCycle: ({ atMs }) => at.push(atMs) }), seed, capacities: {} });
    for (const [index, atMs] of at.entries()) if (index > 0) expect(atMs - (at[index - 1] ?? 0)).toBe(15_000);
    return at[0] ?? 0;
  };
  const firsts = [1, 2, 3].map(first);
  expect(new Set(firsts).size).toBe(3);
  for (const atMs of firsts) expect(atMs).toBeLessThanOrEqual(15_000);
});
