import { describe, expect, it } from 'vitest';
import { modelOf, scene, script } from '../../../test/support/lab/scenes.ts';
import type { ExperimentScenario } from '../scenario/index.ts';
import { capacityAtSlo, capacitiesOf, runExperiment } from './index.ts';
import { needOf, standing } from './needs.ts';
import { stagedVariants } from './stage-variants.ts';

function capacity(scenario: ExperimentScenario, attainment?: number): number {
  const [model] = scenario.models;
  const [variant] = model?.variants ?? [];
  if (model === undefined || variant === undefined) throw new Error('A scene has a variant.');
  return capacityAtSlo(model, variant, attainment === undefined ? {} : { attainment });
}

describe('what a replica carries within its SLOs', () => {
  it('is what it carries in an experiment too: almost all in time below it, and not above', () => {
    const rate = capacity(scene());
    const attained = [0.95, 1.2].map((times) => {
      const scenario = scene({ ratePerSecond: rate * times, variant: { initialReplicas: 1 }, scenario: { durationSeconds: 1200 } });
      return runExperiment({ scenario, policy: script(() => {}), seed: 5, capacities: {} }).scores.attainment;
    });
    expect(attained[0]).toBeGreaterThan(0.985);
    expect(attained[1]).toBeLessThan(0.9);
  });

  it('is more with SLOs that allow more, and with fewer that have to meet them', () => {
    const [tight = 0, loose = 0] = [0.5, 10].map((ttftSeconds) => capacity(scene({ model: { slo: { ttftSeconds, tpotSeconds: 0.1 } } })));
    expect(loose).toBeGreaterThanOrEqual(tight);
    expect(tight).toBeGreaterThan(0);
    const slo = { ttftSeconds: 2, tpotSeconds: 0.014 };
    expect(capacity(scene({ model: { slo } }), 0.5)).toBeGreaterThan(capacity(scene({ model: { slo } }), 0.99));
  });

  it('is nothing where not even a lone request is in time', () => {
    expect(capacity(scene({ model: { slo: { ttftSeconds: 0.001, tpotSeconds: 1 } } }))).toBe(0);
  });

  it('does not ask how much comes, only what it is like', () => {
    expect(capacity(scene({ ratePerSecond: 1 }))).toBe(capacity(scene({ ratePerSecond: 30 })));
  });

  it('is measured for prefill and decode servers each with enough of the others', () => {
    const traffic = [{ kind: 'constant' as const, ratePerSecond: 1, prompt: { mean: 4000 }, output: { mean: 50 } }];
    const variants = (['prefill', 'decode'] as const).map((role) => (
      { name: role, role, profile: 'llama-3.1-8b-h100', minReplicas: 1, maxReplicas: 9, initialReplicas: 1, startup: { meanSeconds: 10 } }
    ));
    const scenario = scene({ scenario: { models: [modelOf({ model: { traffic, variants } })] } });
    const carried = capacitiesOf(scenario);
    // long prompts and short answers: decoding is much the lighter part
    expect(carried['0/decode']).toBeGreaterThan(3 * (carried['0/prefill'] ?? Infinity));
    const staged = stagedVariants(scenario);
    const rate = 2.5 * (carried['0/prefill'] ?? 0);
    const stands = (prefill: number, decode: number) => standing(rate, staged, (key) => (key === '0/prefill' ? prefill : decode), carried);
    expect([stands(2, 5), stands(3, 0), stands(3, 1), stands(4, 1), stands(3, 2)]).toEqual(['under', 'under', 'enough', 'over', 'over']);
  });
});

describe('need', () => {
  const variants = ['a', 'b'].map((name) => ({ name, profile: 'llama-3.1-8b-a100', minReplicas: 0, maxReplicas: 9, initialReplicas: 1, startup: { meanSeconds: 1 } }));
  const two = scene({ scenario: { models: [modelOf({ model: { variants } })] } });
  const capacities = { '0/a': 2, '0/b': 5 };
  const stands = (rate: number, a: number, b: number) => standing(rate, stagedVariants(two), (key) => (key === '0/a' ? a : b), capacities);

  it('is met by variants together, and over when any of them could go', () => {
    expect([stands(6, 1, 1), stands(8, 1, 1), stands(4, 1, 1), stands(0, 0, 0), stands(0, 1, 0)]).toEqual(['enough', 'under', 'over', 'enough', 'over']);
  });

  it('is in whole replicas of one variant, and unknown where one carries nothing', () => {
    expect([needOf(6, '0/a', capacities), needOf(6.1, '0/a', capacities), needOf(0, '0/a', capacities), needOf(1, '0/c', capacities)]).toEqual([3, 4, 0, undefined]);
  });
});
