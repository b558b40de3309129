import { createBucketedRegression } from './bucketed-regression.ts';
import type { ForwardPass } from './forward-pass.ts';
import { createMovingAverage } from './moving-average.ts';

export interface ModelOptions {
  readonly maxSamples: number;
  readonly minObservations: number;
  /** Over all axes: a square number. */
  readonly buckets: number;
}

/** What an engine can do at all, as it tells when it starts. */
export interface EngineLimits {
  readonly maxBatchedTokens: number;
  readonly maxKvTokens: number;
  readonly maxSequences: number;
}

/** What is left of the work of a prompt when a part of it is found in the cache. */
export type HitRate = number;

/** An engine that does both: time of an iteration over (prompt tokens, KV tokens that decode). */
export function createBothModel(options: ModelOptions) {
  const regression = createBucketedRegression({ ...options, bucketsPerAxis: Math.sqrt(options.buckets) });
  const promptTokens = createMovingAverage(options.maxSamples);
  const decodeLength = createMovingAverage(options.maxSamples);
  const prefillTokens = createMovingAverage(options.maxSamples);
  return {
    learn(pass: ForwardPass, live: boolean): void {
      if (live) {
        if (pass.prefillTokens > 0) promptTokens.add(pass.promptTokens);
        if (pass.decoding > 0) decodeLength.add(pass.decodeKvTokens / pass.decoding);
        prefillTokens.add(pass.prefillTokens);
      }
      if (pass.seconds !== undefined) regression.add([pass.prefillTokens, pass.decodeKvTokens], pass.seconds);
    },
    observations: () => regression.size,
    predict: (prefill: number, kv: number) => regression.predict([prefill, kv]),
    /** Until the first token of a request that comes now, seconds. */
    ttft: (queued: number, limits: EngineLimits, decodeKv: number, hitRate: HitRate) =>
      inChunks((queued + promptTokens.value()) * (1 - hitRate), limits.maxBatchedTokens, (chunk) => regression.predict([chunk, decodeKv])),
    /** Of the iteration after the next request has come, seconds. */
    itl: (decodeKv: number) => regression.predict([prefillTokens.value(), decodeKv + decodeLength.value()]),
  };
}
export type BothModel = ReturnType<typeof createBothModel>;

/** A prefill engine: over prompt tokens alone. */
export function createPrefillModel(options: ModelOptions) {
  const regression = createBucketedRegression({ ...options, bucketsPerAxis: options.buckets });
  const promptTokens = createMovingAverage(options.maxSamples);
  return {
    learn(pass: ForwardPass, live: boolean): void {
      if (live && pass.prefillTokens > 0) promptTokens.add(pass.promptTokens);
      if (pass.seconds !== undefined) regression.add([pass.prefillTokens], pass.seconds);
    },
    observations: () => regression.size,
    predict: (prefill: number) => regression.predict([prefill]),
    ttft: (queued: number, limits: EngineLimits, hitRate: HitRate) => inChunks((queued + promptTokens.value()) * (1 - hitRate), limits.maxBatchedTokens, (chunk) => regression.predict([chunk])),
  };
}
export type PrefillModel = ReturnType<typeof createPrefillModel>;

/** A decode engine: over (sequences, KV tokens). The slope of the sequences may drown in the noise. */
export function createDecodeModel(options: ModelOptions) {
  const regression = createBucketedRegression({ ...options, bucketsPerAxis: Math.sqrt(options.buckets), clippable: new Set([0]) });
  const decodeLength = createMovingAverage(options.maxSamples);
  const decoding = createMovingAverage(options.maxSamples);
  return {
    learn(pass: ForwardPass, live: boolean): void {
      if (live) {
        if (pass.decoding > 0) decodeLength.add(pass.decodeKvTokens / pass.decoding);
        decoding.add(pass.decoding);
      }
      if (pass.seconds !== undefined) regression.add([pass.decoding, pass.decodeKvTokens], pass.seconds);
    },
    observations: () => regression.size,
    predict: (sequences: number, kv: number) => regression.predict([sequences, kv]),
    itl: (decodeKv: number) => regression.predict([decoding.value() + 1, decodeKv + decodeLength.value()]),
  };
}
export type DecodeModel = ReturnType<typeof createDecodeModel>;

function inChunks(tokens: number, chunkTokens: number, seconds: (chunk: number) => number | undefined): number | undefined {
  let total = 0;
  // the first is asked for even without any work, so that a model that is not ready says so
  for (let left = Math.max(0, tokens); left > 0 || total === 0; left -= chunkTokens) {
    const took = seconds(Math.min(left, chunkTokens));
    if (took === undefined) return undefined;
    total += left > 0 ? took : 0;
    if (left <= chunkTokens) return total;
  }
  return total;
}
