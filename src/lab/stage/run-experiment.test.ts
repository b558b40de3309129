import { describe, expect, it } from 'vitest';
import { findPolicy } from '../policies/index.ts';
import { scenarioSchema } from '../scenario/scenario.ts';
import type { ExperimentScenario } from '../scenario/scenario.ts';
import { runExperiment } from './index.ts';

/** The published ramp (llm-d, 2026-07): H100 TP=2, Qwen3-32B, SLO 3 s and 100 ms. */
const ramp: ExperimentScenario = scenarioSchema.parse({
  name: 'ramp',
  title: 'the published ramp',
  description: 'seven stages',
  usedInDesign: true,
  durationSeconds: 2430,
  until: 'floor',
  models: [
    {
      id: 'qwen',
      slo: { ttftSeconds: 3, tpotSeconds: 0.1 },
      traffic: [
        {
          kind: 'stages',
          arrivals: 'poisson',
          stages: [[2, 330], [4, 360], [6, 360], [8, 360], [10, 360], [4, 360], [1, 300]].map(([ratePerSecond, seconds]) => ({ ratePerSecond, seconds })),
          prompt: { mean: 4000, standardDeviation: 300, lowest: 3500, highest: 4500 },
          output: { mean: 1000, standardDeviation: 80, lowest: 900, highest: 1100 },
        },
      ],
      variants: [{ name: 'h100', profile: 'qwen3-32b-h100-tp2', minReplicas: 3, maxReplicas: 8, initialReplicas: 8, startup: { meanSeconds: 100 } }],
    },
  ],
});

describe('an experiment', () => {
  it('serves the ramp whole with eight replicas, and not with six', () => {
    const [eight, six] = [8, 6].map((replicas) => {
      const [model] = ramp.models;
      if (model === undefined) throw new Error('The ramp has a model.');
      const variants = model.variants.map((variant) => ({ ...variant, initialReplicas: replicas }));
      return runExperiment({ scenario: { ...ramp, models: [{ ...model, variants }] }, policy: findPolicy(`static-${replicas}`), seed: 1 }).scores;
    });
    expect(eight).toMatchObject({ attainment: 1, failed: 0, averageReplicas: 8, peakReplicas: 8, changes: 0 });
    expect(six?.attainment).toBeLessThan(0.7);
    expect(six?.requests).toBe(eight?.requests);
  });
});
