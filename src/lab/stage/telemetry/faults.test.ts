import { describe, expect, it } from 'vitest';
import { scaledAt, scene, script } from '../../../../test/support/lab/scenes.ts';
import type { ScenarioFault } from '../../scenario/index.ts';
import { runExperiment } from '../index.ts';
import type { PolicyStage, Telemetry } from '../index.ts';

type MetricFault = Omit<Extract<ScenarioFault, { kind: 'metrics' }>, 'kind' | 'of'> & { readonly of?: 'engines' | 'router' | 'all' };

/** Looks at the same world through a clear Prometheus and through one with the fault from 200 s to 400 s; scraped every 5 s. */
function look<T>(
  fault: Partial<MetricFault> & Pick<MetricFault, 'how'>,
  atSeconds: number,
  ask: (telemetry: Telemetry, stage: PolicyStage) => T,
  initialReplicas = 4,
): { readonly clear: T; readonly bent: T } {
  const [clear, bent] = [[], [{ kind: 'metrics' as const, atSeconds: 200, untilSeconds: 400, ...fault }]].map((faults) => {
    const found: T[] = [];
    const policy = script((stage) => {
      const telemetry = stage.scrape({ enginesMs: 5000, routerMs: 5000 });
      stage.after(atSeconds * 1000, () => found.push(ask(telemetry, stage)));
    });
    runExperiment({ scenario: scene({ ratePerSecond: 8, variant: { initialReplicas }, scenario: { faults } }), policy, seed: 7, capacities: {} });
    return found[0] as T;
  });
  return { clear, bent } as { readonly clear: T; readonly bent: T };
}

const all = { model: 0 };

describe('metrics that are', () => {
  it('lost say nothing at once, and what was said before fades out of windows', () => {
    const ask = (telemetry: Telemetry) => [telemetry.pods(all).length, telemetry.routerGauge('running', 0), telemetry.rate('requests', all, 60_000) !== undefined];
    expect(look({ how: 'lost' }, 210, ask).bent).toEqual([0, undefined, true]);
    expect(look({ how: 'lost' }, 270, ask).bent).toEqual([0, undefined, false]);
    expect(look({ how: 'lost' }, 390, ask).clear).toEqual([4, expect.any(Number), true]);
    expect(look({ how: 'lost' }, 399, ask).bent).toEqual([0, undefined, false]);
    expect(look({ how: 'lost' }, 411, ask).bent).toEqual([4, expect.any(Number), true]);
    expect(look({ how: 'lost' }, 470, ask)).toMatchObject({ bent: look({ how: 'lost' }, 470, ask).clear });
  });

  it('lost of engines only leave the router clear, and the other way round', () => {
    const ask = (telemetry: Telemetry) => [telemetry.gauge('running', all).size, telemetry.routerGauge('readyPods', 0)];
    expect(look({ how: 'lost', of: 'engines' }, 300, ask).bent).toEqual([0, 4]);
    expect(look({ how: 'lost', of: 'router' }, 300, ask).bent).toEqual([4, undefined]);
  });

  it('partial miss the same pods all the time', () => {
    const ask = (telemetry: Telemetry) => telemetry.pods(all);
    const early = look({ how: 'partial', share: 0.5 }, 250, ask, 10).bent;
    expect(early.length).toBeGreaterThan(1);
    expect(early.length).toBeLessThan(9);
    expect(look({ how: 'partial', share: 0.5 }, 390, ask, 10).bent).toEqual(early);
    expect(look({ how: 'partial', share: 0.5 }, 410, ask, 10).bent).toHaveLength(10);
  });

  it('late tell what was true a while ago, with its own time', () => {
    const ask = (telemetry: Telemetry, stage: PolicyStage) => telemetry.samples(all).map(({ pod, atMs, counters }) => ({ pod, ageMs: stage.now() - atMs, requests: counters.requests }));
    const { bent } = look({ how: 'late', seconds: 60 }, 300, ask);
    const before = look({ how: 'late', seconds: 60 }, 240, ask).clear;
    expect(bent.map(({ requests }) => requests)).toEqual(before.map(({ requests }) => requests));
    for (const { ageMs } of bent) {
      expect(ageMs).toBeGreaterThanOrEqual(60_000);
      expect(ageMs).toBeLessThan(65_001);
    }
  });

  it('frozen repeat what was true when it began, as if it were new', () => {
    const ask = (telemetry: Telemetry, stage: PolicyStage) =>
      telemetry.samples(all).map(({ atMs, counters, totals }) => ({ fresh: stage.now() - atMs <= 5000, requests: counters.requests, ttft: totals.ttft.count }));
    const early = look({ how: 'frozen' }, 210, ask).bent;
    expect(look({ how: 'frozen' }, 390, ask).bent).toEqual(early);
    expect(early.every(({ fresh }) => fresh)).toBe(true);
    const rates = look({ how: 'frozen' }, 390, (telemetry) => [telemetry.rate('requests', all, 60_000), telemetry.quantile(0.9, 'ttft', all, 60_000)]);
    expect(rates.bent).toEqual([0, undefined]);
    expect(rates.clear[0]).toBeGreaterThan(6);
  });

  it('lying tell so many times the truth of gauges and rates, and no counter goes back when they stop', () => {
    const rates = (telemetry: Telemetry) => [telemetry.rate('requests', all, 60_000) ?? 0, telemetry.routerRate('promptTokens', 0, 60_000) ?? 0];
    for (const factor of [0.25, 3]) {
      const { clear, bent } = look({ how: 'lying', factor }, 390, rates);
      for (const [index, rate] of bent.entries()) expect(rate / (clear[index] ?? 0)).toBeCloseTo(factor, 6);
      const after = look({ how: 'lying', factor }, 500, rates);
      for (const [index, rate] of after.bent.entries()) expect(rate / (after.clear[index] ?? 0)).toBeCloseTo(1, 6);
      const gauges = look({ how: 'lying', factor }, 300, (telemetry) => [...telemetry.gauge('running', all).values()]);
      expect(gauges.bent).toEqual(gauges.clear.map((value) => value * factor));
      // rates of all buckets are bent alike, so what they are the quantile of is not
      const quantiles = look({ how: 'lying', factor }, 390, (telemetry) => telemetry.quantile(0.9, 'endToEnd', all, 60_000) ?? 0);
      expect(quantiles.bent).toBeCloseTo(quantiles.clear, 6);
    }
  });
});

describe('scrapes', () => {
  it('find a pod when it is ready, each at its own place in the period, and lose it when it is gone', () => {
    const found: (readonly string[])[] = [];
    const times = new Set<number>();
    const policy = script((stage) => {
      scaledAt([[100, 6], [300, 2]]).begin(stage);
      const telemetry = stage.scrape({ enginesMs: 15_000, routerMs: 5000 });
      for (const atSeconds of [99, 155, 176, 299, 330]) stage.after(atSeconds * 1000, () => found.push(telemetry.pods(all)));
      stage.after(299_000, () => telemetry.samples(all).forEach(({ atMs }) => times.add(atMs % 15_000)));
      stage.after(330_000, () => found.push([String(telemetry.rateByPod('requests', all, 60_000).size)]));
    });
    runExperiment({ scenario: scene({ ratePerSecond: 8 }), policy, seed: 1, capacities: {} });
    expect(found.map((pods) => pods.length)).toEqual([2, 2, 6, 6, 2, 1]);
    expect(times.size).toBe(6);
    // a window still sees those that are gone
    expect(found.at(-1)).toEqual(['6']);
  });

  it('know nothing before the first of them', () => {
    const ask = (telemetry: Telemetry) =>
      [telemetry.pods(all).length, telemetry.rate('requests', all, 60_000), telemetry.quantile(0.5, 'ttft', all, 60_000), telemetry.routerAverage('running', 0, 60_000)];
    expect(look({ how: 'lost' }, 0, ask).clear).toEqual([0, undefined, undefined, undefined]);
  });
});
