import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunResult } from '../runs/result.ts';
import { scenarioSchema } from '../scenario/index.ts';
import type { ExperimentScenario, ScenarioVariant } from '../scenario/index.ts';
import { runExperiment } from '../stage/index.ts';
import { findPolicy, policies, policyKinds } from './index.ts';
import type { Policy } from './index.ts';

// What holds for every policy in every world: bounds, whole numbers, sentences, the same again with the same seed, an end.

const tokens = { prompt: { mean: 800, standardDeviation: 100 }, output: { mean: 120, standardDeviation: 20 } };
const a100 = { name: 'a100', profile: 'llama-3.1-8b-a100', minReplicas: 1, maxReplicas: 5, initialReplicas: 2, startup: { meanSeconds: 40, standardDeviationSeconds: 5 } };
const l40s = { ...a100, name: 'l40s', profile: 'llama-3.1-8b-l40s', initialReplicas: 1, maxReplicas: 4 };
const surge = { kind: 'stages', stages: [{ seconds: 120, ratePerSecond: 3 }, { seconds: 180, ratePerSecond: 18 }, { seconds: 300, ratePerSecond: 1 }], ...tokens };

function world(model: object = {}, rest: object = {}): ExperimentScenario {
  return scenarioSchema.parse({
    name: 'world',
    title: 'A small world',
    description: 'For tests.',
    usedInDesign: true,
    durationSeconds: 600,
    models: [{ id: 'llama', slo: { ttftSeconds: 2, tpotSeconds: 0.1 }, timeoutSeconds: 120, router: { flowControl: true }, traffic: [surge], variants: [a100], ...model }],
    ...rest,
  });
}

const metrics = (how: string, more: object = {}): object => ({ kind: 'metrics', how, atSeconds: 100, untilSeconds: 400, ...more });
const worlds: readonly (readonly [string, ExperimentScenario])[] = [
  ['a surge', world()],
  ['metrics lost', world({}, { faults: [metrics('lost')] })],
  ['metrics of the engines lost', world({}, { faults: [metrics('lost', { of: 'engines' })] })],
  ['metrics late', world({}, { faults: [metrics('late', { seconds: 90 })] })],
  ['metrics frozen', world({}, { faults: [metrics('frozen')] })],
  ['metrics of half of the pods', world({}, { faults: [metrics('partial', { share: 0.5 })] })],
  ['metrics ten times too high', world({}, { faults: [metrics('lying', { factor: 10 })] })],
  ['metrics that say nothing runs', world({}, { faults: [metrics('lying', { factor: 0 })] })],
  ['pods that never become ready', world({}, { faults: [{ kind: 'never-ready', variant: 'a100', atSeconds: 100, untilSeconds: 500, pods: 2 }] })],
  ['slow pods', world({}, { faults: [{ kind: 'slow', variant: 'a100', atSeconds: 100, untilSeconds: 400, factor: 4 }] })],
  ['a node lost', world({}, { faults: [{ kind: 'node-lost', variant: 'a100', atSeconds: 200, pods: 2 }] })],
  ['none allowed, and idle', world({ variants: [{ ...a100, minReplicas: 0, initialReplicas: 1 }], traffic: [{ kind: 'stages', stages: [{ seconds: 60, ratePerSecond: 2 }, { seconds: 540, ratePerSecond: 0 }], ...tokens }] })],
  ['two accelerators, one at none', world({ variants: [a100, { ...l40s, minReplicas: 0, initialReplicas: 0 }] })],
  ['prefill and decode apart', world({ variants: [{ ...a100, name: 'prefill', role: 'prefill' }, { ...a100, name: 'decode', role: 'decode' }] }, { faults: [metrics('partial', { share: 0.5 })] })],
  ['two models on the same accelerators', scenarioSchema.parse({ ...world(), accelerators: { A100: 5 }, models: [...world().models, { ...world().models[0], id: 'other', priority: 2 }] })],
  ['too few accelerators', world({ variants: [a100, l40s] }, { accelerators: { A100: 3, L40S: 1 } })],
];

const named: readonly Policy[] = policies().filter(({ family }) => family === 'peer' || family === 'ours');

function play(policy: Policy, scenario: ExperimentScenario, seed: number): RunResult {
  return runExperiment({ scenario, policy, seed, timeline: true, capacities: {} });
}

/** What is wrong with a run, in sentences. A note may name a number that its own bounds cut afterwards; what was written must lie within them. */
function faultsOf(run: RunResult, scenario: ExperimentScenario): readonly string[] {
  const bounds = new Map<string, ScenarioVariant>(scenario.models.flatMap(({ variants }, index) => variants.map((variant) => [`${index}/${variant.name}`, variant] as const)));
  const found: string[] = [];
  for (const { atSeconds, variant, from, to, why } of run.decisions ?? []) {
    const bound = bounds.get(variant);
    const at = `${variant} at ${atSeconds} s, ${from} to ${to} (${why})`;
    if (bound === undefined) found.push(`${at}: no such variant`);
    if (!Number.isInteger(to) || to < 0) found.push(`${at}: no number of replicas`);
    if (why.trim().length < 5 || /NaN|undefined|Infinity|\[object/.test(why)) found.push(`${at}: no sentence`);
  }
  for (const { variant, spec } of run.timeline?.variants ?? []) {
    const bound = bounds.get(variant);
    if (bound !== undefined && spec.some((replicas) => replicas > bound.maxReplicas || replicas < Math.min(bound.minReplicas, bound.initialReplicas))) found.push(`${variant} was outside of its bounds`);
  }
  return found;
}

describe.each(named.map((policy) => [policy.name, policy] as const))('%s', (_name, policy) => {
  test.each(worlds)('lives through: %s', (_world, scenario) => {
    const why = policy.refuses(scenario);
    if (why !== undefined) {
      expect(why).toMatch(/\w+ \w+ \w+/);
      return;
    }
    const run = play(policy, scenario, 1);
    expect(faultsOf(run, scenario)).toEqual([]);
    expect(run.scores.requests).toBe(run.scores.completed + run.scores.failed);
    expect(run.scores.attainment).toBeGreaterThan(0);
  });

  test('plays the same again with the same seed', () => {
    const scenario = world({}, { faults: [metrics('partial', { share: 0.5 })] });
    expect({ ...play(policy, scenario, 7), wallSeconds: 0 }).toEqual({ ...play(policy, scenario, 7), wallSeconds: 0 });
  });
});

test('random loads, bounds and starts', () => {
  const load = fc.record({
    rates: fc.array(fc.integer({ min: 0, max: 25 }), { minLength: 2, maxLength: 5 }),
    minReplicas: fc.integer({ min: 0, max: 2 }),
    room: fc.integer({ min: 1, max: 4 }),
    startSeconds: fc.integer({ min: 1, max: 200 }),
    flowControl: fc.boolean(),
    policy: fc.constantFrom(...named),
    seed: fc.integer({ min: 1, max: 1000 }),
  });
  fc.assert(
    fc.property(load, ({ rates, minReplicas, room, startSeconds, flowControl, policy, seed }) => {
      const scenario = world({
        router: { flowControl },
        traffic: [{ kind: 'stages', stages: rates.map((ratePerSecond) => ({ seconds: 120, ratePerSecond })), ...tokens }],
        variants: [{ ...a100, minReplicas, maxReplicas: minReplicas + room, initialReplicas: Math.max(1, minReplicas), startup: { meanSeconds: startSeconds } }],
      });
      if (policy.refuses(scenario) !== undefined) return;
      expect(faultsOf(play(policy, scenario, seed), scenario)).toEqual([]);
    }),
    { numRuns: 40, seed: 4 },
  );
});

test.each(policyKinds().flatMap(({ name, settings, sweep = {} }) => [0, -1].map((at) => [name, at === 0 ? 'first' : 'last', Object.fromEntries(Object.entries(sweep).map(([key, values]) => [key, values?.at(at) ?? settings[key] ?? 0]))] as const)))(
  '%s plays with the %s of what its sweep tries',
  (name, _which, settings) => {
    const scenario = world();
    const policy = findPolicy(name, settings);
    if (policy.refuses(scenario) === undefined) expect(faultsOf(play(policy, scenario, 1), scenario)).toEqual([]);
  },
);
