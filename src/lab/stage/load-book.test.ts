import { describe, expect, it } from 'vitest';
import { scene, script } from '../../../test/support/lab/scenes.ts';
import type { ExperimentScenario } from '../scenario/scenario.ts';
import { runExperiment } from './run-experiment.ts';

/** Stays with what there is, which nothing can be cheaper than while everything is in use. */
function stays(scenario: ExperimentScenario): { readonly attainment: number; readonly money: number; readonly leastMoney: number } {
  return runExperiment({ scenario, policy: script(() => {}), seed: 1, capacities: {} }).scores;
}

describe('the least money', () => {
  it('is below what any fleet costs, however near it works to what its engines can do', () => {
    const shares = [60, 100, 110, 120, 125, 130, 135, 140].map((ratePerSecond) => {
      const scores = stays(scene({ ratePerSecond, variant: { minReplicas: 1, initialReplicas: 4 }, scenario: { durationSeconds: 300 } }));
      expect(scores.leastMoney).toBeLessThanOrEqual(scores.money);
      return { ratePerSecond, attainment: scores.attainment, share: scores.leastMoney / scores.money };
    });
    // where the fleet is full and serves nearly all there is not much between the two
    const full = shares.filter(({ attainment }) => attainment > 0.9).at(-1);
    expect(full?.share).toBeGreaterThan(0.6);
  });

  it.each<[string, Parameters<typeof scene>[0] & object]>([
    ['bursts whose answers take longer than they last', { model: { slo: { ttftSeconds: 20, tpotSeconds: 0.2 }, traffic: [{ kind: 'stages', repeat: true, stages: [{ seconds: 20, ratePerSecond: 30 }, { seconds: 100, ratePerSecond: 0 }], prompt: { mean: 200 }, output: { mean: 600 } }] } }],
    ['heavy tails', { model: { traffic: [{ kind: 'constant', ratePerSecond: 6, prompt: { shape: 'lognormal', mean: 600, standardDeviation: 1500, highest: 20_000 }, output: { shape: 'lognormal', mean: 150, standardDeviation: 300, highest: 3000 } }] } }],
    ['prompts that begin alike', { model: { traffic: [{ kind: 'constant', ratePerSecond: 12, prompt: { mean: 3000 }, output: { mean: 60 }, sharedPrefix: { share: 1, prefixes: 2, tokens: 2900 } }] } }],
  ])('is so with %s', (_, options) => {
    for (const initialReplicas of [1, 2, 3, 4]) {
      const { money, leastMoney } = stays(scene({ ...options, variant: { minReplicas: 1, initialReplicas } }));
      expect(leastMoney).toBeLessThanOrEqual(money);
    }
  });

  it('is so with two accelerators, and with prefill and decode apart', () => {
    const own = { minReplicas: 1, maxReplicas: 6, initialReplicas: 1, startup: { meanSeconds: 60 } };
    const variants = [{ name: 'l40s', profile: 'llama-3.1-8b-l40s', ...own }, { name: 'h100', profile: 'llama-3.1-8b-h100', ...own, minReplicas: 0 }];
    const roles = [{ name: 'p', profile: 'llama-3.1-8b-a100', role: 'prefill' as const, ...own }, { name: 'd', profile: 'llama-3.1-8b-a100', role: 'decode' as const, ...own }];
    for (const each of [variants, roles]) for (const ratePerSecond of [6, 12, 18]) {
      const { money, leastMoney } = stays(scene({ ratePerSecond, model: { variants: each } }));
      expect(leastMoney).toBeLessThanOrEqual(money);
      expect(leastMoney).toBeGreaterThan(0);
    }
  });
});
