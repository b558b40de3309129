import type { HttpResponse, Transport } from '../../src/runtime/index.ts';
import type { FleetPod } from './fleet.ts';

/** A Prometheus that has scraped a fleet every 15 s. */
export interface FleetPrometheus {
  readonly transport: Transport;
  /**
   * Builds what it will answer at this time, so that answering costs nothing. Returns how many bytes that is. How far back engines are asked about is not known before, and is
   * taken to be what it was the last time: an answer to another question is built while it is waited for, and counts.
   */
  prepare(nowMs: number): number;
  /** Lets go of its answers, which are no memory of who asked for them. */
  forget(): void;
  /** Queries that it was asked since it was made. */
  asked(): number;
}

const scrapeMs = 15_000;
/** Routers are asked about all of this time in every look. */
const lookbackMs = 120_000;
const chunkBytes = 1 << 20;

/** What one server has done, and does. */
interface Work {
  /** Requests that have come, ended, and tokens of them. */
  readonly ended: number;
  readonly running: number;
  readonly waiting: number;
}

/** Its load moves by two fifths around half of what it carries, in its model's own rhythm of a few minutes: every cycle sees other numbers, and some change a decision. */
function workAt({ modelIndex, speed }: FleetPod, atMs: number, startedMs: number): Work {
  const seconds = (atMs - startedMs) / 1000;
  const period = 300 + (modelIndex % 7) * 60;
  const phase = modelIndex * 0.7;
  const wave = (2 * Math.PI) / period;
  const rate = speed * (1 + 0.4 * Math.sin(wave * seconds + phase));
  return {
    ended: Math.floor(speed * (seconds - (0.4 / wave) * (Math.cos(wave * seconds + phase) - Math.cos(phase)))),
    running: Math.max(0, Math.round(rate * 12)),
    waiting: Math.max(0, Math.round((rate / speed - 1.3) * 20)),
  };
}

const promptTokens = 1000;
const outputTokens = 250;

/** Every series of a vLLM of today that is asked for: name, labels of its own, and what it shows. */
const engineSeries: readonly (readonly [name: string, labels: string, value: (work: Work) => number])[] = [
  ['vllm:num_requests_running', '', ({ running }) => running],
  ['vllm:num_requests_waiting', '', ({ waiting }) => waiting],
  ['vllm:kv_cache_usage_perc', '', ({ running }) => Math.min(1, running / 80)],
  ['vllm:request_success_total', ',"finished_reason":"stop"', ({ ended }) => ended],
  ['vllm:request_success_total', ',"finished_reason":"length"', () => 0],
  ['vllm:request_success_total', ',"finished_reason":"abort"', () => 0],
  ['vllm:prompt_tokens_total', '', ({ ended }) => ended * promptTokens],
  ['vllm:generation_tokens_total', '', ({ ended }) => ended * outputTokens],
  ['vllm:num_preemptions_total', '', () => 0],
  ['vllm:prefix_cache_queries_total', '', ({ ended }) => ended * promptTokens],
  ['vllm:prefix_cache_hits_total', '', ({ ended }) => ended * 100],
  ['vllm:request_prompt_tokens_sum', '', ({ ended }) => ended * promptTokens],
  ['vllm:request_generation_tokens_sum', '', ({ ended }) => ended * outputTokens],
  ['vllm:time_to_first_token_seconds_sum', '', ({ ended }) => ended * 0.4],
  ['vllm:time_to_first_token_seconds_count', '', ({ ended }) => ended],
  ['vllm:inter_token_latency_seconds_sum', '', ({ ended }) => ended * (outputTokens - 1) * 0.03],
  ['vllm:inter_token_latency_seconds_count', '', ({ ended }) => ended * (outputTokens - 1)],
  ['vllm:e2e_request_latency_seconds_sum', '', ({ ended }) => ended * 8],
  ['vllm:e2e_request_latency_seconds_count', '', ({ ended }) => ended],
  ['vllm:request_queue_time_seconds_sum', '', ({ ended }) => ended * 0.05],
];

const ttftBounds = ['0.05', '0.1', '0.25', '0.5', '1.0', '2.5', '5.0', '10.0', '+Inf'];
const itlBounds = ['0.01', '0.025', '0.05', '0.075', '0.1', '0.2', '0.5', '+Inf'];

export function createFleetPrometheus(pods: readonly FleetPod[], startedMs: number): FleetPrometheus {
  let answers = { engines: [] as Buffer[], config: [] as Buffer[], latencies: [] as Buffer[], routers: [] as Buffer[] };
  let queries = 0;
  let nowMs = startedMs;
  let rangeMs = lookbackMs;
  const models = [...new Map(pods.map((pod) => [`${pod.namespace}/${pod.model}`, pod])).values()];

  /** Those of the last `range`, oldest first. Every target has its own place in the scrape interval. */
  const scrapes = (index: number, nowMs: number, range: number): number[] => {
    const newest = nowMs - 1000 - ((index * 7919) % (scrapeMs - 1000));
    const count = Math.max(0, Math.ceil((range - (nowMs - newest)) / scrapeMs));
    return Array.from({ length: count }, (_, at) => newest - (count - 1 - at) * scrapeMs);
  };
  const place = ({ namespace, name, address, model }: FleetPod): string =>
    `"namespace":"${namespace}","pod":"${name}","instance":"${address}:8000","job":"models/vllm","container":"vllm","endpoint":"http","model_name":"${model}"`;

  /** In the order in which Prometheus gives them: by name, and under one name by place. */
  function engines(nowMs: number, range: number): Buffer[] {
    const shown = pods.map((pod, index) => {
      const times = scrapes(index, nowMs, range);
      return { labels: place(pod), stamps: times.map((atMs) => atMs / 1000), works: times.map((atMs) => workAt(pod, atMs, startedMs)) };
    });
    return answerOf('matrix', function* () {
      for (const [name, own, value] of engineSeries) {
        for (const { labels, stamps, works } of shown) {
          if (stamps.length === 0) continue;
          let points = '';
          for (const [at, work] of works.entries()) points += `${at === 0 ? '' : ','}[${stamps[at]},"${value(work)}"]`;
          yield `{"metric":{"__name__":"${name}","engine":"0",${labels}${own}},"values":[${points}]}`;
        }
      }
    });
  }

  const config = (nowMs: number): Buffer[] => answerOf('vector', function* () {
    for (const pod of pods) yield `{"metric":{"__name__":"vllm:cache_config_info","engine":"0","num_gpu_blocks":"20000","block_size":"16",${place(pod)}},"value":[${nowMs / 1000},"1"]}`;
  });

  const latencies = (nowMs: number): Buffer[] => answerOf('vector', function* () {
    for (const { namespace, model } of models) {
      for (const [name, bounds] of [['vllm:time_to_first_token_seconds_bucket', ttftBounds], ['vllm:inter_token_latency_seconds_bucket', itlBounds]] as const) {
        for (const [at, le] of bounds.entries()) yield `{"metric":{"of":"${name}","namespace":"${namespace}","model_name":"${model}","le":"${le}"},"value":[${nowMs / 1000},"${Math.min(1, (at + 1) / 4) * 30}"]}`;
      }
    }
  });

  const routers = (nowMs: number): Buffer[] => answerOf('matrix', function* () {
    for (const [index, pod] of models.entries()) {
      const { namespace, model } = pod;
      const times = scrapes(index, nowMs, lookbackMs);
      const its = `"namespace":"${namespace}","pod":"epp-${index}","instance":"10.200.${index >> 8}.${index & 255}:9090","job":"epp","model_name":"${model}","target_model_name":"${model}"`;
      const series = (name: string, value: (work: Work) => number): string =>
        `{"metric":{"__name__":"${name}",${its}},"values":[${times.map((atMs) => `[${atMs / 1000},"${value(workAt(pod, atMs, startedMs))}"]`).join(',')}]}`;
      yield series('llm_d_epp_request_total', ({ ended }) => ended * 20);
      yield series('llm_d_epp_flow_control_queue_size', () => 0);
      yield series('llm_d_epp_flow_control_pool_saturation', () => 0);
    }
  });

  const transport: Transport = ({ url }) => {
    queries += 1;
    const query = new URL(url).searchParams.get('query') ?? '';
    if (query.startsWith('{') && !query.includes('llm_d_epp')) {
      const asked = Number(/\[(?<seconds>\d+)s\]$/.exec(query)?.groups?.['seconds']) * 1000;
      const names = new RegExp(`^(?:${/__name__=~"(?<names>[^"]+)"/.exec(query)?.groups?.['names']})$`);
      const unasked = engineSeries.find(([name]) => !names.test(name));
      if (unasked) throw new Error(`Nobody asks for ${unasked[0]}: without it the bench is nearer to the truth.`);
      if (asked !== rangeMs) answers = { ...answers, engines: engines(nowMs, (rangeMs = asked)) };
    }
    const chunks = query.startsWith('max by') ? answers.config : query.startsWith('label_replace') ? answers.latencies : query.includes('llm_d_epp') ? answers.routers : answers.engines;
    return Promise.resolve<HttpResponse>({ status: 200, headers: { 'content-type': 'application/json' }, body: once(chunks) });
  };

  return {
    transport,
    asked: () => queries,
    forget() {
      answers = { engines: [], config: [], latencies: [], routers: [] };
    },
    prepare(atMs) {
      nowMs = atMs;
      answers = { engines: engines(nowMs, rangeMs), config: config(nowMs), latencies: latencies(nowMs), routers: routers(nowMs) };
      return Object.values(answers).flat().reduce((bytes, chunk) => bytes + chunk.length, 0);
    },
  };
}

/** As many chunks as a socket would bring in larger ones. */
async function* once(chunks: readonly Buffer[]): AsyncIterable<Uint8Array> {
  yield* chunks;
}

function answerOf(resultType: 'matrix' | 'vector', series: () => Iterable<string>): Buffer[] {
  const chunks: Buffer[] = [];
  let text = `{"status":"success","data":{"resultType":"${resultType}","result":[`;
  let first = true;
  for (const one of series()) {
    text += first ? one : `,${one}`;
    first = false;
    if (text.length < chunkBytes) continue;
    chunks.push(Buffer.from(text));
    text = '';
  }
  chunks.push(Buffer.from(`${text}]}}`));
  return chunks;
}
