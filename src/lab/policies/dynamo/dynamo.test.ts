import { describe, expect, test } from 'vitest';
import type { EngineSampleSeen } from '../../stage/telemetry.ts';
import type { ForwardPass } from './forward-pass.ts';
import { wishOfBoth, wishOfDecode, wishOfPrefill } from './load-decision.ts';
import { createPagePasses } from './page-passes.ts';
import { createBothModel, createDecodeModel, createPrefillModel } from './performance-models.ts';
import { rateOfBoth, rateOfDecode, rateOfPrefill } from './throughput.ts';

const options = { maxSamples: 64, minObservations: 5, buckets: 16 };
const limits = { maxBatchedTokens: 8000, maxKvTokens: 100_000, maxSequences: 256 };
const at = { ttftSeconds: 3, itlSeconds: 0.1, sensitivity: 0.8, hitRate: 0 };
const pass = (more: Partial<ForwardPass>): ForwardPass => ({ prefillTokens: 0, promptTokens: 0, decoding: 0, decodeKvTokens: 0, queuedPrefillTokens: 0, queuedDecodeKvTokens: 0, seconds: undefined, ...more });

/** 10 ms + 0.1 ms a prompt token + 0.5 µs a KV token; prompts of 4000 tokens, sequences of 1000. */
function bothModel() {
  const model = createBothModel(options);
  for (const prefill of [0, 2000, 4000]) for (const kv of [0, 40_000, 80_000]) model.learn(pass({ prefillTokens: prefill, decodeKvTokens: kv, seconds: 0.01 + prefill * 1e-4 + kv * 5e-7 }), false);
  // not timed, so that it only sets the averages: prompt 4000, context 1000, no prompt tokens in an iteration
  model.learn(pass({ prefillTokens: 0, decoding: 40, decodeKvTokens: 40_000 }), true);
  model.learn(pass({ prefillTokens: 400, promptTokens: 4000 }), true);
  return model;
}

describe('estimates of an engine that does both', () => {
  const model = bothModel();

  test('TTFT: what waits and one prompt more, in chunks of the budget', () => {
    // 12 000 + 4000 tokens in two chunks of 8000: 2 × (10 + 800 + 20 ms)
    expect(model.ttft(12_000, limits, 40_000, 0)).toBeCloseTo(1.66, 6);
    // half of it is found in the cache: one chunk
    expect(model.ttft(12_000, limits, 40_000, 0.5)).toBeCloseTo(0.83, 6);
    // nothing waits: the prompt alone
    expect(model.ttft(0, limits, 0, 0)).toBeCloseTo(0.41, 6);
  });

  test('ITL: with one sequence more and the prompt tokens of the mean iteration', () => {
    // the mean of prompt tokens leaves the zeros before the first out: 400; 10 + 40 + 0.0005 × 41 000 ms
    expect(model.itl(40_000)).toBeCloseTo(0.0705, 6);
  });

  test('says nothing before it has learnt', () => {
    expect(createBothModel(options).ttft(0, limits, 0, 0)).toBeUndefined();
    expect(wishOfBoth([pass({})], createBothModel(options), limits, at)).toBeUndefined();
  });
});

describe('load mode', () => {
  const model = bothModel();
  const wished = (passes: readonly Partial<ForwardPass>[]) => wishOfBoth(passes.map(pass), model, limits, at)?.engines;

  test.each([
    // 32 000 + 4000 wait: 4.5 chunks of at least 0.41 s are more than 3 s on both
    { why: 'all above the TTFT target', passes: [{ queuedPrefillTokens: 32_000 }, { queuedPrefillTokens: 32_000 }], want: 3 },
    { why: 'one of them below', passes: [{ queuedPrefillTokens: 32_000 }, { queuedPrefillTokens: 0, decodeKvTokens: 90_000 }], want: 2 },
    // 10 + 40 + 0.0005 × 101 000 = 100.5 ms
    { why: 'all above the ITL target', passes: [{ decodeKvTokens: 100_001 }, { decodeKvTokens: 100_001 }], want: 3 },
    // after one less 2 × 20 000: 10 + 40 + 20.5 = 70.5 ms, below 80; nothing waits
    { why: 'one less is safe', passes: [{ decodeKvTokens: 20_000 }, { decodeKvTokens: 20_000 }], want: 1 },
    // 2 × 30 000: 80.5 ms
    { why: 'one less takes too much of the ITL target', passes: [{ decodeKvTokens: 30_000 }, { decodeKvTokens: 30_000 }], want: 2 },
    // 2 × 51 000 does not fit
    { why: 'one less does not fit into the cache', passes: [{ decodeKvTokens: 51_000 }, { decodeKvTokens: 0 }], want: 2 },
    { why: 'the last one stays', passes: [{}], want: 1 },
  ])('$why', ({ passes, want }) => {
    expect(wished(passes)).toBe(want);
  });

  test('roles apart', () => {
    const prefill = createPrefillModel(options);
    for (const tokens of [0, 2000, 4000, 6000, 8000]) prefill.learn(pass({ prefillTokens: tokens, seconds: 0.01 + tokens * 1e-4 }), false);
    prefill.learn(pass({ prefillTokens: 4000, promptTokens: 4000 }), true);
    // 28 000 + 4000: 4 × 0.81 = 3.24 s
    expect(wishOfPrefill([pass({ queuedPrefillTokens: 28_000 })], prefill, limits, at)?.engines).toBe(2);
    // own 0.41; after one less 8000 + 4000: 0.81 + 0.41, 0.81 of (3 - 0.41) × 0.8
    expect(wishOfPrefill([pass({ queuedPrefillTokens: 4000 }), pass({ queuedPrefillTokens: 4000 })], prefill, limits, at)?.engines).toBe(1);

    const decode = createDecodeModel(options);
    for (const sequences of [0, 20, 40]) for (const kv of [0, 40_000]) decode.learn(pass({ decoding: sequences, decodeKvTokens: kv, seconds: 0.01 + sequences * 1e-3 + kv * 5e-7 }), false);
    decode.learn(pass({ decoding: 40, decodeKvTokens: 40_000 }), true);
    // 10 + 41 + 0.0005 × 101 000 = 101.5 ms
    expect(wishOfDecode([pass({ decodeKvTokens: 100_000 })], decode, limits, at)?.engines).toBe(2);
    expect(wishOfDecode([pass({ decodeKvTokens: 90_000 })], decode, limits, at)?.engines).toBe(1);
    // what waits for the cache counts as if it were in it
    expect(wishOfDecode([pass({ decodeKvTokens: 90_000, queuedDecodeKvTokens: 10_000 })], decode, limits, at)?.engines).toBe(2);
  });
});

describe('throughput mode', () => {
  const shape = { promptTokens: 4000, outputTokens: 1000, hitRate: 0, ttftSeconds: 3, itlSeconds: 0.1 };

  test('the largest batch that the KV cache holds', () => {
    // 100 000 / 4500 = 22; 88 prompt tokens and 99 000 KV tokens: 10 + 8.8 + 49.5 = 68.3 ms; 22 / 68.3
    const rate = rateOfBoth(bothModel(), shape, limits);
    expect(rate?.itlSeconds).toBeCloseTo(0.0683, 6);
    expect(rate?.perSecond).toBeCloseTo(22 / 68.3, 6);
  });

  test('the largest batch that keeps the ITL', () => {
    // 10 + 0.4 x + 2.25 x <= 50: x = 15, 49.75 ms
    const rate = rateOfBoth(bothModel(), { ...shape, itlSeconds: 0.05 }, limits);
    expect(rate?.itlSeconds).toBeCloseTo(0.04975, 6);
    expect(rate?.perSecond).toBeCloseTo(15 / 49.75, 6);
  });

  test('a batch of one that misses its target counts all the same', () => {
    expect(rateOfBoth(bothModel(), { ...shape, itlSeconds: 0.001 }, limits)?.perSecond).toBeCloseTo(1 / 12.65, 6);
  });

  test('roles apart', () => {
    const prefill = createPrefillModel(options);
    for (const tokens of [0, 2000, 4000, 6000, 8000]) prefill.learn(pass({ prefillTokens: tokens, seconds: 0.01 + tokens * 1e-4 }), false);
    // 12 000 tokens: 0.81 + 0.41
    expect(rateOfPrefill(prefill, { ...shape, promptTokens: 12_000 }, limits)?.perSecond).toBeCloseTo(1 / 1.22, 6);
    const decode = createDecodeModel(options);
    for (const sequences of [0, 20, 40]) for (const kv of [0, 40_000]) decode.learn(pass({ decoding: sequences, decodeKvTokens: kv, seconds: 0.01 + sequences * 1e-3 + kv * 5e-7 }), false);
    // 10 + 1 x + 2.25 x <= 50: x = 12, 49 ms
    expect(rateOfDecode(decode, { ...shape, itlSeconds: 0.05 }, limits)?.perSecond).toBeCloseTo(12 / 49, 6);
  });

  test('nothing without a forecast', () => {
    expect(rateOfBoth(bothModel(), { ...shape, promptTokens: 0 }, limits)).toBeUndefined();
  });
});

describe('iterations out of pages', () => {
  const none = { sum: 0, count: 0 };
  const sample = (atMs: number, more: Partial<EngineSampleSeen>): EngineSampleSeen => ({
    pod: 'p',
    variant: 'v',
    atMs,
    gauges: { running: 20, waiting: 3, kvUsedFraction: 0.5 },
    counters: { requests: 0, promptTokens: 0, generationTokens: 0, preemptions: 0, prefixQueries: 0, prefixHits: 0 },
    totals: { ttft: none, interToken: none, perOutputToken: none, endToEnd: none, queue: none, promptTokens: none, generationTokens: none },
    kvCapacityTokens: 80_000,
    ...more,
  });

  test('the mean iteration since the last look', () => {
    const pages = createPagePasses();
    const first = sample(0, {});
    expect(pages.look([first], 'both').get('p')).toMatchObject({ seconds: undefined, decodeKvTokens: 40_000 });
    const then = sample(5000, {
      counters: { ...first.counters, promptTokens: 20_000 },
      totals: { ...first.totals, interToken: { sum: 100, count: 2000 }, ttft: { sum: 9, count: 5 } },
    });
    // 50 ms each, 20 000 tokens in 100 of them; 3 × 4000 wait
    expect(pages.look([then], 'both').get('p')).toEqual({ prefillTokens: 200, promptTokens: 4000, decoding: 20, decodeKvTokens: 40_000, queuedPrefillTokens: 12_000, queuedDecodeKvTokens: 0, seconds: 0.05 });
  });

  test('a decode engine knows prompts by the requests that ended', () => {
    const pages = createPagePasses();
    const first = sample(0, {});
    pages.look([first], 'decode');
    const then = sample(5000, { totals: { ...first.totals, interToken: { sum: 100, count: 2000 }, promptTokens: { sum: 8000, count: 4 } } });
    expect(pages.look([then], 'decode').get('p')).toMatchObject({ seconds: 0.05, queuedPrefillTokens: 0, queuedDecodeKvTokens: 6000 });
  });

  test('a prefill engine has no time between tokens, but one to the first without the queue', () => {
    const pages = createPagePasses();
    const first = sample(0, {});
    pages.look([first], 'prefill');
    const then = sample(5000, { counters: { ...first.counters, promptTokens: 16_000 }, totals: { ...first.totals, ttft: { sum: 6, count: 4 }, queue: { sum: 4, count: 4 } } });
    expect(pages.look([then], 'prefill').get('p')).toMatchObject({ seconds: 0.5, prefillTokens: 4000, queuedPrefillTokens: 12_000 });
  });
});
