import { createLatencySketch } from '../../simulator/index.ts';
import type { InferenceRequest, LatencySketch } from '../../simulator/index.ts';
import type { ScenarioModel } from '../scenario/scenario.ts';

/** What became of one request, as its client saw it. */
export interface Outcome {
  readonly atMs: number;
  readonly completed: boolean;
  /** Within both SLOs. */
  readonly good: boolean;
  /** Absent where no first token came. */
  readonly ttftSeconds?: number;
  /** Absent where the answer was not whole, or of one token. */
  readonly tpotSeconds?: number;
}

/** Seconds to the first token and per output token, of all requests that got so far. */
export interface Latencies {
  readonly ttft: LatencySketch;
  readonly tpot: LatencySketch;
}

/** Counts the requests of one model; each ends exactly once. */
export interface ModelLedger extends Latencies {
  readonly arrived: number;
  readonly completed: number;
  readonly lost: number;
  readonly refused: number;
  readonly timedOut: number;
  readonly good: number;
  /** Completed, and too late with the first token, or with the others, or both. */
  readonly missedTtft: number;
  readonly missedTpot: number;
  readonly completedTokens: number;
  arrive(): void;
  end(request: InferenceRequest): Outcome;
}

export function createModelLedger(slo: ScenarioModel['slo']): ModelLedger {
  const counts = { arrived: 0, completed: 0, lost: 0, refused: 0, timedOut: 0, good: 0, missedTtft: 0, missedTpot: 0, completedTokens: 0 };
  const { ttft, tpot } = createLatencies();
  return Object.assign(counts, {
    ttft,
    tpot,
    arrive() {
      counts.arrived += 1;
    },
    end(request: InferenceRequest): Outcome {
      const { arrivedAtMs, firstTokenAtMs, endedAtMs = arrivedAtMs, generationTokens, ending } = request;
      const ttftSeconds = firstTokenAtMs === undefined ? undefined : (firstTokenAtMs - arrivedAtMs) / 1000;
      if (ttftSeconds !== undefined) ttft.add(ttftSeconds);
      if (ending !== 'completed' || firstTokenAtMs === undefined || ttftSeconds === undefined) {
        if (ending === 'timed-out') counts.timedOut += 1;
        else if (ending === 'refused') counts.refused += 1;
        else counts.lost += 1;
        return { atMs: endedAtMs, completed: false, good: false, ...(ttftSeconds !== undefined && { ttftSeconds }) };
      }
      counts.completed += 1;
      counts.completedTokens += generationTokens;
      const tpotSeconds = generationTokens > 1 ? (endedAtMs - firstTokenAtMs) / 1000 / (generationTokens - 1) : undefined;
      if (tpotSeconds !== undefined) tpot.add(tpotSeconds);
      const lateTtft = ttftSeconds > slo.ttftSeconds;
      const lateTpot = (tpotSeconds ?? 0) > slo.tpotSeconds;
      if (lateTtft) counts.missedTtft += 1;
      if (lateTpot) counts.missedTpot += 1;
      const good = !lateTtft && !lateTpot;
      if (good) counts.good += 1;
      return { atMs: endedAtMs, completed: true, good, ttftSeconds, ...(tpotSeconds !== undefined && { tpotSeconds }) };
    },
  });
}

export function createLatencies(): Latencies {
  return { ttft: createLatencySketch(), tpot: createLatencySketch() };
}
