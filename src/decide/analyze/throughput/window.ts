import type { Requests } from '../requests.ts';
import type { ItlSample } from './itl-law.ts';

/** So many samples are kept, none older than half an hour: what is fitted is the server of now. */
const kept = 20;
const forgottenAfterMs = 1_800_000;
/** An almost empty cache shows the base and noise; above this requests are preempted and waits are in the times. */
const useRange = { least: 0.15, most: 0.85 };
/** A line through fewer, or through samples that lie close together, is a line through noise. */
const enough = { samples: 10, spread: 0.3 };
/** Requests that differ by more than this are other requests, and what was seen under the former says nothing of these. */
const tolerance = 0.2;

/** Triples of a time, a use and a time between tokens, oldest first, with a new look's samples. */
export function withSamples(window: readonly number[], samples: readonly ItlSample[], nowMs: number): readonly number[] {
  const held = [...window];
  for (const [use, itl] of samples) if (use >= useRange.least && use <= useRange.most && itl > 0) held.push(nowMs, use, itl);
  let first = 0;
  while (first < held.length && nowMs - (held[first] as number) > forgottenAfterMs) first += 3;
  return held.slice(Math.max(first, held.length - 3 * kept));
}

export function samplesIn(window: readonly number[]): ItlSample[] {
  const samples: ItlSample[] = [];
  for (let index = 0; index + 2 < window.length; index += 3) samples.push([window[index + 1] as number, window[index + 2] as number]);
  return samples;
}

/** Whether a line through these means something. */
export function isReady(samples: readonly ItlSample[]): boolean {
  const uses = samples.map(([use]) => use);
  return samples.length >= enough.samples && Math.max(...uses) - Math.min(...uses) >= enough.spread - 1e-9;
}

/** Tokens in the KV cache of one running request on average: its prompt, but for what is shared, and half of its answer. */
export function tokensPerRequest({ promptTokens, generationTokens, hitFraction }: Requests): number {
  return promptTokens * (1 - hitFraction) + generationTokens / 2;
}

/** Compared with what requests were like when the window began, so that a slow drift shows as well as a jump; what the prefix cache finds counts by what it leaves. */
export function hasChanged(before: Requests, now: Requests): boolean {
  const differs = (a: number, b: number): boolean => Math.abs(b - a) > tolerance * a + 1e-9;
  return differs(before.promptTokens, now.promptTokens) || differs(before.generationTokens, now.generationTokens) || differs(tokensPerRequest(before), tokensPerRequest(now));
}
