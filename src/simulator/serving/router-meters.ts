import { perTokenBounds, ttftBounds } from './engine-meters.ts';
import { createHistogram } from './histogram.ts';
import type { Histogram } from './histogram.ts';

/** What one router counts about itself. Latencies are those of its clients, in seconds. */
export interface RouterMeters {
  /** Requests that came, whatever became of them. */
  arrived: number;
  answered: number;
  /** Turned away by the router, lost with their server, or given up by their client. */
  refused: number;
  /** Tokens of the prompts that came, and of answered requests. */
  promptTokens: number;
  generationTokens: number;
  /** Observed when a first token passes, so that they tell of requests that are still running. */
  readonly ttft: Histogram;
  /** (end - first token) / (tokens - 1), observed when a request ends. */
  readonly perOutputToken: Histogram;
}

export function createRouterMeters(): RouterMeters {
  return {
    arrived: 0,
    answered: 0,
    refused: 0,
    promptTokens: 0,
    generationTokens: 0,
    ttft: createHistogram(ttftBounds),
    perOutputToken: createHistogram(perTokenBounds),
  };
}
