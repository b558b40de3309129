import { parseExposition } from '../../wire/index.ts';
import type { ExpositionSeries } from '../../wire/index.ts';

/** A histogram as a page shows it; counts are not cumulative, the last is of what is above every bound. */
export interface Buckets {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
  readonly count: number;
}

/** What one page of a server says. A value that is absent, NaN or infinite on the page is absent here. Times are in seconds. */
export interface PageReading {
  readonly atSeconds: number;
  readonly running?: number;
  readonly waiting?: number;
  readonly kvUsedFraction?: number;
  readonly promptTokens?: number;
  readonly generationTokens?: number;
  readonly completed?: number;
  readonly preemptions?: number;
  readonly ttft?: Buckets;
  readonly interToken?: Buckets;
  readonly perOutputToken?: Buckets;
  readonly endToEnd?: Buckets;
  readonly prefillTime?: Buckets;
  readonly promptLength?: Buckets;
  readonly generationLength?: Buckets;
  readonly iterationTokens?: Buckets;
  /** From the labels of the cache's info series. */
  readonly kvBlocks?: number;
  readonly blockTokens?: number;
  readonly prefixCaching?: boolean;
}

type Gauge = 'running' | 'waiting' | 'kvUsedFraction' | 'promptTokens' | 'generationTokens' | 'completed' | 'preemptions';
type Histogram = Exclude<keyof PageReading, Gauge | 'atSeconds' | 'kvBlocks' | 'blockTokens' | 'prefixCaching'>;

/** By meaning, the names of vLLM (newest first) and of SGLang. Series with the same name and other labels add up. */
const gauges: Readonly<Record<Gauge, readonly string[]>> = {
  running: ['vllm:num_requests_running', 'sglang:num_running_reqs'],
  waiting: ['vllm:num_requests_waiting', 'sglang:num_queue_reqs'],
  kvUsedFraction: ['vllm:kv_cache_usage_perc', 'vllm:gpu_cache_usage_perc', 'sglang:token_usage'],
  promptTokens: ['vllm:prompt_tokens_total', 'sglang:prompt_tokens_total'],
  generationTokens: ['vllm:generation_tokens_total', 'sglang:generation_tokens_total'],
  completed: ['vllm:request_success_total', 'sglang:num_requests_total'],
  preemptions: ['vllm:num_preemptions_total', 'sglang:num_retracted_reqs'],
};
const histograms: Readonly<Record<Histogram, readonly string[]>> = {
  ttft: ['vllm:time_to_first_token_seconds', 'sglang:time_to_first_token_seconds'],
  interToken: ['vllm:inter_token_latency_seconds', 'vllm:time_per_output_token_seconds', 'sglang:inter_token_latency_seconds'],
  perOutputToken: ['vllm:request_time_per_output_token_seconds'],
  endToEnd: ['vllm:e2e_request_latency_seconds', 'sglang:e2e_request_latency_seconds'],
  prefillTime: ['vllm:request_prefill_time_seconds'],
  promptLength: ['vllm:request_prompt_tokens', 'sglang:prompt_tokens_histogram'],
  generationLength: ['vllm:request_generation_tokens', 'sglang:generation_tokens_histogram'],
  iterationTokens: ['vllm:iteration_tokens_total'],
};
const cacheInfo = ['vllm:cache_config_info', 'sglang:cache_config_info'];
const keep = new Set([...Object.values(gauges).flat(), ...Object.values(histograms).flat().flatMap((name) => [`${name}_bucket`, `${name}_sum`, `${name}_count`]), ...cacheInfo]);

export interface ReadPage {
  readonly reading: PageReading;
  /** Sentences without the file's name. */
  readonly problems: readonly string[];
}

/** Reads one page of vLLM or SGLang. What cannot be read is reported, the rest is kept. */
export function readPage(atSeconds: number, text: string): ReadPage {
  const { series, problems: lines, malformedLines, terminated } = parseExposition(text, { keep });
  const problems = lines.map(({ line, expected, text: shown }) => `line ${line}: expected ${expected}, found "${shown}"; the line was left out`);
  if (malformedLines > lines.length) problems.push(`${malformedLines - lines.length} more lines could not be read and were left out`);
  if (!terminated) problems.push('the page stops inside its last line; that line was not used');
  const byName = new Map<string, ExpositionSeries[]>();
  for (const one of terminated ? series : series.slice(0, -1)) {
    const named = byName.get(one.name);
    if (named === undefined) byName.set(one.name, [one]);
    else named.push(one);
  }
  const reading: Record<string, unknown> = { atSeconds };
  for (const [meaning, names] of Object.entries(gauges)) {
    const name = names.find((candidate) => byName.has(candidate));
    if (name === undefined) continue;
    const value = total(byName.get(name) ?? []);
    if (Number.isFinite(value)) reading[meaning] = value;
    else problems.push(`${name} is ${String(value)}, expected a number; taken as not known`);
  }
  for (const [meaning, names] of Object.entries(histograms)) {
    const name = names.find((candidate) => byName.has(`${candidate}_bucket`) || byName.has(`${candidate}_count`));
    if (name === undefined) continue;
    const buckets = readHistogram(byName, name);
    if (typeof buckets === 'string') problems.push(`${name}: ${buckets}; taken as not known`);
    else reading[meaning] = buckets;
  }
  Object.assign(reading, readCache(cacheInfo.flatMap((name) => byName.get(name) ?? [])[0]));
  return { reading: reading as unknown as PageReading, problems };
}

function total(series: readonly ExpositionSeries[]): number {
  return series.reduce((sum, { value }) => sum + value, 0);
}

/** The histogram, or what is wrong with it. */
function readHistogram(byName: ReadonlyMap<string, readonly ExpositionSeries[]>, name: string): Buckets | string {
  const atBound = new Map<number, number>();
  for (const { labels, value } of byName.get(`${name}_bucket`) ?? []) {
    const bound = labels['le'] === '+Inf' ? Infinity : Number(labels['le']);
    if (Number.isNaN(bound)) return `expected a number or +Inf as le, found ${labels['le'] ?? 'none'}`;
    atBound.set(bound, (atBound.get(bound) ?? 0) + value);
  }
  const sum = total(byName.get(`${name}_sum`) ?? []);
  const count = total(byName.get(`${name}_count`) ?? []);
  const bounds = [...atBound.keys()].toSorted((a, b) => a - b);
  const cumulative = bounds.map((bound) => atBound.get(bound) as number);
  if (![sum, count, ...cumulative].every(Number.isFinite)) return 'expected numbers, found NaN or infinity';
  if (!byName.has(`${name}_count`) || !byName.has(`${name}_sum`)) return 'expected _sum and _count beside the buckets';
  if (bounds.at(-1) !== Infinity) return 'expected a bucket le="+Inf"';
  if (cumulative.some((value, index) => value < (cumulative[index - 1] ?? 0))) return 'expected counts that grow with le';
  return { bounds: bounds.slice(0, -1), counts: cumulative.map((value, index) => value - (cumulative[index - 1] ?? 0)), sum, count };
}

function readCache(info: ExpositionSeries | undefined): Pick<PageReading, 'kvBlocks' | 'blockTokens' | 'prefixCaching'> {
  const kvBlocks = Number(info?.labels['num_gpu_blocks'] ?? info?.labels['num_pages']);
  const blockTokens = Number(info?.labels['block_size'] ?? info?.labels['page_size']);
  const prefix = info?.labels['enable_prefix_caching'];
  return {
    ...(kvBlocks > 0 ? { kvBlocks } : {}),
    ...(blockTokens > 0 ? { blockTokens } : {}),
    ...(prefix === undefined ? {} : { prefixCaching: prefix === 'True' }),
  };
}
