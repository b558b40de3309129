import type { ForwardPass } from './forward-pass.ts';
import type { BothModel, DecodeModel, EngineLimits, HitRate, PrefillModel } from './performance-models.ts';

export interface LoadTargets {
  readonly ttftSeconds: number;
  readonly itlSeconds: number;
  /** Part of the target that may be used up after one engine less. */
  readonly sensitivity: number;
  readonly hitRate: HitRate;
}

/** What one of the two latencies asks for: so many engines, with the largest estimate. */
export interface LoadWish {
  readonly engines: number;
  readonly worstSeconds: number;
}

/** One more when every engine is above the target, one less when that is safe on every one of them. */
function wish(estimates: readonly number[], target: number, engines: number, lessIsSafe: boolean): LoadWish {
  const worstSeconds = Math.max(...estimates);
  if (estimates.every((estimate) => estimate > target)) return { engines: engines + 1, worstSeconds };
  return { engines: engines > 1 && lessIsSafe ? engines - 1 : engines, worstSeconds };
}

/** What an engine would have to do after one engine less. */
function share(engines: number): number {
  return engines > 1 ? engines / (engines - 1) : 1;
}

/** Whether what waits, apart from the request's own work, stays within the part of the target that is left. */
function queueFits(own: number | undefined, after: number | undefined, { ttftSeconds, sensitivity }: LoadTargets): boolean {
  if (own === undefined || after === undefined) return false;
  const budget = (ttftSeconds - own) * sensitivity;
  return budget > 0 && after - own < budget;
}

/** @returns `undefined` while the model is not ready. */
export function wishOfPrefill(passes: readonly ForwardPass[], model: PrefillModel, limits: EngineLimits, at: LoadTargets): LoadWish | undefined {
  const estimates = passes.map((pass) => model.ttft(pass.queuedPrefillTokens, limits, at.hitRate));
  if (estimates.some((estimate) => estimate === undefined)) return undefined;
  const own = model.ttft(0, limits, at.hitRate);
  const more = share(passes.length);
  const safe = passes.every((pass) => queueFits(own, model.ttft(Math.trunc(pass.queuedPrefillTokens * more), limits, at.hitRate), at));
  return wish(estimates as number[], at.ttftSeconds, passes.length, safe);
}

export function wishOfDecode(passes: readonly ForwardPass[], model: DecodeModel, limits: EngineLimits, at: LoadTargets): LoadWish | undefined {
  const all = ({ decodeKvTokens, queuedDecodeKvTokens }: ForwardPass): number => decodeKvTokens + queuedDecodeKvTokens;
  const estimates = passes.map((pass) => model.itl(all(pass)));
  if (estimates.some((estimate) => estimate === undefined)) return undefined;
  const more = share(passes.length);
  const safe = passes.every((pass) => decodeFits(Math.trunc(all(pass) * more), (kv) => model.itl(kv), limits, at));
  return wish(estimates as number[], at.itlSeconds, passes.length, safe);
}

function decodeFits(kvTokens: number, itl: (kv: number) => number | undefined, limits: EngineLimits, at: LoadTargets): boolean {
  if (kvTokens >= limits.maxKvTokens) return false;
  const after = itl(kvTokens);
  return after !== undefined && after < at.itlSeconds * at.sensitivity;
}

/** Engines that do both: one more when either latency asks for it, one less when both allow it. */
export function wishOfBoth(passes: readonly ForwardPass[], model: BothModel, limits: EngineLimits, at: LoadTargets): { readonly ttft: LoadWish; readonly itl: LoadWish; readonly engines: number } | undefined {
  const ttfts = passes.map((pass) => model.ttft(pass.queuedPrefillTokens, limits, pass.decodeKvTokens, at.hitRate));
  const itls = passes.map((pass) => model.itl(pass.decodeKvTokens));
  if (ttfts.some((estimate) => estimate === undefined) || itls.some((estimate) => estimate === undefined)) return undefined;
  const n = passes.length;
  const more = share(n);
  const ttftSafe = passes.every((pass) => {
    const kv = Math.trunc(pass.decodeKvTokens * more);
    return queueFits(model.ttft(0, limits, kv, at.hitRate), model.ttft(Math.trunc(pass.queuedPrefillTokens * more), limits, kv, at.hitRate), at);
  });
  const itlSafe = passes.every((pass) => decodeFits(Math.trunc((pass.decodeKvTokens + pass.queuedPrefillTokens) * more), (kv) => model.itl(kv), limits, at));
  const ttft = wish(ttfts as number[], at.ttftSeconds, n, ttftSafe);
  const itl = wish(itls as number[], at.itlSeconds, n, itlSafe);
  const up = Math.max(ttft.engines, itl.engines);
  return { ttft, itl, engines: up > n ? up : ttft.engines < n && itl.engines < n ? n - 1 : n };
}
