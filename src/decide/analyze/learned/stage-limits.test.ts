import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../../model/index.ts';
import type { IterationLaw } from '../../learn/iteration-law.ts';
import type { Shape } from '../../learn/shape.ts';
import { carriedBy } from './headroom.ts';
import { limitsOf } from './limits.ts';
import { decodeLimitsOf, prefillLimitsOf } from './stage-limits.ts';

// a model of 70 billion parameters on four H100
const law: IterationLaw = { baseMs: 15, perSequenceMs: 0.05, perResidentMs: 0.05, perPromptMs: 66.7, windows: 100, deviationAt: () => 0 };
const shape: Shape = { promptTokens: 5000, generationTokens: 250, hitFraction: 0, promptVariation: 0.06, tokensPerSequence: 5125, requests: 100 };
const slo = { ttftSeconds: 4, itlSeconds: 0.06, attainment: 0.99 };
const { saturation } = defaultPolicy;

describe('the limits of a server that computes prompts only', () => {
  const limits = prefillLimitsOf(law, shape, slo, saturation, 8192);

  it('are the prompts that there is time for', () => {
    expect(limits.by).toBe('Prefill');
    expect(limits.perSecond).toBeCloseTo(1 / (0.3335 + (0.015 * 5000) / 8192), 1);
    // 3.6 s less its own time, at that rate
    expect(limits.queue).toBeCloseTo((3.6 - 0.343 - 0.015) * limits.perSecond, 1);
  });

  it('grow with what is found in the prefix cache, and know no time between tokens', () => {
    expect(prefillLimitsOf(law, { ...shape, hitFraction: 0.5 }, slo, saturation, 8192).perSecond).toBeCloseTo(2 * limits.perSecond, 1);
    expect(prefillLimitsOf(law, shape, { ...slo, itlSeconds: 0.001 }, saturation, 8192)).toEqual(limits);
  });

  it('give less to one that is alone, and before a sudden rise', () => {
    const calm = { riseShare: 0, horizonSeconds: 150, replicas: 1, deviations: 2.33 };
    const [alone, three, rising, soon] = [calm, { ...calm, replicas: 3 }, { ...calm, riseShare: 0.5 }, { ...calm, riseShare: 0.5, horizonSeconds: 5 }].map((outlook) => carriedBy(limits, outlook)) as [number, number, number, number];
    expect(alone).toBeGreaterThan(0.6 * limits.perSecond);
    expect(three).toBeGreaterThan(alone);
    expect(three).toBeLessThan(limits.perSecond);
    // what may wait is no help for two minutes and a half, and for five seconds it is
    expect(rising * 1.5).toBeCloseTo(alone, 0);
    expect(soon).toBeGreaterThan(1.3 * rising);
  });

  it('are a mean queue where there is no target', () => {
    const without = prefillLimitsOf(law, shape, { attainment: 0.99 }, saturation, 8192);
    expect(without.queue).toBe(saturation.queueLengthThreshold - saturation.queueSpareTrigger);
    expect(carriedBy(without, { riseShare: 0, horizonSeconds: 150, replicas: 3, deviations: 2.33 })).toBeLessThan(without.perSecond);
  });
});

describe('the limits of a server whose prompts are computed elsewhere', () => {
  it('are those of its cache and its tokens, whatever the prompts', () => {
    const [decode, both] = [decodeLimitsOf, limitsOf].map((of) => of(law, shape, 500_000, slo, saturation, 1024));
    // the prompts of others come between its tokens
    expect(both?.by).toBe('InterTokenLatency');
    expect(decode?.by).toBe('KvCache');
    expect(decode?.promptsPerSecond).toBe(Infinity);
    expect(decode?.itlSlope).toBeCloseTo((0.05 + 0.05 * 5.125) / 1000, 6);
    expect(decode?.perSecond).toBeGreaterThan(2 * Math.min(both?.perSecond ?? 0, both?.promptsPerSecond ?? 0));
  });
});
