import { quantile } from '../../base/index.ts';
import type { Percentiles, TrafficStats } from '../statistics.ts';
import { createLatencySketch } from './latency-sketch.ts';
import type { InferenceRequest } from './request.ts';

/** Counts the requests of one model: every one that arrives ends exactly once. */
export interface TrafficLedger {
  arrived(request: InferenceRequest): void;
  ended(request: InferenceRequest): void;
  /** `windowMs` of the recent past for the latencies. */
  stats(nowMs: number): Pick<TrafficStats, 'arrivals' | 'completions' | 'lost' | 'inFlight' | 'ttftSeconds' | 'tpotSeconds' | 'overall'>;
}

interface Completed {
  readonly atMs: number;
  readonly ttft: number;
  readonly tpot: number | undefined;
}

export function createTrafficLedger(windowMs = 10_000): TrafficLedger {
  const ttftOverall = createLatencySketch();
  const tpotOverall = createLatencySketch();
  let recent: Completed[] = [];
  let arrivals = 0;
  let completions = 0;
  let lost = 0;

  return {
    arrived() {
      arrivals += 1;
    },
    ended(request) {
      if (request.ending !== 'completed') {
        lost += 1;
        return;
      }
      completions += 1;
      const endedAtMs = request.endedAtMs ?? request.arrivedAtMs;
      const firstAtMs = request.firstTokenAtMs ?? endedAtMs;
      const ttft = (firstAtMs - request.arrivedAtMs) / 1000;
      const tpot = request.generationTokens > 1 ? (endedAtMs - firstAtMs) / 1000 / (request.generationTokens - 1) : undefined;
      recent.push({ atMs: endedAtMs, ttft, tpot });
      if (recent.length > 10_000) recent = recent.filter(({ atMs }) => atMs > endedAtMs - windowMs);
      ttftOverall.add(ttft);
      if (tpot !== undefined) tpotOverall.add(tpot);
    },
    stats(nowMs) {
      recent = recent.filter(({ atMs }) => atMs > nowMs - windowMs);
      const ttft = percentiles(recent.map((completed) => completed.ttft));
      const tpot = percentiles(recent.flatMap((completed) => completed.tpot ?? []));
      const ttftAll = ttftOverall.percentiles();
      const tpotAll = tpotOverall.percentiles();
      return {
        arrivals,
        completions,
        lost,
        inFlight: arrivals - completions - lost,
        ...(ttft && { ttftSeconds: ttft }),
        ...(tpot && { tpotSeconds: tpot }),
        overall: { ...(ttftAll && { ttftSeconds: ttftAll }), ...(tpotAll && { tpotSeconds: tpotAll }) },
      };
    },
  };
}

function percentiles(values: readonly number[]): Percentiles | undefined {
  const [p50, p90, p99] = [0.5, 0.9, 0.99].map((fraction) => quantile(values, fraction));
  return p50 === undefined || p90 === undefined || p99 === undefined ? undefined : { p50, p90, p99 };
}
