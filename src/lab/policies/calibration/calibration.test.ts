import { describe, expect, test } from 'vitest';
import { findProfile, iterationTime } from '../../../simulator/index.ts';
import type { ServingProfile } from '../../../simulator/index.ts';
import { scenarioSchema } from '../../scenario/index.ts';
import type { ScenarioModel, ScenarioVariant } from '../../scenario/index.ts';
import { capacityAtSlo } from '../../stage/index.ts';
import { concurrencyTarget, measuredConcurrency } from './measured-concurrency.ts';
import { prefillVelocity } from './prefill-velocity.ts';

function serving(name: string): ServingProfile {
  const profile = findProfile(name);
  if (profile === undefined) throw new Error(`no profile ${name}`);
  return profile.serving;
}

describe('the prefill velocity', () => {
  test('of Qwen3-32B on two H100 is near the published 15 928 tokens a second, and 15 375 to 15 569 of a later run', () => {
    expect(prefillVelocity(serving('qwen3-32b-h100-tp2'))).toBeGreaterThan(15_000);
    expect(prefillVelocity(serving('qwen3-32b-h100-tp2'))).toBeLessThan(16_400);
  });

  test.each(['llama-3.1-8b-a100', 'llama-3.1-8b-l40s', 'llama-3.1-70b-h100-tp4'])('of %s is one chunk over the iteration that computes it and the way to the client', (name) => {
    const profile = serving(name);
    const tokens = profile.tokenBudget;
    const load = { decoding: 0, prefilling: 1, prefillTokens: tokens, decodeResidentTokens: 0, prefillResidentTokens: 0, prefillPairs: (tokens * (tokens + 1)) / 2 };
    const ttftMs = iterationTime(profile, load).firstMs + profile.networkMs;
    expect(prefillVelocity(profile)).toBeCloseTo((tokens * 1000) / ttftMs, 3);
  });
});

describe('the concurrency of a replica at its SLOs', () => {
  const played = (traffic: object, variant: object = {}): { model: ScenarioModel; variant: ScenarioVariant } => {
    const { models } = scenarioSchema.parse({
      name: 'calibration',
      title: 'One replica',
      description: 'For tests.',
      usedInDesign: true,
      durationSeconds: 600,
      models: [
        {
          id: 'llama',
          slo: { ttftSeconds: 2, tpotSeconds: 0.05 },
          traffic: [traffic],
          variants: [{ name: 'a100', profile: 'llama-3.1-8b-a100', minReplicas: 1, maxReplicas: 4, initialReplicas: 1, startup: { meanSeconds: 60 }, ...variant }],
        },
      ],
    });
    const [model] = models;
    const [first] = model?.variants ?? [];
    if (model === undefined || first === undefined) throw new Error('no model');
    return { model, variant: first };
  };
  const steady = { kind: 'constant', ratePerSecond: 1, prompt: { mean: 1000 }, output: { mean: 200 } };

  test('follows from its capacity by Little\'s law', () => {
    const { model, variant } = played(steady);
    const concurrency = measuredConcurrency(model, variant) ?? 0;
    const secondsEach = concurrency / capacityAtSlo(model, variant);
    // 200 tokens within 50 ms each after at most 2 s, and no faster than an idle replica: 199 iterations of its base time
    expect(secondsEach).toBeLessThan(2 + 199 * 0.05);
    expect(secondsEach).toBeGreaterThan((199 * serving('llama-3.1-8b-a100').baseMs) / 1000);
  });

  test('is a target by its share, and the published number without one', () => {
    const { model, variant } = played(steady);
    expect(concurrencyTarget(16, 0, model, variant)).toBe(16);
    expect(concurrencyTarget(16, 0.5, model, variant)).toBeCloseTo((measuredConcurrency(model, variant) ?? 0) / 2, 9);
  });

  test('is not known of a recorded trace and of one side of prefill and decode: the published number stands', () => {
    const trace = played({ kind: 'trace', file: 'azure.csv', format: 'azure-2023' });
    expect(concurrencyTarget(16, 0.5, trace.model, trace.variant)).toBe(16);
    const decode = played(steady, { role: 'decode' });
    expect(concurrencyTarget(16, 0.5, decode.model, decode.variant)).toBe(16);
  });
});
