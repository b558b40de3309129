import type { Engine } from '../../model/index.ts';
import type { Buckets, LatencyName } from '../latency/buckets.ts';

/** A value as the page said it: a number, or not one (NaN, infinity), which is not the same as absent. */
export type Told = number | 'NotANumber';

export type GaugeName = 'running' | 'waiting' | 'waitingElsewhere' | 'kvUsed' | 'kvCapacity' | 'prefixHitShare';

export type CounterName =
  | 'departures'
  | 'completions'
  | 'rejections'
  | 'promptTokens'
  | 'generationTokens'
  | 'preemptions'
  | 'prefixQueries'
  | 'prefixHits'
  | `${'promptLength' | 'generationLength' | 'ttft' | 'itl' | 'e2e' | 'queueTime'}${'Sum' | 'Count'}`;

/** What the engines behind one page said at one time, in our words: ranks added up or averaged. */
export interface EngineSample {
  readonly atMs: number;
  readonly engine: Engine;
  readonly modelName?: string | undefined;
  /** Which ranks (data-parallel engines) the page showed; another set is another history. */
  readonly ranks: string;
  /** When the process began, where it says so. */
  readonly startedAtSeconds?: number | undefined;
  readonly gauges: Readonly<{ [K in GaugeName]?: Told | undefined }>;
  readonly counters: Readonly<{ [K in CounterName]?: Told | undefined }>;
  readonly asleep?: boolean | undefined;
  /** Where buckets were on the page: Prometheus is asked for those of whole models instead. */
  readonly buckets?: Readonly<Partial<Record<LatencyName, Buckets>>> | undefined;
}
