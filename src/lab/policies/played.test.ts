import { describe, expect, test } from 'vitest';
import { scenarioSchema, shippedScenarios } from '../scenario/index.ts';
import type { ExperimentScenario } from '../scenario/index.ts';
import { runExperiment } from '../stage/index.ts';
import type { RunResult } from '../runs/result.ts';
import { findPolicy } from './index.ts';

// The laws on the stage: what their wiring does with pods, metrics and time, in small loads.

const tokens = { prompt: { mean: 1000, standardDeviation: 100 }, output: { mean: 200, standardDeviation: 20 } };
const variant = { name: 'a100', profile: 'llama-3.1-8b-a100', minReplicas: 1, maxReplicas: 6, initialReplicas: 1, startup: { meanSeconds: 60 } };

function scenario(model: object, rest: object = {}): ExperimentScenario {
  return scenarioSchema.parse({
    name: 'played',
    title: 'A small load',
    description: 'For tests.',
    usedInDesign: true,
    durationSeconds: 900,
    models: [{ id: 'llama', slo: { ttftSeconds: 2, tpotSeconds: 0.1 }, router: { flowControl: true }, traffic: [], variants: [variant], ...model }],
    ...rest,
  });
}

const stages = (...rates: readonly number[]): object[] => [{ kind: 'stages', stages: rates.map((ratePerSecond) => ({ seconds: 300, ratePerSecond })), ...tokens }];
const play = (policy: string, of: ExperimentScenario, seed = 1): RunResult => runExperiment({ scenario: of, policy: findPolicy(policy), seed, timeline: true, capacities: {} });
const changes = ({ decisions = [] }: RunResult): NonNullable<RunResult['decisions']> => decisions.filter(({ from, to }) => from !== to);
const lowest = (run: RunResult): number => Math.min(...(run.timeline?.variants[0]?.spec ?? []));

describe('zero', () => {
  const sleepy = scenario(
    { variants: [{ ...variant, minReplicas: 0 }], traffic: [{ kind: 'stages', stages: [{ seconds: 120, ratePerSecond: 1 }, { seconds: 780, ratePerSecond: 0 }, { seconds: 300, ratePerSecond: 1 }], ...tokens }] },
    { durationSeconds: 1200 },
  );

  test.each(['keda-queue', 'keda-queue-guard', 'token-aware', 'knative-kpa'])('%s goes there when nothing comes, and comes back', (policy) => {
    const run = play(policy, sleepy);
    const toZero = changes(run).find(({ to }) => to === 0);
    const back = changes(run).find(({ from }) => from === 0);
    expect(toZero?.atSeconds).toBeGreaterThan(180);
    expect(toZero?.atSeconds).toBeLessThan(520);
    expect(back?.atSeconds).toBeGreaterThan(900);
    // KEDA polls every 15 s and the router is scraped every 15 s
    expect(back?.atSeconds).toBeLessThan(935);
    expect(run.scores.failed).toBe(0);
  });

  test('Knative wakes with the first request', () => {
    const back = changes(play('knative-kpa', sleepy)).find(({ from }) => from === 0);
    expect(back).toMatchObject({ to: 1, why: 'the activator holds a request' });
  });

  test.each(['hpa', 'keda-waiting', 'slo-aware'])('%s keeps one', (policy) => {
    expect(lowest(play(policy, sleepy))).toBe(1);
  });
});

describe('more load', () => {
  const step = scenario({ traffic: stages(1, 14, 1) });

  test.each(['hpa', 'keda-queue', 'keda-queue-guard', 'keda-waiting', 'token-aware', 'slo-aware', 'knative-kpa'])('%s adds replicas after it came, and not before', (policy) => {
    const run = play(policy, step);
    const up = changes(run).filter(({ from, to }) => to > from);
    expect(up[0]?.atSeconds).toBeGreaterThan(300);
    expect(run.scores.peakReplicas).toBeGreaterThan(1);
  });

  test.each(['hpa', 'keda-queue', 'slo-aware', 'knative-kpa'])('%s plays the same with the same seed', (policy) => {
    const [first, second] = [play(policy, step), play(policy, step)];
    expect({ ...second, wallSeconds: 0 }).toEqual({ ...first, wallSeconds: 0 });
  });

  test('the loops of another seed run at other times', () => {
    const at = (seed: number): number | undefined => changes(play('knative-kpa', step, seed))[0]?.atSeconds;
    expect(at(2)).not.toBe(at(1));
  });
});

describe('two Deployments of one model', () => {
  const second = { ...variant, name: 'l40s', profile: 'llama-3.1-8b-l40s', minReplicas: 0, initialReplicas: 0 };

  test.each(['hpa', 'keda-waiting', 'slo-aware', 'token-aware'])('%s brings one that begins with none to one, because it could not wake it', (policy) => {
    const [first] = changes(play(policy, scenario({ traffic: stages(1), variants: [variant, second] })));
    expect(first).toMatchObject({ atSeconds: 0, variant: '0/l40s', from: 0, to: 1 });
  });

  const two = scenario({
    traffic: stages(1, 14, 14),
    variants: [
      { ...variant, initialReplicas: 2 },
      { ...variant, name: 'l40s', profile: 'llama-3.1-8b-l40s', initialReplicas: 1 },
    ],
  });

  test('each follows the router as if it were alone', () => {
    const sentences = play('keda-queue-guard', two).decisions?.filter(({ atSeconds }) => atSeconds > 400) ?? [];
    for (const key of ['0/a100', '0/l40s']) expect(sentences.some((decision) => decision.variant === key && decision.to === 6), key).toBe(true);
  });

  test('an HPA sees its own pods only', () => {
    const whys = play('hpa', two).decisions?.filter(({ atSeconds }) => atSeconds < 300) ?? [];
    expect(whys.filter(({ variant: key }) => key === '0/a100').every(({ to }) => to <= 2)).toBe(true);
    expect(whys.some(({ variant: key }) => key === '0/l40s')).toBe(true);
  });
});

describe('without metrics', () => {
  const blind = scenario({ traffic: stages(10, 10, 10), variants: [{ ...variant, initialReplicas: 5 }] }, { faults: [{ kind: 'metrics', how: 'lost', of: 'all', atSeconds: 200, untilSeconds: 900 }] });
  const between = (run: RunResult, fromSeconds: number, untilSeconds: number): readonly number[] => {
    const { stepSeconds = 1, variants = [] } = run.timeline ?? {};
    return variants[0]?.spec.filter((_, index) => index * stepSeconds >= fromSeconds && index * stepSeconds <= untilSeconds) ?? [];
  };

  test('the SLO-aware law reads no signal as no load, as published, and drains the pool', () => {
    expect(Math.min(...between(play('slo-aware', blind), 220, 880))).toBe(1);
  });

  test('an HPA that cannot read its metrics holds', () => {
    expect(new Set(between(play('hpa', blind), 220, 880))).toEqual(new Set([5]));
  });

  test('Knative holds once its window is silent', () => {
    expect(new Set(between(play('knative-kpa', blind), 270, 880)).size).toBe(1);
  });
});

describe('what cannot be run', () => {
  const split = scenario({ traffic: stages(1), variants: [{ ...variant, role: 'prefill' }, { ...variant, name: 'decode', role: 'decode' }] });

  test.each(['slo-aware', 'knative-kpa'])('%s says why it cannot tell prefill from decode', (policy) => {
    expect(findPolicy(policy).refuses(split)).toMatch(/prefill/);
  });

  test('token-aware scales each side on its own signal', () => {
    const { decisions = [] } = play('token-aware', split);
    expect(decisions.find(({ variant: key }) => key === '0/a100')?.why).toMatch(/prefill backlog/);
    expect(decisions.find(({ variant: key }) => key === '0/decode')?.why).toMatch(/KV caches in use/);
  });
});

test('the SLO-aware law on the published ramp lands near what was published: 95.8 % at 5.93 replicas', () => {
  const ramp = shippedScenarios().find(({ name }) => name === 'ramp');
  expect(ramp).toBeDefined();
  const runs = [1, 2, 3, 4].map((seed) => runExperiment({ scenario: ramp as ExperimentScenario, policy: findPolicy('slo-aware'), seed, capacities: {} }));
  const mean = (of: (run: RunResult) => number): number => runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  // an independent simulation with measured latencies had 91 to 93 % at 6.3. One seed has 91 % where the law first moves at 6 requests/s, and
  // 99 % where three replicas at 4 requests/s, which is just what they carry, came over its threshold before
  expect(mean(({ scores }) => scores.attainment)).toBeGreaterThan(0.88);
  expect(mean(({ scores }) => scores.attainment)).toBeLessThan(0.995);
  expect(mean(({ scores }) => scores.averageReplicas)).toBeGreaterThan(5.7);
  expect(mean(({ scores }) => scores.averageReplicas)).toBeLessThan(6.6);
});
