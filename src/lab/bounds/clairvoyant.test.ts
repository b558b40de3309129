import { describe, expect, it } from 'vitest';
import { scenarioSchema } from '../scenario/index.ts';
import type { ExperimentScenario } from '../scenario/index.ts';
import { capacitiesOf, runExperiment } from '../stage/index.ts';
import { clairvoyant, clairvoyantCurve, type ClairvoyantSettings } from './clairvoyant.ts';

const tokens = { prompt: { mean: 1000, standardDeviation: 100 }, output: { mean: 200, standardDeviation: 20 } };
const cheap = { name: 'l40s', profile: 'llama-3.1-8b-l40s', minReplicas: 1, maxReplicas: 6, initialReplicas: 3, startup: { meanSeconds: 60 } };
const dear = { ...cheap, name: 'h100', profile: 'llama-3.1-8b-h100', minReplicas: 0, maxReplicas: 2, initialReplicas: 0 };

function scenario(ratePerSecond: number, variants: readonly object[]): ExperimentScenario {
  return scenarioSchema.parse({
    name: 'planned', title: 'A small load', description: 'For tests.', usedInDesign: true, durationSeconds: 600,
    models: [{ id: 'llama', slo: { ttftSeconds: 2, tpotSeconds: 0.1 }, traffic: [{ kind: 'constant', ratePerSecond, ...tokens }], variants }],
  });
}

function play(of: ExperimentScenario, settings: ClairvoyantSettings) {
  return runExperiment({ scenario: of, policy: clairvoyant(settings), seed: 1, timeline: true, capacities: capacitiesOf(of) });
}

describe('a plan that knows the future', () => {
  const both = scenario(9, [cheap, dear]);

  it('keeps what is there when the load begins until that which is to replace it can be ready', () => {
    // three L40S carry about 15 a second; three times 9 are 27, which two H100 carry for less than six L40S: but only after 60 s
    const { timeline, decisions = [], scores } = play(both, { reserve: 3, smoothSeconds: 60 });
    const fewer = decisions.filter(({ variant, from, to }) => variant === '0/l40s' && to < from);
    expect(decisions.some(({ variant, to }) => variant === '0/h100' && to > 0)).toBe(true);
    for (const { atSeconds } of fewer) expect(atSeconds).toBeGreaterThanOrEqual(60);
    expect(timeline?.variants[0]?.ready[0]).toBe(3);
    expect(scores.attainment).toBe(1);
  });

  it('can fill the cheapest replicas first', () => {
    const { decisions = [] } = play(both, { reserve: 1.5, smoothSeconds: 60, cheapestFirst: true });
    expect(decisions.filter(({ variant, to }) => variant === '0/h100' && to > 0)).toEqual([]);
  });

  it('does not play the same plan twice where there is no choice', () => {
    const played = (of: ExperimentScenario) => clairvoyantCurve().filter((policy) => policy.refuses(of) === undefined);
    const [one, two] = [played(scenario(9, [cheap])), played(both)];
    expect(two).toHaveLength(2 * one.length);
    expect(clairvoyant({ reserve: 1, smoothSeconds: 30, cheapestFirst: true }).refuses(scenario(9, [cheap]))).toBe('no model has several variants of one role here, so it is the plan clairvoyant@1.00/30s');
  });

  it('pays more for more of the load within the SLOs', () => {
    const alone = scenario(9, [{ ...cheap, initialReplicas: 1 }]);
    const points = [0.7, 1, 1.5].map((reserve) => play(alone, { reserve, smoothSeconds: 30 }).scores);
    for (const [index, { attainment, money }] of points.entries()) {
      const before = points[index - 1];
      if (before === undefined) continue;
      expect(money).toBeGreaterThan(before.money);
      expect(attainment).toBeGreaterThanOrEqual(before.attainment);
    }
    for (const { money, leastMoney } of points) expect(money).toBeGreaterThanOrEqual(leastMoney);
  });
});
