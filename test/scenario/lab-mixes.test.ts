import { describe, expect, it } from 'vitest';
import { ourPolicy } from '../../src/lab/policies/ours/index.ts';
import { shippedScenarios, type ExperimentScenario } from '../../src/lab/scenario/index.ts';
import { runExperiment } from '../../src/lab/stage/index.ts';
import type { CycleRecord } from '../../src/model/index.ts';

type Model = ExperimentScenario['models'][number];

/** A shipped scenario with another model in it. */
function shipped(name: string, changed: (model: Model) => Model): ExperimentScenario {
  const scenario = shippedScenarios().find((one) => one.name === name);
  if (scenario === undefined) throw new Error('It is shipped.');
  return { ...scenario, models: scenario.models.map(changed) };
}

function played(scenario: ExperimentScenario, seed: number, onCycle: (record: CycleRecord) => void = () => undefined): ReturnType<typeof runExperiment>['scores'] {
  return runExperiment({ scenario, seed, policy: ourPolicy({ onCycle }) }).scores;
}

describe('slow and fast replicas behind one router', () => {
  // half of what the load needs is there of the slow kind at the most, so both have to stand side by side
  it.each(['least-loaded', 'round-robin', 'scored'] as const)('are enough behind a router that is %s', (policy) => {
    const scenario = shipped('two-accelerators', (model) => ({ ...model, router: { ...model.router, policy }, variants: model.variants.map((variant) => (variant.name === 'l40s' ? { ...variant, maxReplicas: 4 } : variant)) }));
    // added up they would be thought to carry a third more than they do in turn, and three of four requests would be in time
    expect(played(scenario, 1).attainment).toBeGreaterThan(0.99);
  });
});

describe('a dear replica that is taken when the cheap ones have no more room', () => {
  it('is not taken for one look at a load that the cheap ones carry', () => {
    let most = 0;
    const { money } = played(shipped('two-accelerators-long', (model) => model), 6, ({ decisions }) => {
      for (const { variant, desired = 0 } of decisions) if (variant.name.includes('mi300x')) most = Math.max(most, desired);
    });
    expect(most).toBe(0);
    expect(money).toBeLessThan(8.5);
  });
});
