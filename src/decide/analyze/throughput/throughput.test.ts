import { describe, expect, it } from 'vitest';
import { readingsOf } from '../../../../test/support/decide/scene.ts';
import { requestsOf } from '../requests.ts';
import { healthOf } from './health.ts';
import { fitLaw, fitSlope, itlAt, usualBase, type ItlSample } from './itl-law.ts';
import { localTokensPerSecond, queuedTokensPerSecond, tokensPerSecond } from './velocity.ts';
import { hasChanged, isReady, samplesIn, tokensPerRequest, withSamples } from './window.ts';

const nowMs = Date.UTC(2026, 0, 5, 12);
const law = { slope: 0.073, base: 0.006 };
const requests = { promptTokens: 5000, generationTokens: 200, hitFraction: 0.1 };
const onLine = (uses: readonly number[], { slope, base } = law): ItlSample[] => uses.map((use) => [use, itlAt({ slope, base }, use)]);
const points = [0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65];

describe('a replica with a cache of 1 024 000 tokens, prompts of 5000 of which a tenth is cached, answers of 200', () => {
  it('holds 4600 tokens a request and gives 2780.6 tokens a second at 0.85', () => {
    expect(tokensPerRequest(requests)).toBe(4600);
    expect(tokensPerRequest({ ...requests, hitFraction: 0.3 })).toBe(3600);
    expect(itlAt(law, 0.85)).toBeCloseTo(0.06805);
    expect((0.85 * 1_024_000) / 4600).toBeCloseTo(189.217, 3);
    expect(tokensPerSecond(law, 0.85, 1_024_000, 4600)).toBeCloseTo(2780.564, 3);
  });

  it('seems to give 2806.6 at 0.95, by its use alone', () => {
    expect(localTokensPerSecond(law, 0.95, 1_024_000, 4600, 200)).toBeCloseTo(2806.61, 2);
  });

  it.each([
    [0.95, 1_024_000, 5],
    [NaN, 1_024_000, 200],
    [1.5, 1_024_000, 200],
    [0.95, 0, 200],
  ])('seems to give nothing that could be told by a use of %d, %d tokens of cache and answers of %d', (use, capacity, generationTokens) => {
    expect(localTokensPerSecond(law, use, capacity, 4600, generationTokens)).toBe(0);
    expect(localTokensPerSecond({ slope: -1, base: 0 }, use, capacity, 4600, 200)).toBe(0);
  });

  it('of other sizes gives by its size', () => {
    const flat = { slope: 0, base: 0.05 };
    expect([65_536, 131_072].map((size) => tokensPerSecond(flat, 0.85, size, 1024))).toEqual([expect.closeTo(1088, 6), expect.closeTo(2176, 6)]);
  });
});

describe('tokens a second for what waits', () => {
  it.each([
    [100, 0.05, 1000],
    [100, 0.06805, 734.754],
    [450, 0.06805, 3306.39],
    [0, 0.05, 0],
    [100, 0, 0],
  ])('%d requests at %d s: %d', (waiting, itl, expected) => {
    expect(queuedTokensPerSecond(waiting, itl)).toBeCloseTo(expected, 2);
  });
});

describe('the line of time between tokens', () => {
  it('goes through what was seen', () => {
    expect(fitLaw(onLine([0.2, 0.8], { slope: 0.05, base: 0.008 }), 0.85)).toEqual({ slope: expect.closeTo(0.05, 9), base: expect.closeTo(0.008, 9) });
    const noisy = onLine([0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.25, 0.35, 0.45, 0.55]).map(([use, itl]): ItlSample => [use, itl + (use === 0.2 ? 0.002 : use === 0.7 ? -0.003 : 0)]);
    expect(fitLaw(noisy, 0.85)).toEqual({ slope: expect.closeTo(0.0675022, 6), base: expect.closeTo(0.0082641, 6) });
  });

  it('through a known base has one slope', () => {
    expect(fitSlope([[0.2, 0.0206], [0.8, 0.0644]], usualBase, 0.85)).toEqual({ slope: expect.closeTo(0.073, 9), base: 0.006 });
    expect(fitSlope([[0, 0.01], [0.5, 0]], usualBase, 0.85)).toBeUndefined();
  });

  it.each<[string, ItlSample[]]>([
    ['one use only', [[0.4, 0.02], [0.4, 0.03]]],
    ['times that fall with use', [[0.2, 0.05], [0.8, 0.02]]],
    ['times that do not depend on it', [[0.2, 0.05], [0.8, 0.05]]],
    ['no samples', []],
    ['times that are no numbers', [[0.2, NaN], [0.8, 0.02]]],
    ['times without end', [[0.2, 0.01], [0.8, Infinity]]],
    ['a time below zero at saturation', [[0.2, -0.9], [0.8, -0.5]]],
  ])('is none for %s', (_, samples) => {
    expect(fitLaw(samples, 0.85)).toBeUndefined();
  });
});

describe('the window of samples', () => {
  const window = withSamples([], onLine(points), nowMs);

  it('means something with ten of them, 0.3 apart', () => {
    expect(isReady(samplesIn(window))).toBe(true);
    expect(isReady(onLine(points.slice(1)))).toBe(false);
    expect(isReady(onLine(points.map((use) => use / 2)))).toBe(false);
    expect(isReady(onLine([0.2, ...points.slice(1, 9).map(() => 0.3), 0.5]))).toBe(true);
  });

  it.each([[0.5, 0], [0.5, -0.001], [0.5, NaN], [0.14, 0.02], [0.86, 0.02], [NaN, 0.02]])('does not take a use of %d with %d s', (use, itl) => {
    expect(withSamples([], [[use, itl]], nowMs)).toEqual([]);
  });

  it('takes both ends of its range', () => {
    expect(samplesIn(withSamples([], [[0.15, 0.02], [0.85, 0.05]], nowMs)).length).toBe(2);
  });

  it('keeps twenty, and half an hour', () => {
    const twice = withSamples(withSamples(window, onLine(points), nowMs + 60_000), onLine([0.7]), nowMs + 120_000);
    expect(samplesIn(twice).length).toBe(20);
    expect(samplesIn(twice)[0]?.[0]).toBe(0.25);
    expect(samplesIn(withSamples(window, [], nowMs + 600_000)).length).toBe(10);
    expect(samplesIn(withSamples(window, [], nowMs + 2_100_000)).length).toBe(0);
  });
});

describe('requests', () => {
  it.each([
    [{ promptTokens: 6000, generationTokens: 200 }, false],
    [{ promptTokens: 6100, generationTokens: 200 }, true],
    [{ promptTokens: 3900, generationTokens: 200 }, true],
    [{ promptTokens: 5000, generationTokens: 245 }, true],
    // what the prefix cache finds changes what a request holds
    [{ promptTokens: 5000, generationTokens: 200, hitFraction: 0.4 }, true],
  ])('of %j are others: %s', (now, expected) => {
    expect(hasChanged(requests, { ...requests, ...now })).toBe(expected);
  });

  const replica = (rate: number | undefined, prompt: number, generation: number, hit: number) =>
    readingsOf({ meanPromptTokens: prompt, meanGenerationTokens: generation, prefixHitFraction: hit, ...(rate !== undefined && { completionsPerSecond: rate }) });

  it.each([
    [[1, 3], [2500, 500, 0.4]],
    [[0, 2], [3000, 600, 0.5]],
    [[0, 0], [2000, 400, 0.3]],
    [[undefined, undefined], [2000, 400, 0.3]],
  ])('of replicas with %j a second', (rates, [promptTokens, generationTokens, hitFraction]) => {
    const found = requestsOf([replica(rates[0], 1000, 200, 0.1), replica(rates[1], 3000, 600, 0.5)]);
    expect(found).toEqual({ promptTokens, generationTokens, hitFraction: expect.closeTo(hitFraction as number, 9) });
  });

  it('of nobody are not known', () => {
    expect(requestsOf([])).toBeUndefined();
  });
});

describe('what is learned from', () => {
  const good = { kvUsedFraction: 0.4, kvCapacityTokens: 65_536, itlSeconds: 0.02, meanPromptTokens: 500, meanGenerationTokens: 100 };
  it.each<[Partial<typeof good>, string]>([
    [{ kvCapacityTokens: 0 }, 'cache size unknown'],
    [{ kvCapacityTokens: -1 }, 'cache size unknown'],
    [{ kvUsedFraction: -0.01 }, 'cache use unknown'],
    [{ kvUsedFraction: 1.01 }, 'cache use unknown'],
    [{ kvUsedFraction: NaN }, 'cache use unknown'],
    [{ itlSeconds: 0 }, 'time between tokens unknown'],
    [{ itlSeconds: -0.001 }, 'time between tokens unknown'],
    [{ itlSeconds: NaN }, 'time between tokens unknown'],
    [{ meanPromptTokens: 1 }, 'length of requests unknown'],
    [{ meanPromptTokens: 0 }, 'length of requests unknown'],
    [{ meanPromptTokens: NaN }, 'length of requests unknown'],
    [{ meanGenerationTokens: 1 }, 'length of requests unknown'],
    [{ meanGenerationTokens: 0 }, 'length of requests unknown'],
    [{ meanGenerationTokens: NaN }, 'length of requests unknown'],
  ])('not a replica with %j: %s', (odd, expected) => {
    expect(healthOf(readingsOf({ ...good, ...odd }), undefined)).toBe(expected);
  });

  it('an empty and a full cache are fine, and an old reading is not', () => {
    for (const kvUsedFraction of [0, 1]) expect(healthOf(readingsOf({ ...good, kvUsedFraction }), undefined)).toMatchObject({ kvUsedFraction });
    expect(healthOf({ ...readingsOf(good), itlSeconds: { kind: 'stale', value: 0.02, atMs: nowMs - 90_000, ageMs: 90_000 } }, undefined)).toBe('metrics stale');
  });
});
