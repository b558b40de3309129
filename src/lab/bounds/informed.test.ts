import { describe, expect, it } from 'vitest';
import { scenarioSchema, type ExperimentScenario } from '../scenario/index.ts';
import { capacitiesOf, runExperiment } from '../stage/index.ts';
import { informed, type InformedSettings } from './informed.ts';

const tokens = { prompt: { mean: 1000, standardDeviation: 100 }, output: { mean: 200, standardDeviation: 20 } };
const plain: InformedSettings = { reserve: 1, spare: 0, keepSeconds: 180, trend: false };

function scenario(stages: readonly { readonly seconds: number; readonly ratePerSecond: number }[]): ExperimentScenario {
  return scenarioSchema.parse({
    name: 'known-now', title: 'Stages', description: 'For tests.', usedInDesign: true, durationSeconds: stages.reduce((total, { seconds }) => total + seconds, 0),
    models: [{
      id: 'llama', slo: { ttftSeconds: 2, tpotSeconds: 0.1 }, traffic: [{ kind: 'stages', stages, ...tokens }],
      variants: [{ name: 'l40s', profile: 'llama-3.1-8b-l40s', minReplicas: 1, maxReplicas: 8, initialReplicas: 2, startup: { meanSeconds: 60 } }],
    }],
  });
}

function changes(of: ExperimentScenario, settings: InformedSettings = plain): readonly { readonly atSeconds: number; readonly from: number; readonly to: number }[] {
  const { decisions = [] } = runExperiment({ scenario: of, policy: informed(settings), seed: 1, timeline: true, capacities: capacitiesOf(of) });
  return decisions.map(({ atSeconds, from, to }) => ({ atSeconds, from, to }));
}

describe('a rule that knows the present', () => {
  // a replica carries about five a second
  const stays = scenario([{ seconds: 600, ratePerSecond: 8 }, { seconds: 600, ratePerSecond: 8 }]);
  const climbs = scenario([{ seconds: 600, ratePerSecond: 8 }, { seconds: 600, ratePerSecond: 24 }]);

  it('does the same until the loads differ, whatever comes after', () => {
    const before = (list: ReturnType<typeof changes>) => list.filter(({ atSeconds }) => atSeconds <= 600);
    expect(before(changes(climbs))).toEqual(before(changes(stays)));
    const first = changes(climbs).find(({ atSeconds, to, from }) => atSeconds > 600 && to > from);
    // the first bin of the new load tells: a clairvoyant plan would have asked a minute before
    expect(first?.atSeconds).toBeGreaterThan(600);
    expect(first?.atSeconds).toBeLessThanOrEqual(630);
  });

  it('keeps replicas for as long as it is told, and lets them go then', () => {
    const falls = scenario([{ seconds: 300, ratePerSecond: 24 }, { seconds: 1500, ratePerSecond: 3 }]);
    const firstLess = (keepSeconds: number): number => changes(falls, { ...plain, keepSeconds }).find(({ atSeconds, from, to }) => atSeconds > 300 && to < from)?.atSeconds ?? Infinity;
    const soon = firstLess(180);
    // the mean of a minute that ends a minute after the fall has nothing of before
    expect(soon).toBeLessThanOrEqual(300 + 60 + 180);
    expect(firstLess(900) - soon).toBe(720);
  });

  it('has more with a reserve, with spare replicas, and where the load grows with a trend', () => {
    const grows = scenario(Array.from({ length: 10 }, (_, stage) => ({ seconds: 60, ratePerSecond: 4 + 2 * stage })));
    const most = (settings: Partial<InformedSettings>): number => Math.max(...changes(grows, { ...plain, ...settings }).map(({ to }) => to));
    const firstFour = (settings: Partial<InformedSettings>): number => changes(grows, { ...plain, ...settings }).find(({ to }) => to >= 4)?.atSeconds ?? Infinity;
    expect(most({ spare: 1 })).toBe(most({}) + 1);
    expect(firstFour({ reserve: 2 })).toBeLessThan(firstFour({}));
    // by as much as pods take to start
    expect(firstFour({}) - firstFour({ trend: true })).toBeGreaterThan(20);
  });
});
