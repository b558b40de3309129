import type { Engine } from '../../model/index.ts';

/** What a series of an engine tells us. One word per thing, whatever the engine or release calls it. */
export type Meaning =
  // now
  | 'running'
  | 'waiting'
  | 'waitingElsewhere'
  | 'kvUsed'
  | 'kvCapacity'
  | 'cacheConfig'
  | 'sleepState'
  | 'prefixHitShare'
  // counted since the engine started
  | 'departures'
  | 'rejections'
  | 'promptTokens'
  | 'generationTokens'
  | 'realtimeTokens'
  | 'preemptions'
  | 'prefixQueries'
  | 'prefixHits'
  // summed and counted since the engine started
  | 'promptLength'
  | 'generationLength'
  | 'ttft'
  | 'itl'
  | 'e2e'
  | 'queueTime';

/**
 * How a quantity is shown. A counter stands on the page as NAME or NAME_total (client libraries and
 * gateways differ), a histogram is read by its NAME_sum and NAME_count, an info series by its labels.
 * A `sum` is a histogram in which every request that leaves is observed once, all at the moment at which it is counted among those that
 * left: of it NAME_sum is read, for how many they were is told already.
 */
export type Form = 'gauge' | 'counter' | 'histogram' | 'sum' | 'info';

export interface EngineMetric {
  readonly engine: Engine;
  /** Without `_total`, `_sum`, `_count`. */
  readonly name: string;
  readonly form: Form;
  readonly meaning: Meaning;
  /** The releases that show it, as far as known; for people. */
  readonly releases: string;
  /** What a reader of the documentation page should know about it. */
  readonly note: string;
}

function vllm(name: string, form: Form, meaning: Meaning, releases: string, note: string): EngineMetric {
  return { engine: 'vllm', name: `vllm:${name}`, form, meaning, releases, note };
}

function sglang(name: string, form: Form, meaning: Meaning, releases: string, note: string): EngineMetric {
  return { engine: 'sglang', name: `sglang:${name}`, form, meaning, releases, note };
}

/**
 * Every metric that is read, in order of preference: of the rows with the same engine and meaning the
 * first that is on the page counts, except for `waitingElsewhere`, whose rows add up.
 * docs/reference/input-metrics.md shows the same table; a test holds the two together.
 */
export const engineMetrics: readonly EngineMetric[] = [
  vllm('num_requests_running', 'gauge', 'running', '0.6 and later', 'Requests in the running batch.'),
  vllm('num_requests_waiting', 'gauge', 'waiting', '0.6 and later', 'Requests accepted and not yet running, preempted ones included.'),
  vllm('num_requests_swapped', 'gauge', 'waitingElsewhere', '0.6 to 0.9 (V0 engine)', 'Requests moved to host memory: in flight, and not running.'),
  vllm('kv_cache_usage_perc', 'gauge', 'kvUsed', '0.9 and later', 'A fraction, for all that its name says percent.'),
  vllm('gpu_cache_usage_perc', 'gauge', 'kvUsed', '0.6 to 0.10', 'The old name.'),
  vllm('cache_config_info', 'info', 'cacheConfig', '0.6 and later', 'Labels `num_gpu_blocks`, `block_size` and, in late releases (0.32 does), `kv_cache_size_tokens`. It has no `model_name`. One block is the engine\'s own: usable are one fewer.'),
  vllm('engine_sleep_state', 'gauge', 'sleepState', 'late releases (0.32 does)', 'Asleep when `sleep_state="awake"` is 0 on every engine of the page.'),
  vllm('gpu_prefix_cache_hit_rate', 'gauge', 'prefixHitShare', '0.6 to 0.8 (V0 engine)', 'A share since start, -1 when the cache is off; used where there are no counters.'),
  vllm('request_success', 'counter', 'departures', '0.6 and later', 'By `finished_reason`: all reasons leave, `abort` and `error` are not completions.'),
  vllm('admission_rejections', 'counter', 'rejections', 'late releases (0.32 does)', 'What the engine shed at its door. It has no `engine` label.'),
  vllm('prompt_tokens', 'counter', 'promptTokens', '0.6 and later', 'Counted when the prompt is through, cached tokens included.'),
  vllm('generation_tokens', 'counter', 'generationTokens', '0.6 and later', 'Counted as they are made.'),
  vllm('num_preemptions', 'counter', 'preemptions', '0.6 and later', ''),
  vllm('prefix_cache_queries', 'counter', 'prefixQueries', '0.9 and later', 'In tokens.'),
  vllm('gpu_prefix_cache_queries', 'counter', 'prefixQueries', '0.8 to 0.10', 'The old name.'),
  vllm('prefix_cache_hits', 'counter', 'prefixHits', '0.9 and later', 'In tokens.'),
  vllm('gpu_prefix_cache_hits', 'counter', 'prefixHits', '0.8 to 0.10', 'The old name.'),
  vllm('request_prompt_tokens', 'sum', 'promptLength', '0.6 and later', 'Observed when a request leaves.'),
  vllm('request_generation_tokens', 'sum', 'generationLength', '0.6 and later', 'Observed when a request leaves.'),
  vllm('time_to_first_token_seconds', 'histogram', 'ttft', '0.6 and later', 'From arrival at the engine, queue included.'),
  vllm('inter_token_latency_seconds', 'histogram', 'itl', '0.11 and later', 'One observation a token after the first.'),
  vllm('time_per_output_token_seconds', 'histogram', 'itl', '0.6 to 0.12', 'The old name of the same.'),
  vllm('e2e_request_latency_seconds', 'histogram', 'e2e', '0.6 and later', 'Observed when a request leaves; its count stands in for departures, and is how many requests the sums are of.'),
  vllm('request_queue_time_seconds', 'sum', 'queueTime', '0.6.5 and later', 'Observed when a request leaves.'),
  vllm('time_in_queue_requests', 'sum', 'queueTime', '0.6.4 to 0.8', 'The old name of the same.'),

  sglang('num_running_reqs', 'gauge', 'running', '0.4 and later', ''),
  sglang('num_queue_reqs', 'gauge', 'waiting', '0.4 and later', ''),
  sglang('num_grammar_queue_reqs', 'gauge', 'waitingElsewhere', '0.4.8 and later', 'Waiting for a grammar to compile.'),
  sglang('num_prefill_prealloc_queue_reqs', 'gauge', 'waitingElsewhere', '0.4.8 and later', 'Prefill servers of a split deployment.'),
  sglang('num_prefill_inflight_queue_reqs', 'gauge', 'waitingElsewhere', '0.4.8 and later', 'Prefill servers of a split deployment.'),
  sglang('num_decode_prealloc_queue_reqs', 'gauge', 'waitingElsewhere', '0.4.8 and later', 'Decode servers of a split deployment.'),
  sglang('num_decode_transfer_queue_reqs', 'gauge', 'waitingElsewhere', '0.4.8 and later', 'Decode servers of a split deployment.'),
  sglang('token_usage', 'gauge', 'kvUsed', '0.4 and later', ''),
  sglang('max_total_num_tokens', 'gauge', 'kvCapacity', '0.4 and later', 'In tokens.'),
  sglang('cache_hit_rate', 'gauge', 'prefixHitShare', '0.4 and later', 'Of the last prefill batch only; used where there are no counters.'),
  sglang('num_requests', 'counter', 'departures', '0.4 and later', 'Counted when a request leaves.'),
  sglang('realtime_tokens', 'counter', 'realtimeTokens', 'late 0.5 releases', 'By `mode`: `decode` are generated tokens, `prefill_compute` and `prefill_cache` prompt tokens, counted as they are made. Where it is shown it is used rather than the next two.'),
  sglang('prompt_tokens', 'counter', 'promptTokens', '0.4 and later', 'Counted when a request leaves, so that rates lag by as long as a request takes.'),
  sglang('generation_tokens', 'counter', 'generationTokens', '0.4 and later', 'Counted when a request leaves, so that rates lag by as long as a request takes.'),
  sglang('num_retracted_requests', 'counter', 'preemptions', '0.5 and later', ''),
  sglang('cached_tokens', 'counter', 'prefixHits', '0.4.6 and later', 'Over all values of `cache_source`; the queries are `prompt_tokens`. Not shown before the first hit.'),
  sglang('prompt_tokens_histogram', 'histogram', 'promptLength', '0.4.6 and later', 'Only with `--collect-tokens-histogram`.'),
  sglang('generation_tokens_histogram', 'histogram', 'generationLength', '0.4.6 and later', 'Only with `--collect-tokens-histogram`.'),
  sglang('time_to_first_token_seconds', 'histogram', 'ttft', '0.4 and later', ''),
  sglang('inter_token_latency_seconds', 'histogram', 'itl', '0.4.4 and later', ''),
  sglang('time_per_output_token_seconds', 'histogram', 'itl', '0.4 to 0.4.9', 'The old name.'),
  sglang('e2e_request_latency_seconds', 'histogram', 'e2e', '0.4 and later', 'Its count stands in for departures.'),
  sglang('queue_time_seconds', 'histogram', 'queueTime', '0.5 and later', ''),
];

/** A name as it stands on the page, and what it is of which metric. */
export interface SeriesName {
  readonly metric: EngineMetric;
  readonly part: 'value' | 'sum' | 'count';
}

/** Every name under which a metric may stand on a page. */
export const seriesNames: ReadonlyMap<string, SeriesName> = new Map(engineMetrics.flatMap((metric) => namesOf(metric)));

function namesOf(metric: EngineMetric): [string, SeriesName][] {
  const { name, form } = metric;
  if (form === 'histogram') {
    return [
      [`${name}_sum`, { metric, part: 'sum' }],
      [`${name}_count`, { metric, part: 'count' }],
    ];
  }
  if (form === 'sum') return [[`${name}_sum`, { metric, part: 'sum' }]];
  const value: SeriesName = { metric, part: 'value' };
  return form === 'counter' ? [[`${name}_total`, value], [name, value]] : [[name, value]];
}

/** The buckets that are read: those of the time to the first token and between tokens, of which the distribution matters. */
export const bucketNames: ReadonlyMap<string, EngineMetric> = new Map(
  engineMetrics.filter(({ meaning }) => meaning === 'ttft' || meaning === 'itl').map((metric) => [`${metric.name}_bucket`, metric]),
);

/** When the process that shows the page began, in seconds since the epoch: another value is another process. */
export const startTimeName = 'process_start_time_seconds';

/** What to keep of a page. */
export const namesToKeep: ReadonlySet<string> = new Set([...seriesNames.keys(), ...bucketNames.keys(), startTimeName]);
