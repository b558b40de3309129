import { assert, sum } from '../../base/index.ts';
import type { Arrival } from '../../simulator/index.ts';
import { profileOf } from '../scenario/index.ts';
import type { ScenarioVariant } from '../scenario/index.ts';

/** What one replica carries, and how its time is spent on tokens while it does. */
export interface Carrying {
  /** Requests per second of the load's mean shape that one replica carries within the SLOs. */
  readonly requestsPerSecond: number;
  /** Seconds of a replica for one token of a prompt, and for one generated token. */
  readonly perPromptTokenSeconds: number;
  readonly perOutputTokenSeconds: number;
}

/** Mean tokens of a whole load. */
export interface MeanShape {
  readonly requests: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
}

export function meanShape(arrivals: readonly Arrival[]): MeanShape {
  const requests = arrivals.length;
  return {
    requests,
    promptTokens: requests === 0 ? 0 : sum(arrivals.map(({ promptTokens }) => promptTokens)) / requests,
    outputTokens: requests === 0 ? 0 : sum(arrivals.map(({ generationTokens }) => generationTokens)) / requests,
  };
}

/**
 * At the rate that it just carries, a replica has no time left: prompts take `rate × prompt tokens × time per prefill token` of it, and
 * the rest is shared by the generated tokens. A request that is longer than the mean in one of the two weighs that much more.
 */
export function carryingOf(variant: ScenarioVariant, capacityPerSecond: number, shape: MeanShape): Carrying {
  const profile = profileOf(variant);
  assert(capacityPerSecond > 0, `A replica of ${variant.name} must carry something.`);
  const prefill = variant.role === 'decode' ? 0 : profile.serving.perPrefillTokenMs / 1000;
  if (variant.role === 'prefill') {
    return { requestsPerSecond: capacityPerSecond, perPromptTokenSeconds: 1 / (capacityPerSecond * Math.max(1, shape.promptTokens)), perOutputTokenSeconds: 0 };
  }
  const prompts = Math.min(0.95, capacityPerSecond * shape.promptTokens * prefill);
  return {
    requestsPerSecond: capacityPerSecond,
    perPromptTokenSeconds: prompts / (capacityPerSecond * Math.max(1, shape.promptTokens)),
    perOutputTokenSeconds: (1 - prompts) / (capacityPerSecond * Math.max(1, shape.outputTokens)),
  };
}

/** Replicas' worth of work that comes in each bin of `binSeconds`, by the clock of the load. */
export function workByBin(arrivals: readonly Arrival[], carrying: Carrying, binSeconds: number, untilSeconds: number): number[] {
  const bins = Array.from({ length: Math.max(1, Math.ceil(untilSeconds / binSeconds)) }, () => 0);
  for (const { atMs, promptTokens, generationTokens } of arrivals) {
    const bin = Math.min(bins.length - 1, Math.floor(atMs / 1000 / binSeconds));
    bins[bin] = (bins[bin] ?? 0) + (promptTokens * carrying.perPromptTokenSeconds + generationTokens * carrying.perOutputTokenSeconds) / binSeconds;
  }
  return bins;
}

/** Centred mean over `width` bins (odd counts keep the middle), shorter at both ends. */
export function smoothed(bins: readonly number[], width: number): number[] {
  const before = Math.floor((width - 1) / 2);
  const after = Math.max(0, width - 1 - before);
  const meanOf = meansOver(bins);
  return bins.map((_, index) => meanOf(index - before, index + after + 1));
}

/** The mean of the bins from one to another (exclusive), as far as there are any. */
export function meansOver(bins: readonly number[]): (from: number, to: number) => number {
  const sums = [0];
  for (const value of bins) sums.push((sums.at(-1) ?? 0) + value);
  return (from, to) => {
    const [first, end] = [Math.max(0, from), Math.min(bins.length, to)];
    return ((sums[end] ?? 0) - (sums[first] ?? 0)) / (end - first);
  };
}
