import { expect, test } from 'vitest';
import { defineLaw } from '../policies/index.ts';
import type { RunResult } from '../runs/index.ts';
import { scenarioSchema } from '../scenario/index.ts';
import type { ExperimentScenario } from '../scenario/index.ts';
import { recordText } from './record-text.ts';
import { sweepPolicy } from './sweep.ts';
import type { Play } from './sweep.ts';

const scenario = (name: string, role: 'both' | 'prefill' = 'both'): ExperimentScenario =>
  scenarioSchema.parse({
    name,
    title: name,
    description: 'For tests.',
    usedInDesign: true,
    durationSeconds: 60,
    models: [
      {
        id: 'llama',
        slo: { ttftSeconds: 2, tpotSeconds: 0.05 },
        traffic: [{ kind: 'constant', ratePerSecond: 1, prompt: { mean: 100 }, output: { mean: 100 } }],
        variants: [{ name: 'a100', profile: 'llama-3.1-8b-a100', role, minReplicas: 1, maxReplicas: 4, initialReplicas: 1, startup: { meanSeconds: 60 } }],
      },
    ],
  });

const law = defineLaw({
  name: 'some-law',
  family: 'peer',
  title: 'Some law',
  source: 'none',
  formula: [],
  assumed: [],
  settings: { target: 4, windowSeconds: 300, scrapeSeconds: 15 },
  meaning: { target: 'requests', windowSeconds: 'seconds', scrapeSeconds: 'seconds' },
  sweep: { target: [1, 2, 4], windowSeconds: [60, 300] },
  refuses: ({ models }) => (models.some(({ variants }) => variants.some(({ role }) => role !== 'both')) ? 'it knows no roles' : undefined),
  begin: () => {},
});

/** Attainment falls with the target and the window, money with the target: 2 and 60 are best. */
const play: Play = (of, policy, { target = 4, windowSeconds = 300 }, seed) => {
  const attainment = (target === 4 ? 0.8 : target === 2 ? 0.99 : 1) - (windowSeconds === 300 ? 0.05 : 0);
  const money = (target === 1 ? 20 : 4 / target) + (seed === 0 ? -0.5 : 0.5);
  return Promise.resolve({ scenario: of.name, policy, seed, scores: { attainment, money } } as RunResult);
};

const sweep = (scenarios: readonly ExperimentScenario[]): ReturnType<typeof sweepPolicy> =>
  sweepPolicy({ kind: law, scenarios: scenarios.map((each) => ({ scenario: each, staticMoney: 4 })), seeds: [0, 2], play, on: '2026-11-24' });

test('what is swept is kept with where it came from', async () => {
  const entry = await sweep([scenario('steady'), scenario('split', 'prefill')]);
  expect(entry).toEqual({
    policy: 'some-law',
    on: '2026-11-24',
    seeds: [0, 2],
    tried: 6,
    leftOut: [{ scenario: 'split', why: 'it knows no roles' }],
    // 0.75 - 0.2 × 1 / 4
    published: { settings: { target: 4, windowSeconds: 300 }, score: 0.7, scenarios: [{ scenario: 'steady', attainment: 0.75, money: 1, staticMoney: 4, score: 0.7 }] },
    // 0.99 - 0.2 × 2 / 4
    best: { settings: { target: 2, windowSeconds: 60 }, score: 0.89, scenarios: [{ scenario: 'steady', attainment: 0.99, money: 2, staticMoney: 4, score: 0.89 }] },
  });
});

test('a law that can run none of the scenarios has no entry', async () => {
  expect(await sweep([scenario('split', 'prefill')])).toBeUndefined();
});

test('the record is text with a scenario on a line', async () => {
  const entry = await sweep([scenario('steady')]);
  const record = { format: 1 as const, objective: 'the most', policies: entry === undefined ? [] : [entry] };
  const text = recordText(record);
  expect(JSON.parse(text)).toEqual(record);
  expect(text).toContain('\n          { "scenario": "steady", "attainment": 0.75, "money": 1, "staticMoney": 4, "score": 0.7 }\n');
});
