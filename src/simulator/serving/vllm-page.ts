import type { Engine } from './engine.ts';
import { createExpositionWriter } from './exposition-writer.ts';
import type { Histogram } from './histogram.ts';

/** Which names a vLLM server uses: those of 0.32, or those of releases before 0.10. */
export type MetricNames = 'current' | 'old';

/** The page that a vLLM server shows to Prometheus. */
export function writeVllmPage(engine: Engine, names: MetricNames): string {
  const { meters, profile } = engine;
  const current = names === 'current';
  const model = `model_name="${profile.modelID}"`;
  const own = current ? `engine="0",${model}` : model;
  const { gauge, counter, histogram: write, text } = createExpositionWriter('vllm:');
  const histogram = (name: string, from: Histogram): void => write(name, own, from, [current ? 'engine="0",' : '', `,${model}`]);
  const waiting = engine.waiting();

  gauge('num_requests_running', [own, engine.running()]);
  gauge('num_requests_waiting', [own, waiting]);
  if (current) {
    const deferred = engine.copying();
    gauge('num_requests_waiting_by_reason', [`${own},reason="capacity"`, waiting - deferred], [`${own},reason="deferred"`, deferred]);
    gauge(
      'engine_sleep_state',
      [`${own},sleep_state="awake"`, 1],
      [`${own},sleep_state="weights_offloaded"`, 0],
      [`${own},sleep_state="discard_all"`, 0],
    );
    gauge('kv_cache_usage_perc', [own, engine.kvUsedFraction()]);
    counter('prefix_cache_queries_total', [own, meters.prefixQueries]);
    counter('prefix_cache_hits_total', [own, meters.prefixHits]);
  } else {
    gauge('num_requests_swapped', [own, 0]);
    gauge('gpu_cache_usage_perc', [own, engine.kvUsedFraction()]);
    gauge('cpu_cache_usage_perc', [own, 0]);
  }
  counter('num_preemptions_total', [own, meters.preemptions]);
  counter('prompt_tokens_total', [own, meters.promptTokens]);
  counter('generation_tokens_total', [own, meters.generationTokens]);
  const finished = (reason: string): string => (current ? `engine="0",finished_reason="${reason}",${model}` : `finished_reason="${reason}",${model}`);
  counter(
    'request_success_total',
    [finished('stop'), 0],
    [finished('length'), meters.succeeded],
    [finished('abort'), meters.aborted],
    ...(current ? ([[finished('error'), 0], [finished('repetition'), 0]] as const) : []),
  );
  if (current) {
    counter('admission_rejections_total', [`${model},reason="max_num_queued_reqs"`, 0], [`${model},reason="max_num_queued_tokens"`, 0]);
  }
  histogram('request_prompt_tokens', meters.requestPromptTokens);
  histogram('request_generation_tokens', meters.requestGenerationTokens);
  histogram('iteration_tokens_total', meters.iterationTokens);
  histogram('time_to_first_token_seconds', meters.ttft);
  if (current) {
    histogram('inter_token_latency_seconds', meters.interToken);
    histogram('request_time_per_output_token_seconds', meters.perOutputToken);
  } else {
    histogram('time_per_output_token_seconds', meters.interToken);
  }
  histogram('e2e_request_latency_seconds', meters.endToEnd);
  histogram('request_queue_time_seconds', meters.queue);
  histogram('request_inference_time_seconds', meters.inference);
  histogram('request_prefill_time_seconds', meters.prefill);
  histogram('request_decode_time_seconds', meters.decode);
  if (current) histogram('request_num_preemptions', meters.requestPreemptions);
  gauge('cache_config_info', [cacheLabels(engine, names), 1]);
  return text();
}

function cacheLabels({ profile }: Engine, names: MetricNames): string {
  const { blockTokens, kvBlocks } = profile;
  if (names === 'old') return `block_size="${blockTokens}",cache_dtype="auto",num_gpu_blocks="${kvBlocks}"`;
  return [
    `block_size="${blockTokens}"`,
    'cache_dtype="auto"',
    `enable_prefix_caching="${profile.prefixCaching === false ? 'False' : 'True'}"`,
    'engine="0"',
    `kv_cache_size_tokens="${kvBlocks * blockTokens}"`,
    `num_gpu_blocks="${kvBlocks}"`,
  ].join(',');
}
