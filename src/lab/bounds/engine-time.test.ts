import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createEngine, createEventQueue } from '../../simulator/index.ts';
import type { InferenceRequest, ServingProfile } from '../../simulator/index.ts';
import { leastPrices, secondsOf, workOf } from './engine-time.ts';
import { createHeaviest } from './heaviest.ts';

const profile: ServingProfile = {
  modelID: 'test/model', accelerator: 'A100',
  baseMs: 10, perPrefillTokenMs: 0.1, perSequenceMs: 0.4, perResidentTokenMs: 0.002, networkMs: 3,
  maxSequences: 32, tokenBudget: 512, kvBlocks: 257, blockTokens: 16, maxModelTokens: 2048, costPerHour: 1,
};

it('is less than any engine takes, whatever comes and when', () => {
  const asked = fc.record({ atMs: fc.nat(2000), prompt: fc.integer({ min: 1, max: 800 }), output: fc.integer({ min: 1, max: 200 }) });
  let tightest = 0;
  fc.assert(
    fc.property(fc.array(asked, { minLength: 1, maxLength: 60 }), fc.constantFrom('vllm', 'sglang'), fc.integer({ min: 12, max: 60 }), (list, engine, tpotMs) => {
      const agenda = createEventQueue(0);
      const server = createEngine({ ...profile, engine }, agenda);
      const requests = list.map(({ atMs, prompt, output }, id): InferenceRequest => ({ id, modelID: 'm', arrivedAtMs: atMs, promptTokens: prompt, generationTokens: output, onEnd: () => {} }));
      for (const request of requests) agenda.at(request.arrivedAtMs, () => void server.submit(request));
      agenda.runUntil(1e7);
      const good = requests.filter(({ firstTokenAtMs = 0, endedAtMs = 0, generationTokens }) => generationTokens <= 1 || (endedAtMs - firstTokenAtMs) / (generationTokens - 1) <= tpotMs);
      const took = (Math.max(...requests.map(({ endedAtMs = 0 }) => endedAtMs)) - Math.min(...requests.map(({ arrivedAtMs }) => arrivedAtMs))) / 1000;
      for (const prices of leastPrices(profile, 'both', tpotMs / 1000, false)) {
        const least = good.reduce((total, request) => total + secondsOf(workOf(request), prices), 0);
        expect(least).toBeLessThanOrEqual(took);
        tightest = Math.max(tightest, least / took);
      }
    }),
    { numRuns: 300 },
  );
  // and it says something
  expect(tightest).toBeGreaterThan(0.6);
});

it('counts no prompt that a cache may have, and no work of the other role', () => {
  expect(workOf({ promptTokens: 100, generationTokens: 3, prefix: { tokens: 100 } })).toEqual({ prefillTokens: 1, decodeTokens: 2, residentTokens: 203 });
  expect(workOf({ promptTokens: 100, generationTokens: 1 })).toEqual({ prefillTokens: 100, decodeTokens: 0, residentTokens: 0 });
  const work = workOf({ promptTokens: 1000, generationTokens: 1 });
  // two iterations' worth of base, and the prompt
  expect(Math.max(...leastPrices(profile, 'prefill', 0.1, false).map((prices) => secondsOf(work, prices)))).toBeCloseTo(0.1 + (0.01 * 1000) / 512, 9);
  expect(leastPrices(profile, 'decode', 0.1, false).map((prices) => secondsOf(work, prices))).toEqual([0, 0, 0, 0]);
});

it('never says less than the heaviest weigh, and 2 % more at most', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 1e-4, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 50 }), fc.nat(50), (weights, count) => {
      const heaviest = createHeaviest();
      for (const weight of weights) heaviest.add(weight);
      const weighed = weights.toSorted((a, b) => b - a).slice(0, count).reduce((total, weight) => total + weight, 0);
      expect(heaviest.of(count)).toBeGreaterThanOrEqual(weighed);
      expect(heaviest.of(count)).toBeLessThanOrEqual(weighed * 1.0201 + 1e-9);
    }),
  );
});
