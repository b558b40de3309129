import { createHistogram } from './histogram.ts';
import type { Histogram } from './histogram.ts';

const tokenBounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];
const requestBounds = [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680];
export const ttftBounds = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560];
export const perTokenBounds = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80];
const iterationBounds = [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384];
const preemptionBounds = [1, 2, 3, 4, 5, 10, 20];

/** What one engine counts about itself, by vLLM's own meaning of each number. Times are in seconds. */
export interface EngineMeters {
  preemptions: number;
  promptTokens: number;
  generationTokens: number;
  succeeded: number;
  aborted: number;
  /** Tokens of prompts that were looked for in the prefix cache, and those that were found. */
  prefixQueries: number;
  prefixHits: number;
  readonly requestPromptTokens: Histogram;
  readonly requestGenerationTokens: Histogram;
  readonly iterationTokens: Histogram;
  readonly ttft: Histogram;
  readonly interToken: Histogram;
  readonly perOutputToken: Histogram;
  readonly endToEnd: Histogram;
  readonly queue: Histogram;
  readonly inference: Histogram;
  readonly prefill: Histogram;
  readonly decode: Histogram;
  readonly requestPreemptions: Histogram;
}

/** Bucket bounds as vLLM 0.32 builds them; those of tokens end at the model's longest request. */
export function createEngineMeters(maxModelTokens: number): EngineMeters {
  const tokens = tokenBounds.filter((bound) => bound <= maxModelTokens);
  return {
    preemptions: 0,
    promptTokens: 0,
    generationTokens: 0,
    succeeded: 0,
    aborted: 0,
    prefixQueries: 0,
    prefixHits: 0,
    requestPromptTokens: createHistogram(tokens),
    requestGenerationTokens: createHistogram(tokens),
    iterationTokens: createHistogram(iterationBounds),
    ttft: createHistogram(ttftBounds),
    interToken: createHistogram(perTokenBounds),
    perOutputToken: createHistogram(perTokenBounds),
    endToEnd: createHistogram(requestBounds),
    queue: createHistogram(requestBounds),
    inference: createHistogram(requestBounds),
    prefill: createHistogram(requestBounds),
    decode: createHistogram(requestBounds),
    requestPreemptions: createHistogram(preemptionBounds),
  };
}
