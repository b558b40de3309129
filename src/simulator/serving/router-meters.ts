import { createHistogram } from './histogram.ts';
import type { Histogram } from './histogram.ts';
import type { InferenceRequest } from './request.ts';

// As the llm-d router has them (llm_d_epp_request_ttft_seconds and ..._tpot_seconds).
const latencyBounds = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60, 120, 180, 240, 300, 360, 480, 600,
  900, 1200, 1800, 2700, 3600,
];
const perTokenBounds = [
  0.0005, 0.00205, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.125, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.5, 2, 3, 4.5, 6, 12, 18, 24,
  30, 36, 48, 60, 90, 120, 180, 270, 360,
];

/** What one router counts about itself. Latencies are those of its clients, in seconds. */
export interface RouterMeters {
  /** Requests that came, whatever became of them. */
  arrived: number;
  answered: number;
  /** Turned away by the router, lost with their server, or given up by their client. */
  refused: number;
  /** Given to a server; those that it refused too. */
  given: number;
  /** Refused or given up before any server had them. */
  turnedAway: number;
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
    given: 0,
    turnedAway: 0,
    promptTokens: 0,
    generationTokens: 0,
    ttft: createHistogram(latencyBounds),
    perOutputToken: createHistogram(perTokenBounds),
  };
}

export function meterArrival(meters: RouterMeters, request: InferenceRequest): void {
  meters.arrived += 1;
  meters.promptTokens += request.promptTokens;
}

export function meterFirstToken(meters: RouterMeters, request: InferenceRequest): void {
  meters.ttft.observe(((request.firstTokenAtMs ?? 0) - request.arrivedAtMs) / 1000);
}

export function meterEnd(meters: RouterMeters, request: InferenceRequest): void {
  if (request.ending !== 'completed') {
    meters.refused += 1;
    return;
  }
  meters.answered += 1;
  meters.generationTokens += request.generationTokens;
  const { endedAtMs = 0, firstTokenAtMs = endedAtMs, generationTokens } = request;
  if (generationTokens > 1) meters.perOutputToken.observe((endedAtMs - firstTokenAtMs) / 1000 / (generationTokens - 1));
}
