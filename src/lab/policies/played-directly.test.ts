import { describe, expect, test } from 'vitest';
import type { RunResult } from '../runs/result.ts';
import { scenarioSchema } from '../scenario/index.ts';
import type { ExperimentScenario } from '../scenario/index.ts';
import { runExperiment } from '../stage/index.ts';
import { findPolicy } from './index.ts';

// AIBrix, Dynamo, Kthena and the released WVA on the stage: what their users report of them.

const tokens = { prompt: { mean: 1000, standardDeviation: 100 }, output: { mean: 200, standardDeviation: 20 } };
const a100 = { name: 'a100', profile: 'llama-3.1-8b-a100', minReplicas: 1, maxReplicas: 6, initialReplicas: 1, startup: { meanSeconds: 60 } };
const l40s = { ...a100, name: 'l40s', profile: 'llama-3.1-8b-l40s' };
const stages = (...rates: readonly number[]): object[] => [{ kind: 'stages', stages: rates.map((ratePerSecond) => ({ seconds: 300, ratePerSecond })), ...tokens }];

function scenario(model: object, rest: object = {}): ExperimentScenario {
  return scenarioSchema.parse({
    name: 'played',
    title: 'A small load',
    description: 'For tests.',
    usedInDesign: true,
    durationSeconds: 900,
    models: [{ id: 'llama', slo: { ttftSeconds: 2, tpotSeconds: 0.1 }, router: { flowControl: true }, traffic: [], variants: [a100], ...model }],
    ...rest,
  });
}

const play = (policy: string, of: ExperimentScenario, settings = {}, seed = 1): RunResult => runExperiment({ scenario: of, policy: findPolicy(policy, settings), seed, timeline: true, capacities: {} });
const changes = ({ decisions = [] }: RunResult): NonNullable<RunResult['decisions']> => decisions.filter(({ from, to }) => from !== to);
/** Writes of `spec.replicas`, which are what the variant then has; proposals of a controller that an HPA reads are not. */
const specs = (run: RunResult, variant = 0): readonly number[] => run.timeline?.variants[variant]?.spec ?? [];
const step = scenario({ traffic: stages(1, 14, 1, 1, 1) }, { durationSeconds: 1500 });
const stuck = scenario({ traffic: stages(1, 14, 14) }, { faults: [{ kind: 'never-ready', variant: 'a100', atSeconds: 0, pods: 1 }] });

describe('more load', () => {
  test.each(['aibrix-apa', 'aibrix-kpa', 'dynamo-load', 'dynamo-throughput', 'dynamo-both', 'kthena', 'wva-v1', 'wva-v2'])('%s adds replicas after it came, and takes them away again', (policy) => {
    const run = play(policy, step);
    expect(Math.max(...specs(run).slice(0, 50))).toBe(1);
    expect(run.scores.peakReplicas).toBeGreaterThan(1);
    expect(specs(run).at(-1)).toBeLessThan(run.scores.peakReplicas);
  });

  test('AIBrix writes at its rounds of ten seconds, twice as many at most', () => {
    const writes = changes(play('aibrix-kpa', step));
    for (const { atSeconds, from, to } of writes) {
      expect(to).toBeLessThanOrEqual(2 * from);
      const rounds = (atSeconds - (writes[0]?.atSeconds ?? 0)) / 10;
      expect(rounds).toBeCloseTo(Math.round(rounds), 6);
    }
  });

  test('Dynamo moves one engine at a time, and not while one is on its way', () => {
    const writes = changes(play('dynamo-load', step));
    expect(writes.length).toBeGreaterThan(1);
    for (const [index, { atSeconds, from, to }] of writes.entries()) {
      expect(Math.abs(to - from)).toBe(1);
      const next = writes[index + 1];
      if (to > from && next !== undefined) expect(next.atSeconds - atSeconds).toBeGreaterThanOrEqual(60);
    }
  });

  test('WVA V1 moves one replica for each start of a pod', () => {
    const run = play('wva-v1', step, { upWindowSeconds: 0 });
    const seen = specs(run);
    for (const [index, replicas] of seen.entries()) expect(replicas - (seen[index - 1] ?? 1)).toBeLessThanOrEqual(1);
  });
});

describe('a pod that never becomes ready', () => {
  test.each([
    ['dynamo-load', /waits, as 0\/a100 is on its way to 2/],
    ['dynamo-throughput', /waits, as 0\/a100 is on its way to 2/],
    ['wva-v1', /waits for 1 pods on their way/],
  ])('%s stands still for as long as it is there', (policy, why) => {
    const run = play(policy, stuck);
    expect(Math.max(...specs(run))).toBe(2);
    expect(run.decisions?.some((decision) => why.test(decision.why))).toBe(true);
  });

  test('WVA V2 counts it as on its way and asks for more', () => {
    expect(Math.max(...specs(play('wva-v2', stuck)))).toBeGreaterThan(2);
  });

  test('AIBrix KPA cannot ask for more than two for one that is full: 1 / 0.5', () => {
    expect(Math.max(...specs(play('aibrix-kpa', stuck)))).toBe(2);
  });
});

describe('two accelerators', () => {
  const two = scenario({ traffic: stages(1, 20, 1, 1, 1), variants: [{ ...a100, minReplicas: 0, costPerHour: 4 }, { ...l40s, minReplicas: 1, costPerHour: 1 }] }, { durationSeconds: 1500 });

  test('Kthena fills in blocks by cost: 1 of the cheap one, 1 and 2 more of it, then the dear one', () => {
    const run = play('kthena', two);
    const dear = specs(run, 0);
    // blocks of the cheap: 1 (1), 2 (2), 2 (2); of the dear: 1 (4), 2 (8), 3 (12)
    for (const [index, cheap] of specs(run, 1).entries()) if ((dear[index] ?? 0) > 0 && index > 0) expect(cheap).toBe(6);
    expect(run.scores.peakReplicas).toBeGreaterThan(2);
  });

  test('WVA V2 takes the lowest cost for its capacity, and removes the dear one first', () => {
    const run = play('wva-v2', two);
    const up = changes(run).find(({ from, to, atSeconds }) => to > from && atSeconds > 300);
    expect(up?.variant).toBe('0/l40s');
    expect(specs(run, 0).at(-1)).toBe(0);
  });

  test('AIBrix scales each by itself', () => {
    const run = play('aibrix-kpa', two);
    expect(Math.max(...specs(run, 0))).toBeGreaterThan(1);
    expect(Math.max(...specs(run, 1))).toBeGreaterThan(1);
  });

  test('a Dynamo planner does not choose between accelerators', () => {
    expect(findPolicy('dynamo-load').refuses(two)).toMatch(/does not choose between accelerators/);
  });
});

describe('to none and back', () => {
  const sleepy = scenario(
    { variants: [{ ...a100, minReplicas: 0 }], traffic: [{ kind: 'stages', stages: [{ seconds: 120, ratePerSecond: 1 }, { seconds: 1500, ratePerSecond: 0 }, { seconds: 180, ratePerSecond: 1 }], ...tokens }] },
    { durationSeconds: 1800 },
  );

  test.each(['wva-v1', 'wva-v2'])('%s rests after ten minutes without an answer and five of KEDA, and wakes when flow control holds a request', (policy) => {
    const run = play(policy, sleepy);
    const writes = changes(run).filter(({ why }) => !why.startsWith('nothing was answered'));
    const rest = writes.find(({ to }) => to === 0);
    expect(rest?.atSeconds).toBeGreaterThan(1000);
    expect(rest?.atSeconds).toBeLessThan(1150);
    expect(writes.find(({ from }) => from === 0)).toMatchObject({ to: 1, why: 'requests wait in the router' });
    expect(run.scores.failed).toBe(0);
  });

  test.each(['aibrix-apa', 'aibrix-kpa', 'dynamo-both', 'kthena'])('%s keeps one', (policy) => {
    expect(Math.min(...specs(play(policy, sleepy)))).toBe(1);
  });
});

test('WVA V1 on the load of its published runs: 1.73 replicas on average and 3 at most, of 10 that it might have', () => {
  // 20 requests/s of 4000/1000 tokens for 600 s from one replica, pods ready after 97 to 130 s (docs/benchmark.md of the repository)
  const published = scenario(
    {
      slo: { ttftSeconds: 3, tpotSeconds: 0.1 },
      traffic: [{ kind: 'constant', ratePerSecond: 20, prompt: { mean: 4000, standardDeviation: 300 }, output: { mean: 1000, standardDeviation: 80 } }],
      variants: [{ ...a100, name: 'h100', profile: 'qwen3-32b-h100-tp2', maxReplicas: 10, startup: { meanSeconds: 112, standardDeviationSeconds: 8 } }],
    },
    { durationSeconds: 600 },
  );
  const readyWith = (settings: object): { readonly most: number; readonly average: number } => {
    const { stepSeconds = 1, variants = [] } = play('wva-v1', published, settings).timeline ?? {};
    const ready = variants[0]?.ready.slice(0, Math.floor(600 / stepSeconds)) ?? [];
    return { most: Math.max(...ready), average: ready.reduce((total, replicas) => total + replicas, 0) / ready.length };
  };
  // as slow as that with the two minutes that the llm-d guide waits on the way up; the benchmarks say that they did not wait, and then it
  // has five here and 2.86 on average: something in release 0.6 cost two minutes a step, and it is not played against its successor
  const waiting = readyWith({ upWindowSeconds: 120 });
  expect(waiting.most).toBe(3);
  expect(waiting.average).toBeGreaterThan(1.4);
  expect(waiting.average).toBeLessThan(2.1);
  const asked = readyWith({});
  expect(asked.most).toBe(5);
  expect(asked.average).toBeGreaterThan(2.5);
});
