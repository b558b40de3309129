import type { BothModel, DecodeModel, EngineLimits, HitRate, PrefillModel } from './performance-models.ts';

/** Lengths that are forecast, and the targets, in seconds. */
export interface Shape {
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly hitRate: HitRate;
  readonly ttftSeconds: number;
  readonly itlSeconds: number;
}

/** Requests a second of one engine, and the latencies that it has then. */
export interface EngineRate {
  readonly perSecond: number;
  readonly ttftSeconds: number;
  readonly itlSeconds: number;
}

/**
 * The largest batch whose iteration and first token keep the targets: batch / (output tokens × time of an iteration). No larger than the KV
 * cache, the sequences and the balance of prompts that come with answers that end: x ≤ O B / (I + O).
 *
 * @returns `undefined` while the model is not ready. A batch of 1 that misses its targets counts all the same.
 */
export function rateOfBoth(model: BothModel, shape: Shape, limits: EngineLimits): EngineRate | undefined {
  const { promptTokens, outputTokens, hitRate } = shape;
  if (promptTokens <= 0 || outputTokens <= 0) return undefined;
  const context = promptTokens + outputTokens / 2;
  const balance = Math.floor(limits.maxBatchedTokens - promptTokens / outputTokens);
  const largest = Math.max(1, Math.min(Math.floor(limits.maxKvTokens / context), limits.maxSequences, balance, limits.maxBatchedTokens - 1));
  const at = (batch: number): EngineRate | undefined => {
    const prefill = Math.min((batch * promptTokens * (1 - hitRate)) / outputTokens, limits.maxBatchedTokens);
    const itl = model.predict(prefill, batch * context);
    const ttft = model.ttft(Math.trunc(prefill), limits, Math.trunc(batch * context), 0);
    return itl === undefined || ttft === undefined ? undefined : { perSecond: batch / (outputTokens * itl), ttftSeconds: ttft, itlSeconds: itl };
  };
  return largestWithin(largest, at, ({ ttftSeconds, itlSeconds }) => ttftSeconds <= shape.ttftSeconds && itlSeconds <= shape.itlSeconds);
}

/** One prompt after the other, in chunks. */
export function rateOfPrefill(model: PrefillModel, { promptTokens, hitRate }: Shape, limits: EngineLimits): EngineRate | undefined {
  const tokens = promptTokens * (1 - hitRate);
  if (tokens <= 0) return undefined;
  let seconds = 0;
  for (let left = tokens; left > 0; left -= limits.maxBatchedTokens) {
    const chunk = model.predict(Math.min(left, limits.maxBatchedTokens));
    if (chunk === undefined) return undefined;
    seconds += chunk;
  }
  return { perSecond: 1 / seconds, ttftSeconds: seconds, itlSeconds: 0 };
}

export function rateOfDecode(model: DecodeModel, { promptTokens, outputTokens, itlSeconds }: Shape, limits: EngineLimits): EngineRate | undefined {
  if (promptTokens <= 0 || outputTokens <= 0) return undefined;
  const context = promptTokens + outputTokens / 2;
  const largest = Math.max(1, Math.min(Math.floor(limits.maxKvTokens / context), limits.maxSequences));
  const at = (batch: number): EngineRate | undefined => {
    const itl = model.predict(batch, batch * context);
    return itl === undefined ? undefined : { perSecond: batch / (outputTokens * itl), ttftSeconds: 0, itlSeconds: itl };
  };
  return largestWithin(largest, at, (rate) => rate.itlSeconds <= itlSeconds);
}

/** Latencies only grow with the batch, so halving finds the last one that keeps them. */
function largestWithin(largest: number, at: (batch: number) => EngineRate | undefined, keeps: (rate: EngineRate) => boolean): EngineRate | undefined {
  let best = at(1);
  if (best === undefined || !keeps(best)) return best;
  let low = 1;
  let high = largest;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const rate = at(middle);
    if (rate !== undefined && keeps(rate)) {
      low = middle;
      best = rate;
    } else high = middle - 1;
  }
  return best;
}
