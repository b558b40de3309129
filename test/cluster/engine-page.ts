/** Requests are all alike: 200 tokens in, 100 out, four seconds in the batch. */
const promptTokens = 200;
const generationTokens = 100;
const serviceSeconds = 4;
const batch = 32;
const blocks = 750;
const blockSize = 16;
const queueLimit = 200;

/** What one replica can complete in a second: 8 requests. */
export const requestsPerSecond = batch / serviceSeconds;

/** A fluid model of one vLLM server: enough to be saturated by load and relieved by more replicas. */
export interface EnginePage {
  /** Lets `seconds` pass under `rate` arrivals a second. */
  advance(rate: number, seconds: number): void;
  readonly inFlight: number;
  /** Its /metrics, with the names that vLLM 0.11 and later show. */
  text(): string;
}

export function createEnginePage(model: string): EnginePage {
  let inFlight = 0;
  let completed = 0;
  let rejected = 0;
  let waitedSeconds = 0;
  return {
    advance(rate, seconds) {
      const running = Math.min(batch, inFlight);
      const done = Math.min(inFlight + rate * seconds, (running / serviceSeconds) * seconds);
      completed += done;
      waitedSeconds += Math.max(0, inFlight - batch) * seconds;
      inFlight += rate * seconds - done;
      rejected += Math.max(0, inFlight - batch - queueLimit);
      inFlight = Math.min(inFlight, batch + queueLimit);
    },
    get inFlight() {
      return inFlight;
    },
    text() {
      // A fifth of a request is not a request: gauges of requests are whole, as those of a server are.
      const running = Math.min(batch, Math.round(inFlight));
      const waiting = Math.max(0, Math.round(inFlight) - batch);
      const kvUsed = (running * (promptTokens + generationTokens)) / ((blocks - 1) * blockSize);
      const requests = Math.floor(completed);
      const labels = `model_name="${model}",engine="0"`;
      const gauge = (name: string, value: number): string => `# TYPE vllm:${name} gauge\nvllm:${name}{${labels}} ${value}\n`;
      const counter = (name: string, value: number, more = ''): string => `# TYPE vllm:${name} counter\nvllm:${name}_total{${labels}${more}} ${value}\n`;
      const histogram = (name: string, sum: number, count: number): string =>
        `# TYPE vllm:${name} histogram\nvllm:${name}_bucket{${labels},le="+Inf"} ${count}\nvllm:${name}_sum{${labels}} ${sum}\nvllm:${name}_count{${labels}} ${count}\n`;
      return [
        gauge('num_requests_running', running),
        gauge('num_requests_waiting', waiting),
        gauge('kv_cache_usage_perc', kvUsed),
        `# TYPE vllm:cache_config_info gauge\nvllm:cache_config_info{block_size="${blockSize}",num_gpu_blocks="${blocks}",engine="0"} 1\n`,
        counter('request_success', requests, ',finished_reason="length"'),
        counter('admission_rejections', Math.floor(rejected)),
        counter('prompt_tokens', requests * promptTokens),
        counter('generation_tokens', requests * generationTokens),
        counter('num_preemptions', 0),
        counter('prefix_cache_queries', requests * promptTokens),
        counter('prefix_cache_hits', 0),
        histogram('request_prompt_tokens', requests * promptTokens, requests),
        histogram('request_generation_tokens', requests * generationTokens, requests),
        histogram('time_to_first_token_seconds', requests * 0.2 + waitedSeconds, requests),
        histogram('inter_token_latency_seconds', requests * (serviceSeconds - 0.2), requests * (generationTokens - 1)),
        histogram('e2e_request_latency_seconds', requests * serviceSeconds + waitedSeconds, requests),
        histogram('request_queue_time_seconds', waitedSeconds, requests),
      ].join('');
    },
  };
}
