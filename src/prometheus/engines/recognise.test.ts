import { describe, expect, it } from 'vitest';
import { parseExposition } from '../../wire/index.ts';
import { recognise } from './recognise.ts';
import type { EngineSample } from './sample.ts';

function read(page: string): EngineSample | undefined {
  const { series, problems } = parseExposition(page);
  expect(problems).toEqual([]);
  return recognise(series, 1000);
}

/** Lines with one label set for all. */
function lines(labels: string, values: Readonly<Record<string, number>>): string {
  return Object.entries(values).map(([name, value]) => `${name}{${labels}} ${value}\n`).join('');
}

// the names of a 0.6 release: V0 engine, no `engine` label
const oldest = lines('model_name="m"', {
  'vllm:num_requests_running': 3, 'vllm:num_requests_waiting': 2, 'vllm:num_requests_swapped': 1,
  'vllm:gpu_cache_usage_perc': 0.25, 'vllm:cpu_cache_usage_perc': 0, 'vllm:gpu_prefix_cache_hit_rate': 0.4,
  'vllm:num_preemptions_total': 5, 'vllm:prompt_tokens_total': 900, 'vllm:generation_tokens_total': 700,
  'vllm:time_to_first_token_seconds_sum': 4, 'vllm:time_to_first_token_seconds_count': 8,
  'vllm:time_per_output_token_seconds_sum': 14, 'vllm:time_per_output_token_seconds_count': 690,
  'vllm:e2e_request_latency_seconds_sum': 30, 'vllm:e2e_request_latency_seconds_count': 6,
  'vllm:request_prompt_tokens_sum': 800, 'vllm:request_prompt_tokens_count': 6,
  'vllm:request_generation_tokens_sum': 600, 'vllm:request_generation_tokens_count': 6,
  'vllm:time_in_queue_requests_sum': 2, 'vllm:time_in_queue_requests_count': 6,
}) + 'vllm:cache_config_info{block_size="16",num_gpu_blocks="1000",num_cpu_blocks="512"} 1\n';

describe('recognising an engine by its series', () => {
  it('reads the oldest names, where the end-to-end count stands in for departures not counted yet', () => {
    expect(read(oldest)).toEqual({
      atMs: 1000, engine: 'vllm', modelName: 'm', ranks: '',
      gauges: { running: 3, waiting: 2, waitingElsewhere: 1, kvUsed: 0.25, kvCapacity: 16_000, prefixHitShare: 0.4 },
      counters: {
        departures: 6, completions: 6, promptTokens: 900, generationTokens: 700, preemptions: 5,
        ttftSum: 4, ttftCount: 8, itlSum: 14, itlCount: 690, e2eSum: 30, e2eCount: 6,
        promptLengthSum: 800, promptLengthCount: 6, generationLengthSum: 600, generationLengthCount: 6, queueTimeSum: 2, queueTimeCount: 6,
      },
    });
  });

  it('prefers the new name where a release shows both', () => {
    const sample = read(`vllm:num_requests_running 1
vllm:gpu_cache_usage_perc 0.9
vllm:kv_cache_usage_perc 0.5
vllm:time_per_output_token_seconds_sum 9
vllm:time_per_output_token_seconds_count 9
vllm:inter_token_latency_seconds_sum 3
vllm:inter_token_latency_seconds_count 100
vllm:gpu_prefix_cache_queries_total 1
vllm:prefix_cache_queries_total 50
`);
    expect(sample?.gauges.kvUsed).toBe(0.5);
    expect(sample?.counters).toMatchObject({ itlSum: 3, itlCount: 100, prefixQueries: 50 });
  });

  it.each(['vllm:generation_tokens_total', 'vllm:generation_tokens'])('reads the counter %s', (name) => {
    expect(read(`${name}{engine="0"} 7\n`)?.counters.generationTokens).toBe(7);
  });

  it('counts once what stands under both spellings of a counter', () => {
    expect(read('vllm:generation_tokens_total{engine="0"} 7\nvllm:generation_tokens{engine="0"} 7\n')?.counters.generationTokens).toBe(7);
  });

  it('tells those who left from those who were served', () => {
    const reasons = { stop: 5, length: 7, abort: 2, error: 1 };
    const page = Object.entries(reasons).map(([reason, value]) => `vllm:request_success_total{finished_reason="${reason}"} ${value}\n`).join('');
    expect(read(page)?.counters).toMatchObject({ departures: 15, completions: 12 });
  });

  it('knows how many requests a sum is of by those that left, where no end-to-end time is shown', () => {
    const page = 'vllm:request_success_total{finished_reason="stop"} 5\nvllm:request_success_total{finished_reason="abort"} 2\nvllm:request_prompt_tokens_sum 700\n';
    expect(read(page)?.counters).toEqual({ departures: 7, completions: 5, promptLengthSum: 700, promptLengthCount: 7 });
    expect(read('vllm:request_prompt_tokens_sum 700\n')?.counters).toEqual({ promptLengthSum: 700 });
  });

  it('adds up data-parallel engines, and averages their cache use by capacity', () => {
    const sample = read(`vllm:num_requests_running{engine="0",model_name="m"} 4
vllm:num_requests_running{engine="1",model_name="m"} 6
vllm:num_requests_waiting{engine="0",model_name="m"} 0
vllm:num_requests_waiting{engine="1",model_name="m"} 9
vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.2
vllm:kv_cache_usage_perc{engine="1",model_name="m"} 0.8
vllm:generation_tokens_total{engine="0",model_name="m"} 10
vllm:generation_tokens_total{engine="1",model_name="m"} 20
vllm:engine_sleep_state{engine="0",sleep_state="awake"} 0
vllm:engine_sleep_state{engine="0",sleep_state="weights_offloaded"} 1
vllm:engine_sleep_state{engine="1",sleep_state="awake"} 1
vllm:cache_config_info{engine="0",block_size="16",num_gpu_blocks="101"} 1
vllm:cache_config_info{engine="1",block_size="16",num_gpu_blocks="301"} 1
`);
    expect(sample).toMatchObject({
      ranks: '0 1',
      gauges: { running: 10, waiting: 9, kvCapacity: 6400 },
      counters: { generationTokens: 30 },
      // one engine that is awake still serves
      asleep: false,
    });
    expect(sample?.gauges.kvUsed).toBeCloseTo(0.25 * 0.2 + 0.75 * 0.8, 12);
  });

  it('knows a sleeping engine', () => {
    expect(read('vllm:engine_sleep_state{engine="0",sleep_state="awake"} 0\nvllm:engine_sleep_state{engine="0",sleep_state="discard_all"} 1\n')?.asleep).toBe(true);
  });

  it('keeps NaN and infinity apart from 0 and from absence, also in one engine of several', () => {
    const sample = read('vllm:kv_cache_usage_perc{engine="0"} NaN\nvllm:num_requests_waiting{engine="0"} 1\nvllm:num_requests_waiting{engine="1"} +Inf\n');
    expect(sample?.gauges).toEqual({ kvUsed: 'NotANumber', waiting: 'NotANumber' });
  });

  it('does not know a capacity that the engine does not know', () => {
    expect(read('vllm:num_requests_running 0\nvllm:cache_config_info{block_size="16",num_gpu_blocks="None"} 1\n')?.gauges).toEqual({ running: 0 });
  });

  it('prefers the size in tokens, less the block that the engine keeps', () => {
    const page = 'vllm:cache_config_info{engine="0",block_size="16",num_gpu_blocks="100",kv_cache_size_tokens="800"} 1\n';
    expect(read(page)?.gauges.kvCapacity).toBeCloseTo(792, 9);
  });

  it('reads SGLang: workers of one engine are copies, its queues add up, cached tokens come from several caches', () => {
    const rank = (tp: number, dp: number): string => `dp_rank="${dp}",engine_type="unified",model_name="s",tp_rank="${tp}"`;
    const page = [0, 1].flatMap((dp) => [0, 1].map((tp) => lines(rank(tp, dp), {
      'sglang:num_running_reqs': 5 + dp, 'sglang:num_queue_reqs': 2, 'sglang:num_grammar_queue_reqs': 1, 'sglang:token_usage': 0.5, 'sglang:max_total_num_tokens': 1000,
    }))).join('') + `sglang:prompt_tokens_total{model_name="s"} 400
sglang:cached_tokens_total{cache_source="device",model_name="s"} 90
sglang:cached_tokens_total{cache_source="host",model_name="s"} 10
sglang:generation_tokens_total{model_name="s"} 300
sglang:num_requests_total{model_name="s"} 20
sglang:prompt_tokens_histogram_sum{model_name="s"} 380
sglang:prompt_tokens_histogram_count{model_name="s"} 20
sglang:time_per_output_token_seconds_sum{model_name="s"} 6
sglang:time_per_output_token_seconds_count{model_name="s"} 280
`;
    expect(read(page)).toEqual({
      atMs: 1000, engine: 'sglang', modelName: 's', ranks: '0 1',
      gauges: { running: 11, waiting: 4, waitingElsewhere: 2, kvUsed: 0.5, kvCapacity: 2000 },
      counters: {
        departures: 20, completions: 20, promptTokens: 400, prefixQueries: 400, prefixHits: 100, generationTokens: 300,
        promptLengthSum: 380, promptLengthCount: 20, itlSum: 6, itlCount: 280,
      },
    });
  });

  it('prefers tokens of SGLang that are counted as they are made', () => {
    const page = ['0', '1'].flatMap((tp) => [['decode', 70], ['prefill_compute', 300], ['prefill_cache', 100], ['other', 9]].map(([mode, value]) => `sglang:realtime_tokens_total{mode="${mode}",tp_rank="${tp}"} ${value}\n`)).join('');
    expect(read(`${page}sglang:prompt_tokens_total 380\nsglang:generation_tokens_total 20\n`)?.counters).toEqual({ promptTokens: 400, generationTokens: 70, prefixQueries: 380 });
  });

  it('takes for the engine what most series are of, and nothing for anything else', () => {
    expect(read('sglang:num_running_reqs 1\nvllm:num_requests_running 2\nvllm:num_requests_waiting 0\n')).toMatchObject({ engine: 'vllm', gauges: { running: 2 } });
    expect(read('http_requests_total 5\nprocess_start_time_seconds 1.7e9\n')).toBeUndefined();
    expect(read('')).toBeUndefined();
  });
});
