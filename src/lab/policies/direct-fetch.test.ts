import { expect, test } from 'vitest';
import { scenarioSchema } from '../scenario/index.ts';
import { runExperiment } from '../stage/index.ts';
import { everyRound } from './direct-fetch.ts';

test('a round sees every ready pod as it was when the round began, those that have just become ready too', () => {
  const scenario = scenarioSchema.parse({
    name: 'rounds',
    title: 'Rounds',
    description: 'For tests.',
    usedInDesign: true,
    durationSeconds: 200,
    models: [
      {
        id: 'llama',
        slo: { ttftSeconds: 2, tpotSeconds: 0.1 },
        traffic: [{ kind: 'constant', ratePerSecond: 1, prompt: { mean: 100 }, output: { mean: 20 } }],
        variants: [{ name: 'a', profile: 'llama-3.1-8b-a100', minReplicas: 1, maxReplicas: 4, initialReplicas: 1, startup: { meanSeconds: 33 } }],
      },
    ],
  });
  const rounds: { readonly atMs: number; readonly seen: number; readonly ready: number; readonly oldestMs: number }[] = [];
  runExperiment({
    scenario,
    seed: 3,
    capacities: {},
    policy: {
      name: 'watcher',
      family: 'peer',
      title: 'watches',
      source: 'none',
      settings: {},
      refuses: () => undefined,
      begin(stage) {
        everyRound(stage, 10_000, 60_000, (telemetry) => {
          const samples = telemetry.samples({ model: 0 });
          const oldestMs = stage.now() - Math.min(...samples.map(({ atMs }) => atMs));
          rounds.push({ atMs: stage.now(), seen: samples.length, ready: stage.replicas('0/a').ready, oldestMs });
          if (rounds.length === 2) stage.scale({ variant: '0/a', from: 1, to: 4, why: 'more to see' });
        });
      },
    },
  });
  expect(rounds.length).toBeGreaterThan(15);
  for (const [index, { atMs, seen, ready, oldestMs }] of rounds.entries()) {
    expect(seen).toBe(ready);
    expect(oldestMs).toBe(50);
    expect(atMs - (rounds[0]?.atMs ?? 0)).toBe(index * 10_000);
  }
  expect(rounds.at(-1)?.ready).toBe(4);
});
