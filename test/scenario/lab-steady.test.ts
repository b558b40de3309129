import { describe, expect, it } from 'vitest';
import { findPolicy } from '../../src/lab/policies/index.ts';
import { shippedScenarios } from '../../src/lab/scenario/index.ts';
import { runExperiment } from '../../src/lab/stage/index.ts';

describe('a day of a constant rate, at which two replicas are nearly full and three are enough', () => {
  const [scenario] = shippedScenarios().filter(({ name }) => name === 'constant-noise');

  it.each([4, 6, 8])('is left alone once it is known, with the chance of seed %i in arrivals and lengths', (seed) => {
    if (scenario === undefined) throw new Error('It is shipped.');
    const models = scenario.models.map((model) => ({
      ...model,
      traffic: model.traffic.map((traffic) => {
        if (traffic.kind !== 'diurnal') throw new Error('It is a sine.');
        const { noise: _, ...even } = traffic;
        return { ...even, lowPerSecond: 1.6, highPerSecond: 1.6 };
      }),
    }));
    const { scores, decisions = [] } = runExperiment({ scenario: { ...scenario, models }, seed, policy: findPolicy('wva'), timeline: true });
    const changes = decisions.filter(({ atSeconds, from, to }) => from !== to && atSeconds < scenario.durationSeconds);
    expect(scores.attainment).toBeGreaterThan(0.999);
    // in the first hour nobody knows whether it grows
    expect(changes.filter(({ atSeconds }) => atSeconds > 3600)).toEqual([]);
  }, 60_000);
});
