import { createRandom, type Random } from '../../../src/runtime/index.ts';
import { scenarioSchema, type ExperimentScenario } from '../../../src/lab/scenario/scenario.ts';
import type { Results, RunLine, Scores, Timeline } from '../../../src/lab/runs/index.ts';

// Results as the laboratory writes them, made without playing anything: for tests of what reads, counts and draws them.

export function madeScenario(name: string, changes: Partial<ExperimentScenario> = {}): ExperimentScenario {
  return {
    ...scenarioSchema.parse({
      name,
      title: `What ${name} is about, in one line`,
      description: `Made for tests. It cannot show anything that happens in ${name}.`,
      usedInDesign: false,
      durationSeconds: 1800,
      models: [
        {
          id: 'Qwen/Qwen3-32B',
          slo: { ttftSeconds: 3, tpotSeconds: 0.1 },
          traffic: [{ kind: 'constant', ratePerSecond: 4, prompt: { mean: 4000 }, output: { mean: 1000 } }],
          variants: [{ name: 'h100', profile: 'qwen3-32b-h100-tp2', minReplicas: 1, maxReplicas: 8, initialReplicas: 3, startup: { meanSeconds: 100 } }],
        },
      ],
    }),
    ...changes,
  };
}

export function madeScores(changes: Partial<Scores> = {}): Scores {
  const requests = changes.requests ?? 1000;
  const attainment = changes.attainment ?? 0.95;
  return {
    requests,
    completed: requests,
    failed: 0,
    attainment,
    goodputPerSecond: (attainment * requests) / 1800,
    ttftSeconds: { p50: 0.4, p90: 1.2, p99: 4.5 },
    tpotSeconds: { p50: 0.03, p90: 0.05, p99: 0.08 },
    replicaHours: 3,
    gpuHours: 6,
    money: 20,
    leastMoney: 10,
    averageReplicas: 6,
    peakReplicas: 8,
    changes: 12,
    reversals: 4,
    overNeedSeconds: 300,
    underNeedSeconds: 60,
    outputTokens: requests * 1000,
    preemptions: 0,
    episodeSeconds: 1900,
    ...changes,
  };
}

export function madeRun(scenario: string, policy: string, seed: number, changes: Partial<Scores> = {}, more: Partial<RunLine> = {}): RunLine {
  const scores = madeScores(changes);
  return {
    kind: 'run',
    format: 1,
    scenario,
    policy,
    seed,
    fingerprint: `${scenario}-${policy}-${seed}`,
    scenarioHash: `scenario-${scenario}`,
    policyHash: `policy-${policy}`,
    code: 'c0de',
    scores,
    models: [{ model: 'Qwen/Qwen3-32B', scores }],
    variants: [{ variant: '0/h100', replicaHours: scores.replicaHours, money: scores.money }],
    wallSeconds: 0.5,
    ...more,
  };
}

/** A day, or whatever it is, of `rows` steps. */
export function madeTimeline(random: Random, rows: number, stepSeconds = 15): Timeline {
  const steps = Array.from({ length: rows }, (_, row) => row);
  const offered = steps.map((row) => 5 + 4 * Math.sin((row / rows) * Math.PI * 2));
  const need = offered.map((rate) => Math.ceil(rate / 1.5));
  const spec = need.map((count, row) => need[Math.max(0, row - 4)] ?? count);
  const ready = spec.map((count, row) => spec[Math.max(0, row - 6)] ?? count);
  return {
    stepSeconds,
    models: [
      {
        model: 'Qwen/Qwen3-32B',
        offeredPerSecond: offered,
        arrivalsPerSecond: offered.map((rate) => Math.max(0, random.normal(rate, 0.8))),
        waiting: steps.map((row) => Math.max(0, ((need[row] ?? 0) - (ready[row] ?? 0)) * 7)),
        ttftP90Seconds: steps.map((row) => (row % 41 === 0 ? null : 0.4 + random.exponential(0.7) * Math.max(1, (need[row] ?? 0) - (ready[row] ?? 0)))),
        tpotP90Seconds: steps.map(() => 0.03 + random.exponential(0.02)),
        attainment: steps.map(() => 0.8 + 0.2 * random.next()),
      },
    ],
    variants: [
      {
        variant: '0/h100',
        spec,
        ready,
        starting: steps.map((row) => Math.max(0, (spec[row] ?? 0) - (ready[row] ?? 0))),
        draining: steps.map((row) => Math.max(0, (ready[row] ?? 0) - (spec[row] ?? 0))),
        need,
      },
    ],
  };
}

/** A whole folder of results: scenarios × policies × seeds with a clairvoyant curve, time lines of the first seed. */
export function madeResults(size: { readonly scenarios: number; readonly policies: number; readonly seeds: number; readonly rows: number }): Results {
  const random = createRandom('made results');
  const scenarios = Array.from({ length: size.scenarios }, (_, index) => madeScenario(`scenario-${index + 1}`, { usedInDesign: index % 2 === 1 }));
  const policies = Array.from({ length: size.policies }, (_, index) => ({ name: index < 5 ? `static-${index + 4}` : `peer-${index}`, family: index < 5 ? ('static' as const) : ('peer' as const), money: 14 + (index % 12) * 1.6 }));
  const ours = { name: 'wva', family: 'ours' as const, money: 21 };
  const runs: RunLine[] = [];
  for (const scenario of scenarios) {
    for (let seed = 1; seed <= size.seeds; seed++) {
      for (const { name, money } of [...policies, ours]) {
        const cost = money * (1 + 0.02 * random.normal(0, 1));
        const attainment = Math.min(1, Math.max(0, 1 - Math.exp(-(cost - 8) / 5) * (name === 'wva' ? 0.4 : 1) - Math.abs(random.normal(0, 0.01))));
        const timeline = seed === 1 ? { timeline: madeTimeline(random, size.rows), decisions: madeDecisions(size.rows) } : {};
        runs.push(madeRun(scenario.name, name, seed, { money: cost, averageReplicas: cost / 3.6, attainment }, timeline));
      }
      for (const share of [0.5, 0.8, 0.9, 0.99, 1]) {
        runs.push(madeRun(scenario.name, `clairvoyant@${share}`, seed, { money: 8 + 10 * share ** 4, attainment: Math.min(1, share + 0.001 * random.normal(0, 1)) }));
      }
    }
  }
  const bound = [0.5, 0.8, 0.9, 0.99, 1].map((share) => ({ name: `clairvoyant@${share}`, family: 'bound' as const }));
  return {
    runs,
    scenarios: new Map(scenarios.map((scenario) => [`scenario-${scenario.name}`, { kind: 'scenario', hash: `scenario-${scenario.name}`, scenario }])),
    policies: new Map([...policies, ours, ...bound].map(({ name, family }) => [
      `policy-${name}`,
      { kind: 'policy', hash: `policy-${name}`, policy: { name, family, title: `${name}, the law of a test`, source: 'Made for tests.', settings: { periodSeconds: 15, target: 0.8 } } },
    ])),
    refusals: [{ kind: 'refusal', scenario: 'scenario-1', policy: 'knative', why: 'it knows one variant only' }],
    problems: [],
  };
}

function madeDecisions(rows: number): NonNullable<RunLine['decisions']> {
  return Array.from({ length: Math.floor(rows / 6) }, (_, index) => ({
    atSeconds: index * 90,
    variant: '0/h100',
    from: 3 + (index % 4),
    to: 3 + ((index + 1) % 4),
    why: `Demand of ${(4 + (index % 7) * 0.37).toFixed(2)} requests/s calls for ${3 + ((index + 1) % 4)} replicas at 1.45 each, with <b>10 %</b> spare.`,
  }));
}
