/** Gauges of one engine, as its page shows them. */
export type EngineGauge = 'running' | 'waiting' | 'kvUsedFraction';
/** Counters of one engine. Seconds and tokens. */
export type EngineCounter = 'requests' | 'promptTokens' | 'generationTokens' | 'preemptions' | 'prefixQueries' | 'prefixHits';
/** Histograms of one engine or of a router, in seconds (prompt and generation lengths in tokens). */
export type HistogramName = 'ttft' | 'interToken' | 'perOutputToken' | 'endToEnd' | 'queue' | 'promptTokens' | 'generationTokens';

/** Gauges of a model's router. Token counts are of prompts that wait in flow control or in engines, uncached. */
export type RouterGauge = 'queued' | 'queuedTokens' | 'running' | 'inFlight' | 'readyPods';
/** `requests` arrived, `answered` completed, `refused` turned away or lost. */
export type RouterCounter = 'requests' | 'answered' | 'refused' | 'promptTokens' | 'generationTokens';

/** Which series are meant. */
export interface Of {
  readonly model: number;
  /** Variant key; every variant of the model unless told. */
  readonly variant?: string;
  /** Pod; every pod unless told. */
  readonly pod?: string;
}

/** The newest sample of one pod, as its page had it. */
export interface EngineSampleSeen {
  readonly pod: string;
  readonly variant: string;
  /** The sample's own time. */
  readonly atMs: number;
  readonly gauges: Readonly<Record<EngineGauge, number>>;
  readonly counters: Readonly<Record<EngineCounter, number>>;
  readonly totals: Readonly<Record<HistogramName, { readonly sum: number; readonly count: number }>>;
  /** Tokens that its KV cache holds (`cache_config_info`). */
  readonly kvCapacityTokens: number;
}

/** The newest sample of a model's router, as its page had it. */
export interface RouterSampleSeen {
  /** The sample's own time. */
  readonly atMs: number;
  readonly gauges: Readonly<Record<RouterGauge, number>>;
  readonly counters: Readonly<Record<RouterCounter, number>>;
}

/**
 * What a Prometheus of the policy's own knows: samples at scrape times, and nothing between them. Questions answer as PromQL does,
 * `undefined` where it would give no series or NaN. A pod that is gone, or said nothing, is stale after a scrape and falls out of instant questions
 * at once; ranges still see it.
 */
export interface Telemetry {
  /** Pods with a sample no older than five minutes, by name. */
  pods(of: Of): readonly string[];
  /** Newest sample of each pod, whole, for those who form rates themselves; in a fixed order. */
  samples(of: Of): readonly EngineSampleSeen[];
  /** Buckets of the newest sample of the pod, by upper bound and cumulative as on its page. */
  buckets(pod: string, name: HistogramName): ReadonlyMap<number, number> | undefined;
  /** Time of the newest sample of the pod. */
  sampledAtMs(pod: string): number | undefined;
  /** Newest value of each pod, `{pod: value}`. */
  gauge(name: EngineGauge, of: Of): ReadonlyMap<string, number>;
  /** `sum(rate(name[window]))`, extrapolated as Prometheus does. */
  rate(name: EngineCounter, of: Of, windowMs: number): number | undefined;
  /** `sum by (pod) (rate(...))` */
  rateByPod(name: EngineCounter, of: Of, windowMs: number): ReadonlyMap<string, number>;
  /** `avg_over_time` of each pod's gauge. */
  averageOverTime(name: EngineGauge, of: Of, windowMs: number): ReadonlyMap<string, number>;
  maximumOverTime(name: EngineGauge, of: Of, windowMs: number): ReadonlyMap<string, number>;
  /** `histogram_quantile(q, sum by (le) (rate(name_bucket[window])))`; of the engines. */
  quantile(q: number, name: HistogramName, of: Of, windowMs: number): number | undefined;
  /** `sum(rate(name_sum[window])) / sum(rate(name_count[window]))` */
  mean(name: HistogramName, of: Of, windowMs: number): number | undefined;
  routerSample(model: number): RouterSampleSeen | undefined;
  routerGauge(name: RouterGauge, model: number): number | undefined;
  routerAverage(name: RouterGauge, model: number, windowMs: number): number | undefined;
  routerRate(name: RouterCounter, model: number, windowMs: number): number | undefined;
  routerQuantile(q: number, name: 'ttft' | 'perOutputToken', model: number, windowMs: number): number | undefined;
}
