import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../../model/index.ts';
import type { IterationLaw } from '../../learn/iteration-law.ts';
import type { Shape } from '../../learn/shape.ts';
import { carriedBy, secondsUntilFull, type Outlook } from './headroom.ts';
import { deviationsOf, limitsOf, sequencesAt } from './limits.ts';

// Qwen3-32B on two H100, and the requests of the published ramp: about 1.35 requests/s when its cache is full
const law: IterationLaw = { baseMs: 15.5, perSequenceMs: 0.05, perResidentMs: 0.049, perPromptMs: 60, windows: 100, deviationAt: () => 0 };
const shape: Shape = { promptTokens: 4000, generationTokens: 1000, hitFraction: 0, promptVariation: 0.01, tokensPerSequence: 4500, requests: 100 };
const slo = { ttftSeconds: 3, itlSeconds: 0.1, attainment: 0.99 };
const limits = limitsOf(law, shape, 313_000, slo, defaultPolicy.saturation, 1024);
const calm: Outlook = { riseShare: 0, horizonSeconds: 130, replicas: 5, deviations: 2.33 };

describe('the limits of a replica', () => {
  it('are the cache where answers are long, and give what published runs settle at', () => {
    expect(limits.by).toBe('KvCache');
    expect(limits.sequences).toBeCloseTo(68, 0);
    expect(limits.perSecond).toBeGreaterThan(1.25);
    expect(limits.perSecond).toBeLessThan(1.5);
  });

  it.each([
    ['InterTokenLatency', { ...slo, itlSeconds: 0.025 }, shape],
    ['Prefill', { ttftSeconds: 1, attainment: 0.99 }, { ...shape, generationTokens: 20, tokensPerSequence: 4010 }],
    ['KvCache', { attainment: 0.99 }, shape],
  ] as const)('are %s where that binds', (by, targets, requests) => {
    expect(limitsOf(law, requests, 313_000, targets, defaultPolicy.saturation, 1024).by).toBe(by);
  });

  it('knows the normal quantiles', () => {
    for (const [share, quantile] of [[0.5, 0], [0.9, 1.2816], [0.95, 1.6449], [0.99, 2.3263], [0.999, 3.0902]] as const) expect(deviationsOf(share)).toBeCloseTo(quantile, 2);
  });
});

describe('what a replica may be given', () => {
  it('is less with less company, with a rise ahead, and with a longer way to help', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 3, noNaN: true }), fc.integer({ min: 20, max: 600 }), fc.integer({ min: 1, max: 50 }), (riseShare, horizonSeconds, replicas) => {
        const outlook = { riseShare, horizonSeconds, replicas, deviations: 2.33 };
        const carried = carriedBy(limits, outlook);
        expect(carried).toBeGreaterThan(0);
        expect(carried).toBeLessThanOrEqual(limits.perSecond * 1.01);
        expect(carriedBy(limits, { ...outlook, riseShare: riseShare + 0.3 })).toBeLessThanOrEqual(carried * 1.004);
        expect(carriedBy(limits, { ...outlook, horizonSeconds: horizonSeconds + 60 })).toBeLessThanOrEqual(carried * 1.004);
        expect(carriedBy(limits, { ...outlook, replicas: replicas + 10 })).toBeGreaterThanOrEqual(carried * 0.996);
      }),
    );
  });

  it('is more than would be left by keeping the rise free, where answers are long and help is near', () => {
    const half = carriedBy(limits, { ...calm, riseShare: 0.5, horizonSeconds: 40 });
    expect(half * 1.5).toBeGreaterThan(carriedBy(limits, calm) * 1.1);
  });

  it('fills as fast as a simulation of answers that are all as long', () => {
    const [from, rate, step] = [30, 1.6, 0.02];
    const { generationTokens, itlBase, decodeSlope, promptSeconds, sequences } = limits;
    // of each sequence the tokens that it has still to get; those that run now are at all places of their answers
    let left = Array.from({ length: from }, (_, index) => (generationTokens * (index + 0.5)) / from);
    let came = 0;
    let seconds = 0;
    for (; left.length < sequences && seconds < 1000; seconds += step) {
      const tokens = (step * (1 - rate * promptSeconds)) / (itlBase + decodeSlope * left.length);
      left = left.map((each) => each - tokens).filter((each) => each > 0);
      for (; came < seconds * rate; came++) left.push(generationTokens);
    }
    expect(secondsUntilFull(limits, from, rate, sequences) / seconds).toBeGreaterThan(0.85);
    expect(secondsUntilFull(limits, from, rate, sequences) / seconds).toBeLessThan(1.15);
    expect(secondsUntilFull(limits, sequencesAt(limits, 1), 1, limits.sequences)).toBe(Infinity);
  });
});
