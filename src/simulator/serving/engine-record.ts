import type { EngineMeters } from './engine-meters.ts';
import type { Sequence } from './sequence.ts';

/** A prompt is let in for the first time, `sequence.cachedTokens` of it found; what preempted ones find again is not counted. */
export function recordFound(meters: EngineMeters, sequence: Sequence): void {
  meters.prefixQueries += sequence.request.promptTokens;
  meters.prefixHits += sequence.cachedTokens;
}

/** The prompt is through: its first token is sampled. */
export function recordFirstToken(meters: EngineMeters, sequence: Sequence, atMs: number): void {
  meters.promptTokens += sequence.request.promptTokens;
  meters.ttft.observe((atMs - sequence.enteredAtMs) / 1000);
}

/** All `tokens` tokens that were wanted here are sampled. */
export function recordEnd(meters: EngineMeters, sequence: Sequence, tokens: number, atMs: number): void {
  const admittedAtMs = sequence.admittedAtMs ?? atMs;
  const firstAtMs = sequence.firstTokenAtMs ?? atMs;
  meters.succeeded += 1;
  meters.finishedCachedTokens += sequence.cachedTokens;
  meters.requestPromptTokens.observe(sequence.request.promptTokens);
  meters.requestGenerationTokens.observe(tokens);
  meters.requestPreemptions.observe(sequence.preemptions);
  meters.endToEnd.observe((atMs - sequence.enteredAtMs) / 1000);
  meters.queue.observe((admittedAtMs - sequence.enteredAtMs) / 1000);
  meters.inference.observe((atMs - admittedAtMs) / 1000);
  meters.prefill.observe((firstAtMs - admittedAtMs) / 1000);
  meters.decode.observe((atMs - firstAtMs) / 1000);
  if (tokens > 1) meters.perOutputToken.observe((atMs - firstAtMs) / 1000 / (tokens - 1));
}
