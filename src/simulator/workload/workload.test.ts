import { describe, expect, it } from 'vitest';
import { createRandom } from '../../runtime/index.ts';
import type { Arrival } from './arrival.ts';
import { openWorkload, readTrace } from './index.ts';
import type { WorkloadSpec } from './index.ts';
import type { TokenShape } from './workload-spec.ts';

const shape = (mean: number, standardDeviation = 0, more: Partial<TokenShape> = {}): TokenShape => ({ shape: 'normal', mean, standardDeviation, lowest: 1, highest: 1e6, ...more });
const drawn = { prompt: shape(100), output: shape(10), arrivals: 'poisson' } as const;
const mean = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0) / values.length;

function take(specs: readonly WorkloadSpec[], untilSeconds: number, seed = 'seed'): readonly Arrival[] {
  const workload = openWorkload(specs, createRandom(seed));
  const arrivals: Arrival[] = [];
  for (let next = workload.next(); next !== undefined && next.atMs < untilSeconds * 1000; next = workload.next()) arrivals.push(next);
  return arrivals;
}

const within = (arrivals: readonly Arrival[], from: number, until: number): number => arrivals.filter(({ atMs }) => atMs >= from * 1000 && atMs < until * 1000).length;

describe('a workload', () => {
  it('has a Poisson process with gaps as wide as they are long on average', () => {
    const arrivals = take([{ kind: 'constant', ratePerSecond: 10, fromSeconds: 0, ...drawn }], 2000);
    const gaps = arrivals.slice(1).map(({ atMs }, index) => atMs - (arrivals[index] as Arrival).atMs);
    expect(Math.abs(arrivals.length - 20_000)).toBeLessThan(4 * Math.sqrt(20_000));
    expect(Math.sqrt(mean(gaps.map((gap) => (gap - 100) ** 2))) / 100).toBeCloseTo(1, 1);
    // memoryless: one of e gaps is longer than the mean
    expect(gaps.filter((gap) => gap > 100).length / gaps.length).toBeCloseTo(Math.exp(-1), 1);
  });

  it('follows a rate that moves in a straight line', () => {
    const specs: WorkloadSpec[] = [{ kind: 'stages', repeat: false, stages: [{ seconds: 1000, ratePerSecond: 0, toPerSecond: 20 }, { seconds: 500, ratePerSecond: 20 }], ...drawn }];
    const arrivals = take(specs, 5000);
    // 2500 of 10 000 in the first half of the rise
    expect(Math.abs(within(arrivals, 0, 500) - 2500)).toBeLessThan(200);
    expect(Math.abs(within(arrivals, 500, 1000) - 7500)).toBeLessThan(350);
    expect(within(arrivals, 1500, 5000)).toBe(0);
    const workload = openWorkload(specs, createRandom(1));
    expect([0, 500_000, 999_999, 1_200_000, 1_500_000, 250_000].map((atMs) => Math.round(workload.offeredPerSecond(atMs)))).toStrictEqual([0, 10, 20, 20, 0, 5]);
  });

  it('counts exactly when asked to, as the load generator of the published ramp does', () => {
    const stages = [[330, 2], [360, 4], [360, 6], [360, 8], [360, 10], [360, 4], [300, 1]].map(([seconds = 0, ratePerSecond = 0]) => ({ seconds, ratePerSecond }));
    const arrivals = take([{ kind: 'stages', repeat: false, stages, ...drawn, arrivals: 'counted' }], 1e6);
    expect(arrivals).toHaveLength(12_480);
    expect(within(arrivals, 0, 330)).toBe(660);
    expect(within(arrivals, 1410, 1770)).toBe(3600);
    const gaps = arrivals.slice(9000, 11_000).map(({ atMs }, index) => atMs - (arrivals[8999 + index] as Arrival).atMs);
    const usual = mean(gaps);
    expect(Math.sqrt(mean(gaps.map((gap) => (gap - usual) ** 2))) / usual).toBeGreaterThan(0.7);
  });

  it('comes evenly when asked to', () => {
    expect(take([{ kind: 'constant', ratePerSecond: 2, fromSeconds: 10, untilSeconds: 12.5, ...drawn, arrivals: 'even' }], 100).map(({ atMs }) => atMs)).toStrictEqual([10_500, 11_000, 11_500, 12_000]);
  });

  it('has a day with its peak where it is told, and noise of mean 1', () => {
    const day = { kind: 'diurnal', lowPerSecond: 1, highPerSecond: 5, periodSeconds: 7200, peakAtSeconds: 1800, ...drawn } as const;
    const plain = openWorkload([day], createRandom(1));
    expect([0, 1800, 3600, 5400, 9000].map((second) => plain.offeredPerSecond(second * 1000))).toStrictEqual([3, 5, 3, 1, 5].map((rate) => expect.closeTo(rate, 2) as unknown));
    const noisy = openWorkload([{ ...day, noise: { standardDeviation: 0.3, correlationSeconds: 200 } }], createRandom(1));
    const ratios = Array.from({ length: 20_000 }, (_, index) => noisy.offeredPerSecond(index * 100_000) / plain.offeredPerSecond(index * 100_000));
    expect(mean(ratios)).toBeCloseTo(1, 1);
    const logs = ratios.map(Math.log);
    const middle = mean(logs);
    expect(Math.sqrt(mean(logs.map((log) => (log - middle) ** 2)))).toBeCloseTo(0.3, 1);
    // half a correlation time apart they are alike to exp(-1/2)
    const apart = mean(logs.slice(1).map((log, index) => (log - middle) * ((logs[index] as number) - middle))) / 0.09;
    expect(apart).toBeCloseTo(Math.exp(-0.5), 1);
  });

  it('has bursts on top of its base, as long and as far apart as told', () => {
    const bursts = openWorkload([{ kind: 'bursts', basePerSecond: 2, burstPerSecond: 8, meanSecondsBetween: 90, burstSeconds: 10, ...drawn }], createRandom(3));
    const seconds = Array.from({ length: 100_000 }, (_, index) => bursts.offeredPerSecond(index * 1000));
    expect(new Set(seconds)).toStrictEqual(new Set([2, 10]));
    expect(seconds.filter((rate) => rate === 10).length / seconds.length).toBeCloseTo(0.1, 1);
  });

  it('asks for nothing where nothing is asked for, and does not search for ever', () => {
    for (const load of [
      { kind: 'stages', repeat: true, stages: [{ seconds: 10, ratePerSecond: 0 }] },
      { kind: 'constant', ratePerSecond: 0, fromSeconds: 0 },
      { kind: 'bursts', basePerSecond: 0, burstPerSecond: 0, meanSecondsBetween: 1, burstSeconds: 1 },
      { kind: 'diurnal', lowPerSecond: 0, highPerSecond: 0, periodSeconds: 10, peakAtSeconds: 0 },
    ] as const) {
      const workload = openWorkload([{ ...load, ...drawn }], createRandom(1));
      expect(workload.next()).toBeUndefined();
      expect(workload.offeredPerSecond(5000)).toBe(0);
    }
  });

  it('draws tokens around their mean and within their bounds, in both shapes', () => {
    for (const name of ['normal', 'lognormal'] as const) {
      const tokens = take([{ kind: 'constant', ratePerSecond: 100, fromSeconds: 0, ...drawn, prompt: shape(1000, 300, { shape: name, lowest: 200, highest: 3000 }) }], 300).map(({ promptTokens }) => promptTokens);
      expect(Math.abs(mean(tokens) - 1000)).toBeLessThan(10);
      expect(Math.abs(Math.sqrt(mean(tokens.map((each) => (each - 1000) ** 2))) - 300)).toBeLessThan(12);
      expect(Math.min(...tokens)).toBeGreaterThanOrEqual(200);
      expect(Math.max(...tokens)).toBeLessThanOrEqual(3000);
      expect(tokens.every(Number.isInteger)).toBe(true);
    }
  });

  it("shares beginnings by Zipf's law, with ids that no other source has", () => {
    const source = { kind: 'constant', ratePerSecond: 100, fromSeconds: 0, ...drawn, prompt: shape(100, 40), sharedPrefix: { share: 0.8, prefixes: 10, tokens: 90, zipfExponent: 1 } } as const;
    const prefixes = take([source], 300).map(({ prefix }) => prefix);
    expect(prefixes.filter((prefix) => prefix !== undefined).length / prefixes.length).toBeCloseTo(0.8, 1);
    const times = (id: number): number => prefixes.filter((prefix) => prefix?.id === id).length;
    expect(times(0) / times(4)).toBeGreaterThan(4);
    expect(times(0) / times(4)).toBeLessThan(6);
    expect(take([source], 300).every(({ prefix, promptTokens }) => prefix === undefined || prefix.tokens === Math.min(90, promptTokens))).toBe(true);
    const ids = new Set(take([source, source], 100).map(({ prefix }) => prefix?.id ?? 0));
    expect(Math.max(...ids)).toBe(19);
  });

  it('merges its sources in the order of time, and each keeps its own chance', () => {
    const a: WorkloadSpec = { kind: 'constant', ratePerSecond: 5, fromSeconds: 0, ...drawn, prompt: shape(1) };
    const b: WorkloadSpec = { kind: 'constant', ratePerSecond: 3, fromSeconds: 50, ...drawn, prompt: shape(2) };
    const both = take([a, b], 200);
    expect(both.map(({ atMs }) => atMs)).toStrictEqual(both.map(({ atMs }) => atMs).toSorted((x, y) => x - y));
    expect(both.filter(({ promptTokens }) => promptTokens === 1)).toStrictEqual(take([a], 200));
    expect(openWorkload([a, b], createRandom(1)).offeredPerSecond(60_000)).toBe(8);
  });

  it('is the same for the same seed, and another for another', () => {
    const spec: WorkloadSpec = { kind: 'bursts', basePerSecond: 2, burstPerSecond: 8, meanSecondsBetween: 90, burstSeconds: 10, ...drawn, prompt: shape(100, 20) };
    expect(take([spec], 500, 'a')).toStrictEqual(take([spec], 500, 'a'));
    expect(take([spec], 500, 'b')).not.toStrictEqual(take([spec], 500, 'a'));
  });

  it('needs traces where it plays one', () => {
    expect(() => openWorkload([{ kind: 'trace', file: 't', format: 'burstgpt', rateFactor: 1, timeFactor: 1, fromSeconds: 0, repeat: false }], createRandom(1))).toThrow(/opened without traces/);
  });
});

describe('a trace that is played', () => {
  // one request every 10 s for 1000 s, prompts of 1, 2, 3... tokens
  const lines = Array.from({ length: 100 }, (_, index) => `${index * 10},m,${index + 1},5,0,log`).join('\n');
  const records = readTrace(`Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n${lines}\n`, 'burstgpt', 'ten.csv');
  const plain = { kind: 'trace', file: 'ten.csv', format: 'burstgpt', rateFactor: 1, timeFactor: 1, fromSeconds: 0, repeat: false } as const;
  const play = (more: object): { readonly arrivals: readonly Arrival[]; readonly offered: (atMs: number) => number } => {
    const workload = openWorkload([{ ...plain, ...more }], createRandom('trace'), () => records);
    const arrivals: Arrival[] = [];
    for (let next = workload.next(); next !== undefined && arrivals.length < 5000; next = workload.next()) arrivals.push(next);
    return { arrivals, offered: (atMs) => workload.offeredPerSecond(atMs) };
  };

  it('comes as it was recorded', () => {
    const { arrivals, offered } = play({});
    expect(arrivals).toHaveLength(100);
    expect(arrivals[3]).toStrictEqual({ atMs: 30_000, promptTokens: 4, generationTokens: 5 });
    expect(offered(500_000)).toBeCloseTo(0.1);
    expect(offered(1_001_000)).toBe(0);
  });

  it('is cut, stretched and repeated', () => {
    const { arrivals } = play({ fromSeconds: 100, untilSeconds: 200, timeFactor: 2, repeat: true });
    expect(arrivals.slice(0, 3).map(({ atMs, promptTokens }) => [atMs, promptTokens])).toStrictEqual([[0, 11], [20_000, 12], [40_000, 13]]);
    expect(arrivals[10]).toStrictEqual({ atMs: 200_000, promptTokens: 11, generationTokens: 5 });
    expect(arrivals).toHaveLength(5000);
    // without an end of its own it goes on after the mean time between two
    expect(play({ repeat: true }).arrivals[100]?.atMs).toBe(1_000_000);
  });

  it('becomes denser around each request, with lengths from nearby', () => {
    const { arrivals, offered } = play({ rateFactor: 4.5 });
    expect(Math.abs(arrivals.length - 450)).toBeLessThan(20);
    expect(arrivals.map(({ atMs }) => atMs)).toStrictEqual(arrivals.map(({ atMs }) => atMs).toSorted((x, y) => x - y));
    expect(arrivals.every(({ atMs }) => Math.abs(atMs - Math.round(atMs / 10_000) * 10_000) <= 500)).toBe(true);
    expect(arrivals.every(({ atMs, promptTokens }) => Math.abs(promptTokens - 1 - Math.round(atMs / 10_000)) <= 32)).toBe(true);
    expect(new Set(arrivals.filter(({ atMs }) => Math.abs(atMs - 500_000) <= 500).map(({ promptTokens }) => promptTokens)).size).toBeGreaterThan(2);
    expect(offered(500_000)).toBeCloseTo(0.45);
  });

  it('becomes thinner by chance', () => {
    expect(Math.abs(play({ rateFactor: 0.5 }).arrivals.length - 50)).toBeLessThan(20);
  });
});
