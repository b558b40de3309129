import { describe, expect, it } from 'vitest';
import { nothingRead, readingsOf, variantFrom, type VariantSketch } from '../../../../test/support/decide/scene.ts';
import { defaultPolicy, type EngineArguments } from '../../../model/index.ts';
import { areAlike } from '../told-key.ts';
import { derivedTokens } from './derived.ts';
import { lengthBucketOf, meanObserved, withObservation } from './history.ts';
import { replicaTokens, routerTokens, waitingTokens, type ReplicaContext } from './replica-tokens.ts';

const nowMs = Date.UTC(2026, 0, 5, 12);
const engineArguments: EngineArguments = { memoryFraction: 0.9, blockTokens: 16, kvCacheType: 'auto', tensorParallel: 1, maxSequences: 256, maxBatchedTokens: 8192, chunkedPrefill: true, eager: false };
const nothing: ReplicaContext = { role: 'both', kvCapacityTokens: undefined, engineArguments: undefined, requests: undefined, observedTokens: undefined, queuedMs: 0, held: 0 };
/** A replica with a cache of 16 000 tokens, so many of them in use. */
const replica = (tokens: number, waiting: number, more: Parameters<typeof readingsOf>[0] = {}) => readingsOf({ kvUsedFraction: tokens / 16_000, kvCapacityTokens: 16_000, waiting, ...more });
const capacityOf = (tokens: number, waiting: number, context: Partial<ReplicaContext> = {}, more: Parameters<typeof readingsOf>[0] = {}) => {
  const { capacity, origin } = replicaTokens(replica(tokens, waiting, more), { ...nothing, ...context }, defaultPolicy.saturation) ?? {};
  return [capacity, origin];
};

describe('what one replica carries, cache of 16 000 tokens, thresholds 0.80 and 5', () => {
  it.each<[string, [number, number, Partial<ReplicaContext>?, Parameters<typeof readingsOf>[0]?], [number, string]]>([
    ['by its memory', [5000, 0], [12_800, 'memory']],
    ['what was in use while a queue stood', [4000, 10, { queuedMs: 60_000 }], [4000, 'observed']],
    ['what was in use of a busy cache at once', [8000, 6], [8000, 'observed']],
    ['with as many running as are allowed', [4000, 10, { engineArguments }, { running: 256 }], [4000, 'observed']],
    ['with as many running as are allowed, while a router holds back others', [4000, 0, { engineArguments, held: 5 }, { running: 256 }], [4000, 'observed']],
    ['fewer running say nothing then', [4000, 0, { engineArguments, held: 50 }, { running: 200 }], [12_800, 'memory']],
    ['nor do as many where hardly any are held back', [4000, 0, { engineArguments, held: 4 }, { running: 256 }], [12_800, 'memory']],
    ['what was seen before', [8000, 2, { observedTokens: 8000 }], [8000, 'history']],
    ['no more than its memory', [15_000, 6], [12_800, 'observed']],
    ['nothing in use is no sight', [0, 5, { queuedMs: 60_000 }], [12_800, 'memory']],
    ['what its arguments allow', [100, 0, { engineArguments: { ...engineArguments, maxSequences: 64 }, requests: { promptTokens: 100, generationTokens: 20, hitFraction: 0 } }], [64 * 110, 'arguments']],
    ['arguments that allow more than its memory', [100, 0, { engineArguments, requests: { promptTokens: 500, generationTokens: 100, hitFraction: 0 } }], [12_800, 'memory']],
    // where released versions did the opposite
    ['a burst into an empty cache says nothing', [500, 30], [12_800, 'memory']],
    ['a paused engine says nothing', [9000, 30, { queuedMs: 600_000 }, { generationTokensPerSecond: 0 }], [12_800, 'memory']],
    ['an eighth of the memory at the least', [100, 30, { queuedMs: 60_000 }], [1600, 'observed']],
    ['long prompts with short answers: not less than half on the word of arguments', [100, 0, { engineArguments: { ...engineArguments, maxSequences: 2 }, requests: { promptTokens: 1000, generationTokens: 5, hitFraction: 0 } }], [6400, 'arguments']],
  ])('%s', (_, input, expected) => {
    const [capacity, origin] = capacityOf(...input);
    expect([capacity, origin]).toEqual([expect.closeTo(expected[0], 6), expected[1]]);
  });

  it('is not known without the use or the size of the cache', () => {
    expect(replicaTokens(nothingRead(), nothing, defaultPolicy.saturation)).toBeUndefined();
    expect(replicaTokens(readingsOf({ kvUsedFraction: 0.5, waiting: 3 }), nothing, defaultPolicy.saturation)).toBeUndefined();
  });

  it('stays in one unit where the size of the cache is only remembered', () => {
    // released versions took the threshold off twice here: 10 000 carried became 8000 carried at a use of 1
    const found = replicaTokens(readingsOf({ kvUsedFraction: 1, waiting: 0 }), { ...nothing, kvCapacityTokens: 12_500 }, defaultPolicy.saturation);
    expect(found).toMatchObject({ capacity: 10_000, demand: 12_500 });
    const half = replicaTokens(readingsOf({ kvUsedFraction: 0.5, waiting: 3, meanPromptTokens: 500, meanGenerationTokens: 250 }), { ...nothing, kvCapacityTokens: 12_500 }, defaultPolicy.saturation);
    expect(half).toMatchObject({ demand: 6250 + 2250 });
    const without = replicaTokens(readingsOf({ kvUsedFraction: 0.5, waiting: 3 }), { ...nothing, kvCapacityTokens: 12_500 }, defaultPolicy.saturation);
    expect(without).toMatchObject({ demand: 6250, unsized: true });
    const prefill = replicaTokens(readingsOf({ kvUsedFraction: 0.5, waiting: 3, meanPromptTokens: 500, meanGenerationTokens: 250 }), { ...nothing, role: 'prefill', kvCapacityTokens: 12_500 }, defaultPolicy.saturation);
    expect(prefill).toMatchObject({ demand: 6250 + 1500 });
  });
});

describe('tokens that requests in a queue will need', () => {
  it.each([
    [4, 100, 50, 'prefill', 400],
    [4, 100, 50, 'decode', 600],
    [4, 100, 50, 'both', 600],
    [0, 100, 50, 'both', 0],
    [4, NaN, 50, 'both', 0],
    [4, Infinity, 50, 'both', 0],
    [4, 100, NaN, 'decode', 0],
    [4, 100, Infinity, 'decode', 0],
    // what a prefill server hands on is nothing that it is asked for
    [4, 100, Infinity, 'prefill', 400],
    [4, 1e308, 50, 'both', 0],
  ] as const)('%d of %d and %d at a %s server: %d', (waiting, promptTokens, generationTokens, role, expected) => {
    expect(waitingTokens(waiting, { promptTokens, generationTokens }, role)).toBe(expected);
  });

  it('are asked of the replica beside those in use, and not known where nobody says how long they are', () => {
    const told = (context: Partial<ReplicaContext>) => replicaTokens(replica(1000, 4), { ...nothing, ...context }, defaultPolicy.saturation);
    const requests = { promptTokens: 100, generationTokens: 50, hitFraction: 0 };
    expect(told({ requests, role: 'prefill' })).toMatchObject({ demand: 1400, unsized: false });
    expect(told({ requests })).toMatchObject({ demand: 1600, unsized: false });
    expect(told({})).toMatchObject({ demand: 1000, unsized: true });
  });

  it.each([
    ['both', 0.5, 1000],
    ['both', 0, 1500],
    ['prefill', 0, 1000],
    ['decode', 0, 1500],
  ] as const)('of the router, 10 at %s servers, of whose prompts %d is cached: %d', (role, hitFraction, expected) => {
    expect(routerTokens(10, { promptTokens: 100, generationTokens: 50, hitFraction }, role)).toBe(expected);
  });
});

describe('what arguments allow', () => {
  it.each([
    [8192, 256, 500, 100, 140_800],
    [4096, 256, 500, 100, 140_800],
    [8192, 64, 100, 200, 12_800],
    [8192, 256, 100, 200, 51_200],
    [8192, 256, 500, 0, undefined],
    [0, 256, 500, 100, undefined],
  ])('a batch of %d, %d sequences, prompts of %d, answers of %d: %d', (maxBatchedTokens, maxSequences, promptTokens, generationTokens, expected) => {
    expect(derivedTokens({ maxBatchedTokens, maxSequences }, { promptTokens, generationTokens })).toBe(expected);
  });
});

describe('sights that are kept', () => {
  it('of an engine that two things were told are those of one only if both are about its memory or its batches', () => {
    const variant = variantFrom({ name: 'a', replicas: [] });
    const alike = (more: Partial<EngineArguments>, other: Partial<VariantSketch> = {}) => areAlike({ variant, engineArguments }, { variant: variantFrom({ name: 'b', replicas: [], ...other }), engineArguments: { ...engineArguments, ...more } });
    expect([alike({}), alike({ maxSequences: 8 }), alike({ maxContextTokens: 4096 }), alike({ eager: true }), alike({}, { namespace: 'other' })]).toEqual([true, true, true, true, true]);
    expect([alike({ memoryFraction: 0.8 }), alike({ maxBatchedTokens: 4096 }), alike({ kvCacheType: 'fp8' }), alike({ tensorParallel: 2 }), alike({}, { accelerator: 'H100' })]).toEqual([false, false, false, false, false]);
  });

  it('by how long answers are', () => {
    expect([0, 50, 99.9, 100, 300, 499.9, 500, 1000].map(lengthBucketOf)).toEqual(['short', 'short', 'short', 'medium', 'medium', 'medium', 'long', 'long']);
  });

  it('are the last ten, and their mean counts', () => {
    let pairs: readonly number[] = [];
    for (let value = 1; value <= 15; value++) pairs = withObservation(pairs, value, nowMs + value * 15_000);
    expect(pairs.length / 2).toBe(10);
    expect(meanObserved(pairs, nowMs + 15 * 15_000)).toBeCloseTo(10.5, 1);
  });

  it('fade with time, and are gone after a day', () => {
    const pairs = withObservation(withObservation([], 1000, nowMs), 4000, nowMs + 3_600_000);
    // half of the weight an hour later: (0.5 × 1000 + 4000) / 1.5
    expect(meanObserved(pairs, nowMs + 3_600_000)).toBeCloseTo(3000);
    expect(meanObserved(pairs, nowMs + 26 * 3_600_000)).toBeUndefined();
    expect(withObservation(pairs, 1, nowMs + 26 * 3_600_000).length).toBe(2);
  });

  it('are not two where looks follow each other at once', () => {
    expect(withObservation(withObservation([], 1000, nowMs), 4000, nowMs + 1000)).toEqual([nowMs, 1000]);
  });
});
