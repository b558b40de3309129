import type { Engine } from './engine.ts';
import { createExpositionWriter } from './exposition-writer.ts';
import type { Histogram } from './histogram.ts';

const roles = { both: 'unified', prefill: 'prefill', decode: 'decode' } as const;

/**
 * The page that an SGLang 0.5 server shows to Prometheus with `--enable-metrics --collect-tokens-histogram`: gauges from the scheduler of rank 0, with the
 * scheduler's labels; what is counted when a request leaves, with the model only. Left out are the gauges that nothing here could be behind
 * (grammars, LoRA, speculation) and `cache_hit_rate`, which is of a single batch.
 */
export function writeSglangPage(engine: Engine): string {
  const { meters, profile } = engine;
  const model = `model_name="${profile.modelID}"`;
  const scheduler = `engine_type="${roles[engine.role]}",${model},moe_ep_rank="0",pp_rank="0",tp_rank="0"`;
  const { gauge, counter, histogram: write, text } = createExpositionWriter('sglang:');
  const histogram = (name: string, from: Histogram): void => write(name, model, from, ['', `,${model}`]);
  const usableTokens = (profile.kvBlocks - 1) * profile.blockTokens;
  const usedFraction = engine.kvUsedFraction();
  const [prefill, decode] = [engine.role === 'prefill', engine.role === 'decode'];

  gauge('num_running_reqs', [scheduler, engine.running()]);
  gauge('num_queue_reqs', [scheduler, engine.waiting() - engine.copying()]);
  gauge('num_grammar_queue_reqs', [scheduler, 0]);
  gauge('num_used_tokens', [scheduler, usedFraction * usableTokens]);
  gauge('token_usage', [scheduler, usedFraction]);
  gauge('max_total_num_tokens', [scheduler, usableTokens]);
  gauge('num_prefill_prealloc_queue_reqs', [scheduler, 0]);
  gauge('num_prefill_inflight_queue_reqs', [scheduler, prefill ? engine.handingOver() : 0]);
  gauge('num_decode_prealloc_queue_reqs', [scheduler, decode ? engine.expected() : 0]);
  gauge('num_decode_transfer_queue_reqs', [scheduler, decode ? engine.copying() : 0]);
  counter('num_retracted_requests_total', [scheduler, meters.preemptions]);
  const mode = (name: string): string => `engine_type="${roles[engine.role]}",mode="${name}",${model},moe_ep_rank="0",pp_rank="0",tp_rank="0"`;
  counter(
    'realtime_tokens_total',
    [mode('prefill_compute'), meters.prefillTokensComputed],
    [mode('prefill_cache'), meters.prefixHits],
    [mode('decode'), meters.decodedTokens],
  );
  counter('prompt_tokens_total', [model, meters.requestPromptTokens.snapshot().sum]);
  counter('generation_tokens_total', [model, meters.requestGenerationTokens.snapshot().sum]);
  if (meters.finishedCachedTokens > 0) counter('cached_tokens_total', [`cache_source="device",${model}`, meters.finishedCachedTokens]);
  counter('num_requests_total', [model, meters.succeeded]);
  counter('num_aborted_requests_total', [model, meters.aborted]);
  histogram('prompt_tokens_histogram', meters.requestPromptTokens);
  histogram('generation_tokens_histogram', meters.requestGenerationTokens);
  histogram('time_to_first_token_seconds', meters.ttft);
  histogram('inter_token_latency_seconds', meters.interToken);
  histogram('e2e_request_latency_seconds', meters.endToEnd);
  write('queue_time_seconds', scheduler, meters.queue, [`engine_type="${roles[engine.role]}",`, `,${model},moe_ep_rank="0",pp_rank="0",tp_rank="0"`]);
  histogram('num_retractions', meters.requestPreemptions);
  return text();
}
