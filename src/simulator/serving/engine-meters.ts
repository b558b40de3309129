import { createHistogram } from './histogram.ts';
import type { Histogram } from './histogram.ts';
import type { ServingProfile } from './profile.ts';

interface Bounds {
  readonly tokens: readonly number[];
  readonly request: readonly number[];
  readonly queue: readonly number[];
  readonly ttft: readonly number[];
  readonly interToken: readonly number[];
  readonly preemptions: readonly number[];
}

/** As vLLM 0.32 builds them. */
const vllmBounds: Bounds = {
  tokens: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000],
  request: [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680],
  queue: [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680],
  ttft: [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560],
  interToken: [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80],
  preemptions: [1, 2, 3, 4, 5, 10, 20],
};
const iterationBounds = [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384];

/** As SGLang 0.5 has them in its metrics collector; those of tokens are shown only with `--collect-tokens-histogram`. */
const sglangBounds: Bounds = {
  tokens: [
    100, 300, 500, 700, 1000, 1500, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10_000, 12_000, 15_000, 20_000, 22_000, 25_000, 30_000,
    35_000, 40_000, 66_000, 99_000, 132_000, 300_000, 600_000, 900_000, 1_100_000,
  ],
  request: [0.1, 0.2, 0.4, 0.6, 0.8, 1, 2, 4, 6, 8, 10, 20, 40, 60, 80, 100, 200, 400, 600, 1200, 1800, 2400],
  queue: [
    0, 0.1, 0.2, 0.5, 1, 2, 3, 4, 5, 10, 15, 20, 30, 40, 50, 60, 70, 80, 90, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1200, 1400,
    1600, 1800, 2000, 2500, 3000,
  ],
  ttft: [0.1, 0.2, 0.4, 0.6, 0.8, 1, 2, 4, 6, 8, 10, 20, 40, 60, 80, 100, 200, 400],
  interToken: [
    0.002, 0.004, 0.006, 0.008, 0.01, 0.015, 0.02, 0.025, 0.03, 0.035, 0.04, 0.06, 0.08, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 2, 4, 6, 8,
  ],
  preemptions: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 75, 100],
};

/** What one engine counts about itself, by the engine's own meaning of each number. Times are in seconds. */
export interface EngineMeters {
  preemptions: number;
  promptTokens: number;
  generationTokens: number;
  succeeded: number;
  aborted: number;
  /** Tokens of prompts that were looked for in the prefix cache, and those that were found. */
  prefixQueries: number;
  prefixHits: number;
  /** Tokens of prompts that were computed, chunk by chunk, again after preemptions included. */
  prefillTokensComputed: number;
  /** Tokens sampled in decode iterations: all but the first ones. */
  decodedTokens: number;
  /** Of completed requests, tokens of the prompt that were found in the prefix cache. */
  finishedCachedTokens: number;
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

/** Bounds of vLLM's token histograms end at the model's longest request. */
export function createEngineMeters({ engine, maxModelTokens }: Pick<ServingProfile, 'engine' | 'maxModelTokens'>): EngineMeters {
  const bounds = engine === 'sglang' ? sglangBounds : vllmBounds;
  const tokens = engine === 'sglang' ? bounds.tokens : bounds.tokens.filter((bound) => bound <= maxModelTokens);
  return {
    preemptions: 0,
    promptTokens: 0,
    generationTokens: 0,
    succeeded: 0,
    aborted: 0,
    prefixQueries: 0,
    prefixHits: 0,
    prefillTokensComputed: 0,
    decodedTokens: 0,
    finishedCachedTokens: 0,
    requestPromptTokens: createHistogram(tokens),
    requestGenerationTokens: createHistogram(tokens),
    iterationTokens: createHistogram(iterationBounds),
    ttft: createHistogram(bounds.ttft),
    interToken: createHistogram(bounds.interToken),
    perOutputToken: createHistogram(bounds.interToken),
    endToEnd: createHistogram(bounds.request),
    queue: createHistogram(bounds.queue),
    inference: createHistogram(bounds.request),
    prefill: createHistogram(bounds.request),
    decode: createHistogram(bounds.request),
    requestPreemptions: createHistogram(bounds.preemptions),
  };
}
