import { describe, expect, it } from 'vitest';
import { modelOf, scaledAt, scene, script } from '../../../test/support/lab/scenes.ts';
import type { ExperimentScenario } from '../scenario/index.ts';
import { capacitiesOf, runExperiment } from './index.ts';
import type { Policy } from '../policies/policy.ts';
import type { PolicyStage } from './index.ts';

const scenario = scene();
const capacities = capacitiesOf(scenario);

function play(of: ExperimentScenario, begin: Parameters<typeof script>[0], seed = 1) {
  return runExperiment({ scenario: of, policy: script(begin), seed, capacities });
}

describe('an experiment', () => {
  it('is the same to the byte for the same seed, and another for another', () => {
    const run = (seed: number) => {
      const faulty = scene({
        ratePerSecond: 5,
        variant: { startup: { meanSeconds: 40, standardDeviationSeconds: 10 }, terminationGraceSeconds: 1 },
        model: { router: { policy: 'scored', flowControl: true } },
        scenario: {
          faults: [
            { kind: 'node-lost', atSeconds: 200, variant: 'v', pods: 1 },
            { kind: 'metrics', how: 'partial', share: 0.5, atSeconds: 100, untilSeconds: 300 },
          ],
        },
      });
      const policy = script((stage) => {
        const telemetry = stage.scrape({ enginesMs: 5000, routerMs: 5000 });
        stage.hpa('0/v', { minReplicas: 1, maxReplicas: 6, metrics: [{ name: 'running', type: 'averageValue', target: 3, read: () => telemetry.routerGauge('running', 0) }] });
      });
      const { wallSeconds, ...rest } = runExperiment({ scenario: faulty, policy, seed, timeline: true, capacities });
      expect(wallSeconds).toBeGreaterThan(0);
      return JSON.stringify(rest);
    };
    expect(run(1)).toBe(run(1));
    expect(run(1)).not.toBe(run(2));
  });

  it('brings two policies the same requests', () => {
    const seen = (replicas: number): string => {
      const arrivals: string[] = [];
      play(scene({ variant: { initialReplicas: replicas } }), (stage) => {
        const load = stage.foresee(0);
        for (let next = load.next(); next !== undefined; next = load.next()) arrivals.push(`${next.atMs} ${next.promptTokens} ${next.generationTokens}`);
      });
      return arrivals.join();
    };
    expect(seen(1)).toBe(seen(3));
    const { scores } = play(scenario, () => {});
    expect(scores.requests).toBe(seen(1).split(',').length);
  });

  it('costs what pods hold: starting and draining too, in GPUs of the profile and its money', () => {
    const big = scene({ variant: { profile: 'qwen3-32b-h100-tp2', costPerHour: 10, initialReplicas: 1 }, ratePerSecond: 0.1 });
    const { scores, variants } = runExperiment({ scenario: big, policy: scaledAt([[100, 3], [400, 1]]), seed: 1, capacities });
    // created at 101 s; gone at 401 s unless one of them still had a request
    const hours = (scores.episodeSeconds + 2 * 300) / 3600;
    expect(scores.replicaHours).toBeGreaterThanOrEqual(hours);
    expect(scores.replicaHours).toBeLessThan(hours + 20 / 3600);
    expect(scores.gpuHours).toBeCloseTo(2 * scores.replicaHours, 9);
    expect(scores.money).toBeCloseTo(10 * scores.replicaHours, 9);
    expect(variants).toEqual([{ variant: '0/v', replicaHours: scores.replicaHours, money: scores.money }]);
    expect(scores).toMatchObject({ peakReplicas: 3, changes: 2, reversals: 1 });
    expect(scores.averageReplicas).toBeCloseTo((scores.episodeSeconds + 600) / scores.episodeSeconds, 3);
  });

  it('counts as a reversal what goes the other way than the change before, and as a change only what changes', () => {
    const { scores } = runExperiment({ scenario, policy: scaledAt([[10, 3], [20, 3], [30, 4], [40, 2], [50, 1], [60, 5]]), seed: 1, capacities });
    expect(scores).toMatchObject({ changes: 5, reversals: 2 });
  });

  it('counts requests that nobody could serve as misses, by how they ended', () => {
    const { scores, models } = play(scene({ variant: { minReplicas: 0, initialReplicas: 0 }, model: { timeoutSeconds: 30 } }), () => {});
    expect(scores.requests).toBeGreaterThan(1000);
    expect(scores).toMatchObject({ completed: 0, failed: scores.requests, attainment: 0, goodputPerSecond: 0, outputTokens: 0, money: 0 });
    expect(scores.ttftSeconds).toBeUndefined();
    expect(models[0]?.scores).toEqual(scores);
  });

  it('lets clients wait for the first pod, and tells a policy that they do', () => {
    const told: number[] = [];
    const { scores } = play(scene({ variant: { minReplicas: 0, initialReplicas: 0 } }), (stage) => {
      const [model] = stage.scenario.models;
      if (model === undefined) return;
      stage.onWaiting(model, () => {
        told.push(stage.now());
        if (stage.replicas('0/v').spec === 0) stage.scale({ variant: '0/v', from: 0, to: 2, why: 'somebody waits' });
      });
    });
    expect(told[0]).toBeLessThan(5000);
    expect(scores.failed).toBe(0);
    expect(scores.ttftSeconds?.p99).toBeGreaterThan(50);
    expect(scores.attainment).toBeGreaterThan(0.85);
    expect(scores.attainment).toBeLessThan(0.95);
  });

  it('stands under need while too few are ready for the load, and over while one could go', () => {
    const [capacity] = Object.values(capacities);
    const rate = (capacity ?? 0) * 2.5;
    const busy = scene({ ratePerSecond: rate, variant: { initialReplicas: 1, minReplicas: 1 } });
    const { scores } = runExperiment({ scenario: busy, policy: scaledAt([[200, 3], [400, 5]]), seed: 1, capacities });
    // three are ready at 260 s, five at 460 s; the load ends at 600 s and its minute later
    expect(scores.underNeedSeconds).toBeGreaterThan(200);
    expect(scores.underNeedSeconds).toBeLessThan(300);
    expect(scores.overNeedSeconds).toBeGreaterThan(130);
  });

  it('ends when what came has ended, or with `floor` when moreover all are back at their minimum, or after half an hour', () => {
    const lasting = (until: 'drained' | 'floor', begin: (stage: PolicyStage) => void): number =>
      play(scene({ scenario: { until } }), begin).scores.episodeSeconds;
    expect(lasting('drained', () => {})).toBeLessThan(615);
    expect(lasting('floor', () => {})).toBe(2400);
    expect(lasting('floor', (stage) => stage.after(900_000, () => stage.scale({ variant: '0/v', from: 2, to: 1, why: 'late' })))).toBe(901);
    const fleet: Policy = { ...scaledAt([]), family: 'static' };
    expect(runExperiment({ scenario: scene({ scenario: { until: 'floor' } }), policy: fleet, seed: 1, capacities }).scores.episodeSeconds).toBeLessThan(615);
  });

  it('keeps a time line of at most 1500 rows, whose columns agree with the scores', () => {
    const { scores, timeline, decisions } = runExperiment({ scenario, policy: scaledAt([[100, 4], [300, 2]]), seed: 1, capacities, timeline: true });
    const [model] = timeline?.models ?? [];
    const [variant] = timeline?.variants ?? [];
    const step = timeline?.stepSeconds ?? 0;
    const rows = model?.arrivalsPerSecond.length ?? 0;
    expect(rows).toBe(Math.floor(scores.episodeSeconds / step));
    expect(rows).toBeLessThanOrEqual(1500);
    for (const column of [...Object.values(model ?? {}), ...Object.values(variant ?? {})]) if (Array.isArray(column)) expect(column).toHaveLength(rows);
    expect((model?.arrivalsPerSecond ?? []).reduce((total, rate) => total + rate * step, 0)).toBeCloseTo(scores.requests, 6);
    expect(model?.offeredPerSecond.slice(0, Math.floor(600 / step)).every((rate) => rate === 2)).toBe(true);
    expect(Math.max(...(variant?.ready ?? []))).toBe(4);
    expect(decisions?.map(({ atSeconds, from, to, why }) => [atSeconds, from, to, why])).toEqual([[100, 2, 4, 'told to'], [300, 4, 2, 'told to']]);
  });

  it('scores models apart and together', () => {
    const two = scene({ scenario: { models: [modelOf({ model: { id: 'a' } }), modelOf({ model: { id: 'b', slo: { ttftSeconds: 1e-6, tpotSeconds: 1 } }, ratePerSecond: 1 })] } });
    const { scores, models } = runExperiment({ scenario: two, policy: script(() => {}), seed: 1, capacities });
    const [a, b] = models.map((each) => each.scores);
    expect([a?.attainment, b?.attainment]).toEqual([1, 0]);
    expect(scores.requests).toBe((a?.requests ?? 0) + (b?.requests ?? 0));
    expect(scores.attainment).toBeCloseTo((a?.requests ?? 0) / scores.requests, 12);
    expect(scores.money).toBeCloseTo((a?.money ?? 0) + (b?.money ?? 0), 12);
    expect(scores.peakReplicas).toBe(4);
  });

  it.each([
    [-1, /asked for -1 replicas of 0\/v/],
    [1.5, /asked for 1.5 replicas/],
    [Number.NaN, /asked for NaN replicas/],
  ])('refuses a policy that asks for %d replicas', (to, message) => {
    expect(() => play(scenario, (stage) => stage.scale({ variant: '0/v', from: 1, to, why: 'a mistake' }))).toThrow(message);
  });

  it('refuses a policy that names what is not there, or asks for samples that are not kept', () => {
    expect(() => play(scenario, (stage) => stage.scale({ variant: 'v', from: 1, to: 1, why: '' }))).toThrow(/named the variant v; there are 0\/v/);
    expect(() => play(scenario, (stage) => stage.scrape({ enginesMs: 5000, routerMs: 5000 }).rate('requests', { model: 0 }, 3_600_000))).toThrow(/kept for 600000 ms/);
    expect(() => play(scenario, (stage) => stage.every(0, () => {}))).toThrow(/every 0 ms/);
    expect(() => play(scenario, (stage) => stage.scrape({ enginesMs: 0, routerMs: 1000 }))).toThrow(/scrape every 0 ms, which is no period/);
    const refusing = { ...script(() => {}), refuses: () => 'there is no router' };
    expect(() => runExperiment({ scenario, policy: refusing, seed: 1, capacities })).toThrow(/script cannot run the scenario scene: there is no router/);
  });
});
