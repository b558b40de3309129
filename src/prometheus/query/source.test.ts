import { describe, expect, it } from 'vitest';
import { createManualClock, createNodeTransport, listen, systemClock, textResponse, type HttpResponse, type Transport } from '../../runtime/index.ts';
import type { PodAddress, RouterAddress } from '../source.ts';
import { createPrometheusSource, type PrometheusLook, type PrometheusSource } from './source.ts';

const signal = new AbortController().signal;
const nowMs = 1_700_000_000_000;

function podAt(index: number, ports: readonly number[] = [8000]): PodAddress {
  return { namespace: 'models', pod: `decode-${index}`, uid: `uid-${index}`, ip: `10.0.0.${index}`, ports, engine: 'vllm', modelID: 'm' };
}

type Labels = Readonly<Record<string, string>>;
type Scrapes = readonly (readonly [secondsAgo: number, value: string])[];

/** A target's series, each with its scrapes. */
function target(labels: Labels, values: Readonly<Record<string, Scrapes>>): object[] {
  return Object.entries(values).map(([name, scrapes]) => ({
    metric: { __name__: name, engine: '0', model_name: 'm', ...labels },
    values: scrapes.map(([secondsAgo, value]) => [nowMs / 1000 - secondsAgo, value]),
  }));
}

function labelsOf(index: number, more: Labels = {}): Labels {
  return { namespace: 'models', pod: `decode-${index}`, instance: `10.0.0.${index}:8000`, job: 'models', ...more };
}

const steady = {
  'vllm:num_requests_running': [[62, '2'], [32, '2'], [2, '4']],
  'vllm:num_requests_waiting': [[62, '0'], [32, '0'], [2, '6']],
  'vllm:kv_cache_usage_perc': [[62, '0.1'], [32, '0.2'], [2, '0.5']],
  'vllm:request_success_total': [[62, '100'], [32, '110'], [2, '122']],
  'vllm:generation_tokens_total': [[62, '1000'], [32, '1300'], [2, '1600']],
} as const;

function success(resultType: string, result: unknown, rest: object = {}): HttpResponse {
  return textResponse(200, JSON.stringify({ status: 'success', data: { resultType, result }, ...rest }));
}

/** A Prometheus that has these series, these of the cache's configuration, and these buckets. */
function serving(matrix: readonly object[], vector: readonly object[] = [], rest: object = {}, latencies: readonly object[] = [], routers: readonly object[] = []): Transport {
  return async ({ url }) => {
    const query = new URL(url).searchParams.get('query') ?? '';
    if (query.startsWith('max by')) return success('vector', vector);
    if (query.startsWith('label_replace')) return success('vector', latencies);
    return query.includes('llm_d_epp') ? success('matrix', routers) : success('matrix', matrix, rest);
  };
}

function source(transport: Transport, options: object = {}): PrometheusSource {
  return createPrometheusSource({ transport, clock: createManualClock(nowMs), baseUrl: 'http://prometheus:9090/', ...options });
}

async function look(transport: Transport, pods: readonly PodAddress[] = [podAt(1)]): Promise<PrometheusLook> {
  return source(transport).look(pods, signal);
}

describe('what Prometheus knows of pods', () => {
  it('is dated by its samples, with rates over the minute before them', async () => {
    const config = { metric: { __name__: 'vllm:cache_config_info', ...labelsOf(1), engine: '0', num_gpu_blocks: '101', block_size: '16' }, value: [nowMs / 1000, '1'] };
    const { pods, problems, silent } = await look(serving(target(labelsOf(1), steady), [config]));
    const atMs = nowMs - 2000;
    expect([problems, silent]).toEqual([[], []]);
    expect(pods[0]).toMatchObject({ namespace: 'models', pod: 'decode-1', modelName: 'm' });
    expect(pods[0]?.readings).toMatchObject({
      running: { kind: 'fresh', value: 4, atMs },
      waiting: { value: 6 },
      kvUsedFraction: { value: 0.5 },
      kvCapacityTokens: { value: 1600 },
      generationTokensPerSecond: { value: 10, atMs },
      // 22 left, 8 more are in flight
      arrivalsPerSecond: { value: 0.5 },
      ttftSeconds: { kind: 'missing', why: 'NotReported' },
    });
  });

  it('takes four queries for one pod and for five hundred, with the credentials of the moment', async () => {
    const asked: { path: string; authorization: string | undefined }[] = [];
    let token = 0;
    const matrix = Array.from({ length: 500 }, (_, index) => target(labelsOf(index), steady)).flat();
    const inner = serving(matrix);
    const asking = source((request) => {
      asked.push({ path: new URL(request.url).pathname, authorization: request.headers?.['authorization'] });
      return inner(request);
    }, { headers: async () => ({ authorization: `Bearer ${++token}` }) });
    const { pods } = await asking.look(Array.from({ length: 500 }, (_, index) => podAt(index)), signal);
    expect(pods.every(({ readings }) => readings.running.kind === 'fresh')).toBe(true);
    expect(asked).toEqual([1, 2, 3, 4].map((index) => ({ path: '/api/v1/query', authorization: `Bearer ${index}` })));
    await asking.look([podAt(1)], signal);
    expect(asked.length).toBe(8);
    expect(asked.at(-1)?.authorization).toBe('Bearer 8');
  });

  it('adds the matchers that were asked for to all queries', async () => {
    const queries: string[] = [];
    const inner = serving([]);
    await source((request) => {
      queries.push(new URL(request.url).searchParams.get('query') ?? '');
      return inner(request);
    }, { matchers: 'cluster="blue"' }).look([podAt(1)], signal);
    expect(queries[0]).toMatch(/^\{__name__=~"[^"]+",cluster="blue"\}\[120s\]$/);
    expect(queries[1]).toMatch(/^max by \([\w, ]+\) \(\{__name__=~"vllm:cache_config_info",cluster="blue"\}\)$/);
    expect(queries[2]?.split(' or ').every((part) => /^label_replace\(sum by \([\w, ]+\) \(rate\(\{__name__="\w+:\w+_bucket",cluster="blue"\}\[60s\]\)\), "of", "\w+:\w+_bucket", "", ""\)$/.test(part))).toBe(true);
    expect(queries[3]).toMatch(/^\{__name__=~"llm_d_epp_[^"]+",cluster="blue"\}\[120s\]$/);
  });

  it('keeps NaN and infinity apart from 0, and reads both spellings of a counter', async () => {
    const { pods } = await look(serving(target(labelsOf(1), { ...steady, 'vllm:kv_cache_usage_perc': [[2, 'NaN']], 'vllm:prompt_tokens': [[62, '0'], [32, '60'], [2, '+Inf']], 'vllm:num_preemptions': [[62, '0'], [32, '3'], [2, '6']] })));
    expect(pods[0]?.readings).toMatchObject({
      kvUsedFraction: { kind: 'missing', why: 'NotANumber' },
      promptTokensPerSecond: { kind: 'missing', why: 'NotANumber' },
      preemptionsPerSecond: { kind: 'fresh', value: 0.1 },
    });
  });

  it('has no rate across a restart, and no spike after it', async () => {
    const restarted = { ...steady, 'vllm:request_success_total': [[62, '100'], [32, '110'], [2, '3']], 'vllm:generation_tokens_total': [[62, '1000'], [32, '1300'], [2, '40']] } as const;
    expect((await look(serving(target(labelsOf(1), restarted)))).pods[0]?.readings).toMatchObject({ running: { kind: 'fresh' }, generationTokensPerSecond: { kind: 'missing', why: 'CounterReset' } });
    const since = { ...steady, 'vllm:request_success_total': [[62, '100'], [32, '0'], [2, '3']], 'vllm:generation_tokens_total': [[62, '1000'], [32, '10'], [2, '70']] } as const;
    expect((await look(serving(target(labelsOf(1), since)))).pods[0]?.readings.generationTokensPerSecond).toMatchObject({ value: 2 });
  });

  it('leaves out a scrape that is still being written', async () => {
    const { 'vllm:generation_tokens_total': tokens, ...others } = steady;
    const half = target(labelsOf(1), { ...others, 'vllm:generation_tokens_total': tokens.slice(0, 2) });
    expect((await look(serving(half))).pods[0]?.readings).toMatchObject({ running: { value: 2, atMs: nowMs - 32_000 }, generationTokensPerSecond: { kind: 'fresh', value: 10 } });
  });

  it('never doubles a pod that is scraped twice, and asks the likelier port of two', async () => {
    const twice = [...target(labelsOf(1, { job: 'pods' }), steady), ...target(labelsOf(1), steady)];
    expect((await look(serving(twice))).pods[0]?.readings).toMatchObject({ running: { value: 4 }, generationTokensPerSecond: { value: 10 } });
    const proxy = target(labelsOf(1, { instance: '10.0.0.1:8000' }), { 'vllm:num_requests_running': [[1, '9']] });
    const engine = target(labelsOf(1, { instance: '10.0.0.1:8200' }), steady);
    expect((await look(serving([...proxy, ...engine]), [podAt(1, [8200, 8000])])).pods[0]?.readings.running).toMatchObject({ value: 4 });
    // an old target that is no longer scraped does not speak for the pod
    const gone = target(labelsOf(1, { instance: '10.0.0.1:8200' }), { 'vllm:num_requests_running': [[119, '1']] });
    expect((await look(serving([...gone, ...target(labelsOf(1), steady)]), [podAt(1, [8200, 8000])])).pods[0]?.readings.running).toMatchObject({ value: 4 });
  });

  it('adds up data-parallel ranks that show a page each, and counts two jobs that scrape them once', async () => {
    const rank = (index: number, port: number, job: string): object[] => target(labelsOf(1, { instance: `10.0.0.1:${port}`, job, engine: String(index) }), steady);
    const { pods } = await look(serving([...rank(0, 8000, 'a'), ...rank(1, 8001, 'a'), ...rank(0, 8000, 'b'), ...rank(1, 8001, 'b')]), [podAt(1, [8000, 8001])]);
    expect(pods[0]?.readings).toMatchObject({
      running: { value: 8 }, waiting: { value: 12 }, kvUsedFraction: { value: 0.5 }, generationTokensPerSecond: { value: 20 }, arrivalsPerSecond: { value: 1 },
    });
  });

  it('counts two pages on two ports once where they do not say that they are of different ranks', async () => {
    const both = [8000, 8001].flatMap((port) => target(labelsOf(1, { instance: `10.0.0.1:${port}` }), steady));
    expect((await look(serving(both), [podAt(1, [8000, 8001])])).pods[0]?.readings.running).toMatchObject({ value: 4 });
  });

  it('says in one problem of which pods it knows nothing', async () => {
    const pods = [podAt(1), ...Array.from({ length: 7 }, (_, index) => podAt(index + 2)), { ...podAt(9), ip: '' }, { ...podAt(10), ready: false }];
    const samples = await source(serving(target(labelsOf(1), steady))).collect(pods, signal);
    expect(samples.pods.map(({ readings }) => readings.running.kind)).toEqual(['fresh', ...Array.from({ length: 9 }, () => 'missing')]);
    expect(samples.problems).toEqual([{
      source: 'prometheus', about: 'http://prometheus:9090/',
      message: "Prometheus at http://prometheus:9090/ has no sample of an engine's metrics within the last 120 s of models/decode-2, models/decode-3, models/decode-4, models/decode-5, models/decode-6 and 2 more. "
        + 'Their readings are unknown, and no replica is removed because of that. Check that a PodMonitor, ServiceMonitor or scrape configuration covers these pods.',
    }]);
    expect('silent' in samples).toBe(false);
  });

  it('passes on warnings and uses what it got', async () => {
    const { pods, problems } = await look(serving(target(labelsOf(1), steady), [], { warnings: ['No StoreAPIs matched for this query'] }));
    expect(pods[0]?.readings.running).toMatchObject({ kind: 'fresh' });
    expect(problems.map(({ message }) => message)).toEqual(['Prometheus at http://prometheus:9090/ warns that its answer may be incomplete: No StoreAPIs matched for this query. What it gave is used.']);
  });

  it('tells when the two clocks disagree', async () => {
    const { problems } = await look(serving(target(labelsOf(1), { 'vllm:num_requests_running': [[-90, '1']] })));
    expect(problems[0]?.message).toMatch(/is 90 s in the future by this machine's clock/);
  });

  it('goes on without the size of the caches when only that cannot be asked', async () => {
    const inner = serving(target(labelsOf(1), steady));
    const { pods, problems } = await look(async (request) => (request.url.includes('max+by') ? textResponse(422, JSON.stringify({ status: 'error', errorType: 'execution', error: 'too many samples' })) : inner(request)));
    expect(pods[0]?.readings).toMatchObject({ running: { kind: 'fresh' }, kvCapacityTokens: { kind: 'missing', why: 'NotReported' } });
    expect(problems.map(({ message }) => message)).toEqual(['Prometheus at http://prometheus:9090/ answered with HTTP status 422 and the error execution: too many samples when asked for the size of the KV caches. That is unknown in this look; the rest is used.']);
  });
});

describe('looks that follow one another', () => {
  /** A Prometheus that has scraped each of these pods every 15 s for ten minutes, some seconds after the quarter minute; and how far back it is asked. */
  function scraping(clock: { now(): number }, pods: ReadonlyMap<number, { readonly afterSeconds: number; readonly lateSeconds?: number; readonly untilMs?: number }>): { readonly transport: Transport; readonly ranges: number[]; fails: boolean } {
    const state = { ranges: [] as number[], fails: false, transport };
    async function transport({ url }: { readonly url: string }): Promise<HttpResponse> {
      const query = new URL(url).searchParams.get('query') ?? '';
      if (!query.startsWith('{') || query.includes('llm_d_epp')) return success(query.startsWith('{') ? 'matrix' : 'vector', []);
      if (state.fails) return textResponse(503, '');
      const seconds = Number(/\[(\d+)s\]$/.exec(query)?.[1]);
      state.ranges.push(seconds);
      const series: object[] = [];
      for (const name of ['vllm:num_requests_running', 'vllm:num_requests_waiting', 'vllm:request_success_total']) {
        for (const [index, { afterSeconds, lateSeconds = 0, untilMs = Infinity }] of pods) {
          const times = Array.from({ length: 40 }, (_, at) => Math.floor(clock.now() / 15_000) * 15_000 + afterSeconds * 1000 - at * 15_000).toReversed();
          const values = times.filter((atMs) => atMs <= Math.min(untilMs, clock.now() - lateSeconds * 1000) && atMs > clock.now() - seconds * 1000).map((atMs) => [atMs / 1000, name.endsWith('total') ? String((atMs - nowMs) / 500 + 4000) : '1']);
          if (values.length > 0) series.push({ metric: { __name__: name, engine: '0', model_name: 'm', ...labelsOf(index) }, values });
        }
      }
      return success('matrix', series);
    }
    return state;
  }

  const setUp = (pods: ReadonlyMap<number, { readonly afterSeconds: number; readonly lateSeconds?: number; readonly untilMs?: number }>) => {
    const clock = createManualClock(nowMs);
    const prometheus = scraping(clock, pods);
    const asking = createPrometheusSource({ transport: (request) => prometheus.transport(request), clock, baseUrl: 'http://prometheus:9090/' });
    return { clock, prometheus, lookAt: async (of: readonly PodAddress[]) => (await asking.look(of, signal)).pods.map(({ readings }) => readings) };
  };

  it('ask for what is new, and see the same', async () => {
    const { clock, prometheus, lookAt } = setUp(new Map([[1, { afterSeconds: 2 }], [2, { afterSeconds: 9 }]]));
    for (let look = 0; look < 6; look++) {
      const readings = await lookAt([podAt(1), podAt(2)]);
      expect(readings.map(({ completionsPerSecond }) => completionsPerSecond)).toMatchObject([{ kind: 'fresh', value: 2 }, { kind: 'fresh', value: 2 }]);
      await clock.advance(15_000);
    }
    expect(prometheus.ranges).toEqual([120, 19, 19, 19, 19, 19]);
  });

  it('ask for all of it after a ready pod was not asked for before, but not for one that starts', async () => {
    const { clock, prometheus, lookAt } = setUp(new Map([[1, { afterSeconds: 2 }], [2, { afterSeconds: 9 }]]));
    await lookAt([podAt(1)]);
    await clock.advance(15_000);
    const readings = await lookAt([podAt(1), podAt(2), { ...podAt(3), ready: false }]);
    expect(readings[1]).toMatchObject({ completionsPerSecond: { kind: 'fresh', value: 2 } });
    await clock.advance(15_000);
    await lookAt([podAt(1), podAt(2), { ...podAt(3), ready: false }, { ...podAt(4), ready: false }]);
    expect(prometheus.ranges).toEqual([120, 120, 19]);
  });

  it('ask for what was missed while Prometheus could not be asked', async () => {
    const { clock, prometheus, lookAt } = setUp(new Map([[1, { afterSeconds: 2 }]]));
    await lookAt([podAt(1)]);
    prometheus.fails = true;
    for (let look = 0; look < 3; look++) {
      await clock.advance(15_000);
      expect((await lookAt([podAt(1)]))[0]?.running).toMatchObject({ kind: 'missing', why: 'Unreachable' });
    }
    prometheus.fails = false;
    await clock.advance(15_000);
    expect((await lookAt([podAt(1)]))[0]?.completionsPerSecond).toMatchObject({ kind: 'fresh', value: 2 });
    expect(prometheus.ranges).toEqual([120, 64]);
  });

  it('ask further back where pages come late, and for a target that is overdue', async () => {
    const { clock, prometheus, lookAt } = setUp(new Map([[1, { afterSeconds: 2, lateSeconds: 25 }], [2, { afterSeconds: 9, untilMs: nowMs }]]));
    for (let look = 0; look < 8; look++) {
      const [late] = await lookAt([podAt(1), podAt(2)]);
      expect(late?.completionsPerSecond).toMatchObject({ kind: 'fresh', value: 2 });
      await clock.advance(15_000);
    }
    // the one that was stopped is asked for until it is a minute old; what is late by ten seconds more than a cycle, for ever
    expect(prometheus.ranges[0]).toBe(120);
    expect(Math.max(...prometheus.ranges.slice(1))).toBeLessThanOrEqual(76);
    expect(prometheus.ranges.at(-1)).toBeLessThanOrEqual(50);
  });
});

describe('what Prometheus knows of routers', () => {
  const router = (labels: Labels, values: Readonly<Record<string, Scrapes>>): object[] =>
    Object.entries(values).map(([name, scrapes]) => ({ metric: { __name__: name, ...labels }, values: scrapes.map(([secondsAgo, value]) => [nowMs / 1000 - secondsAgo, value]) }));
  const epp = (index: number, more: Labels = {}): Labels => ({ namespace: 'models', pod: `epp-${index}`, instance: `10.0.1.${index}:9090`, job: 'epp', model_name: 'm', target_model_name: 'm', ...more });
  const requests: Scrapes = [[62, '0'], [17, '30'], [2, '90']];
  const queue: Scrapes = [[62, '0'], [17, '0'], [2, '30']];
  const seen = async (routers: readonly object[]): Promise<PrometheusLook> => look(serving(target(labelsOf(1), steady), [], {}, [], routers));

  it('is per model and namespace, and found whatever asked', async () => {
    const { models, problems } = await seen([
      ...router(epp(1), { llm_d_epp_request_total: requests, llm_d_epp_flow_control_queue_size: queue }),
      // a model at zero: nobody asked about pods of this namespace
      ...router(epp(2, { namespace: 'asleep' }), { inference_extension_flow_control_queue_size: [[17, '0'], [2, '1']] }),
    ]);
    const atMs = nowMs - 2000;
    expect(problems).toEqual([]);
    expect(models?.seen.map(({ namespace, modelName, readings }) => ({ namespace, modelName, router: readings.router }))).toEqual([
      { namespace: 'asleep', modelName: 'm', router: expect.objectContaining({ waiting: { kind: 'fresh', value: 1, atMs } }) as unknown },
      {
        namespace: 'models',
        modelName: 'm',
        router: {
          arrivalsPerSecond: { kind: 'fresh', value: 2, atMs },
          recentArrivalsPerSecond: { kind: 'fresh', value: 6, atMs },
          waiting: { kind: 'fresh', value: 30, atMs },
          running: { kind: 'missing', why: 'NotReported' },
        },
      },
    ]);
  });

  it('is counted once where two jobs scrape a router, and adds up over routers', async () => {
    const series = { llm_d_epp_flow_control_queue_size: queue };
    const { models } = await seen([...router(epp(1), series), ...router(epp(1, { job: 'pods' }), series), ...router(epp(2), series)]);
    expect(models?.seen[0]?.readings.router.waiting).toMatchObject({ value: 60 });
  });

  it('leaves out a router that is gone, and one of which no label tells the namespace', async () => {
    const { models } = await seen([
      ...router(epp(1), { llm_d_epp_flow_control_queue_size: queue }),
      ...router(epp(2), { llm_d_epp_flow_control_queue_size: [[77, '50'], [62, '50']] }),
      ...router({ instance: '10.0.1.3:9090', job: 'epp', model_name: 'm' }, { llm_d_epp_flow_control_queue_size: queue }),
    ]);
    expect(models?.seen.map(({ readings }) => readings.router.waiting)).toMatchObject([{ value: 30 }]);
  });

  it('names the routers of which it says nothing', async () => {
    const address = (index: number): RouterAddress => ({ namespace: 'models', pod: `epp-${index}`, uid: `u${index}`, ip: `10.0.1.${index}`, ports: [9090] });
    const bare = { namespace: 'models', instance: '10.0.1.2:9090', job: 'epp', model_name: 'm' };
    const transport = serving(target(labelsOf(1), steady), [], {}, [], [...router(epp(1), { llm_d_epp_request_total: requests }), ...router(bare, { llm_d_epp_request_total: requests })]);
    const { silentRouters } = await source(transport).look([podAt(1)], signal, [1, 2, 3].map(address));
    expect(silentRouters.map(({ pod }) => pod)).toEqual(['epp-3']);
  });
});

describe('what Prometheus knows of the latencies of models', () => {
  const buckets = (of: string, labels: Labels, counts: Readonly<Record<string, string>>): object[] =>
    Object.entries(counts).map(([le, value]) => ({ metric: { of: `${of}_bucket`, le, ...labels }, value: [nowMs / 1000, value] }));
  const ttft = 'vllm:time_to_first_token_seconds';
  const here = { namespace: 'models', model_name: 'm' };

  it('is dated by the samples of its pods, apart for every namespace', async () => {
    const latencies = [...buckets(ttft, here, { '0.5': '1', '1': '3', '+Inf': '4' }), ...buckets(ttft, { ...here, namespace: 'other' }, { '0.5': '9', '+Inf': '9' })];
    const { models, problems } = await look(serving(target(labelsOf(1), steady), [], {}, latencies));
    expect(problems).toEqual([]);
    // nobody asked about pods of the other namespace
    expect(models?.seen).toEqual([
      {
        namespace: 'models',
        modelName: 'm',
        readings: {
          router: expect.anything() as unknown,
          latency: {
            ttft: { kind: 'fresh', value: { boundsSeconds: [0.5, 1], withinPerSecond: [1, 3], totalPerSecond: 4 }, atMs: nowMs - 2000 },
            itl: { kind: 'missing', why: 'NotReported' },
          },
        },
      },
    ]);
    expect(models?.others.latency.ttft).toMatchObject({ kind: 'missing', why: 'NotReported', detail: expect.stringContaining('60 s') as string });
  });

  it('counts the first name of an engine only, and adds up two engines of one model', async () => {
    const itl = (of: string, value: string): object[] => buckets(of, here, { '0.1': value, '+Inf': value });
    const latencies = [...itl('vllm:time_per_output_token_seconds', '100'), ...itl('vllm:inter_token_latency_seconds', '5'), ...itl('sglang:inter_token_latency_seconds', '2')];
    const { models } = await look(serving(target(labelsOf(1), steady), [], {}, latencies));
    expect(models?.seen[0]?.readings.latency.itl).toMatchObject({ value: { boundsSeconds: [0.1], withinPerSecond: [7], totalPerSecond: 7 } });
  });

  it('tells nothing where nothing happened or a rate is no number', async () => {
    const of = async (counts: Readonly<Record<string, string>>): Promise<unknown> =>
      (await look(serving(target(labelsOf(1), steady), [], {}, buckets(ttft, here, counts)))).models?.seen[0]?.readings.latency.ttft;
    expect(await of({ '0.5': '0', '+Inf': '0' })).toEqual({ kind: 'missing', why: 'NothingHappened' });
    expect(await of({ '0.5': 'NaN', '+Inf': '1' })).toEqual({ kind: 'missing', why: 'NotANumber' });
  });

  it('is of the only namespace with this model, where no label tells', async () => {
    const bare = buckets(ttft, { model_name: 'm' }, { '0.5': '1', '+Inf': '1' });
    expect((await look(serving(target(labelsOf(1), steady), [], {}, bare))).models?.seen).toMatchObject([{ namespace: 'models', modelName: 'm' }]);
    const both = [podAt(1), { ...podAt(2), namespace: 'others' }];
    expect((await look(serving(target(labelsOf(1), steady), [], {}, bare), both)).models?.seen).toEqual([]);
  });

  it('is missing with the reason when Prometheus fails only there, and the rest is used', async () => {
    const inner = serving(target(labelsOf(1), steady));
    const { models, pods, problems } = await look(async (request) => ((new URL(request.url).searchParams.get('query') ?? '').startsWith('label_replace') ? textResponse(503, '') : inner(request)));
    expect(pods[0]?.readings.running).toMatchObject({ value: 4 });
    expect(models).toMatchObject({ seen: [], others: { latency: { ttft: { kind: 'missing', why: 'Unreachable' } } } });
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('when asked how latencies are distributed')]);
  });
});

describe('a Prometheus that fails, over real sockets', () => {
  const error = (errorType: string, said: string): string => JSON.stringify({ status: 'error', errorType, error: said });
  const matrix = (result: unknown): HttpResponse => success('matrix', result);
  async function* forever(): AsyncIterable<Uint8Array> {
    for (;;) yield new Uint8Array(65_536).fill(32);
  }
  async function* breaks(): AsyncIterable<Uint8Array> {
    yield new TextEncoder().encode('{"status":"succ');
    throw new Error('gone');
  }
  it.each<readonly [what: string, handler: Transport, why: string, says: RegExp]>([
    ['refuses the query', async () => textResponse(400, error('bad_data', 'invalid parameter "query"')), 'Unreachable', /answered with HTTP status 400 and the error bad_data: invalid parameter "query"/],
    ['wants credentials', async () => textResponse(401, 'Unauthorized\n'), 'Unreachable', /HTTP status 401 \(the credentials are missing, expired or too weak\), and said "Unauthorized"/],
    ['forbids', async () => textResponse(403, '{"kind":"Status"}'), 'Unreachable', /HTTP status 403 \(the credentials are missing, expired or too weak\)/],
    ['is not ready', async () => textResponse(503, 'Service Unavailable'), 'Unreachable', /HTTP status 503, and said "Service Unavailable"/],
    ['gives up itself', async () => textResponse(503, error('timeout', 'query timed out in expression evaluation')), 'TimedOut', /query timed out in expression evaluation/],
    ['never answers', ({ signal: own }) => new Promise((_, reject) => own?.addEventListener('abort', () => reject(new Error('gone')))), 'TimedOut', /did not answer within 300 ms/],
    ['answers without end', async () => ({ status: 200, headers: {}, body: forever() }), 'TooLarge', /more than 1 MiB/],
    ['breaks off', async () => ({ status: 200, headers: {}, body: breaks() }), 'Unreachable', /could not be reached/],
    ['is a web page', async () => textResponse(200, '<html><title>Grafana</title></html>'), 'Malformed', /answered with a web page \("<html><title>Grafana<\/title><\/html>"\); the address may be another server's/],
    ['speaks no JSON', async () => textResponse(200, 'ok'), 'Malformed', /something that is not JSON \("ok"\)/],
    ['is something else', async () => textResponse(200, '{"apiVersion":"v1"}'), 'Malformed', /gave an answer that is not Prometheus' own: "status" to be "success" or "error" was expected/],
    ['answers another type', async () => success('vector', []), 'Malformed', /answered with a vector where a matrix was asked for/],
    ['answers wrong values', async () => matrix([{ metric: { __name__: 'x' }, values: [[1, 2]] }]), 'Malformed', /series 0 of the result to have pairs of a time and a text as values was expected/],
    ['answers wrong labels', async () => matrix([{ metric: { pod: 7 }, values: [] }]), 'Malformed', /a text as label pod was expected/],
  ])('%s', async (_, handler, why, says) => {
    const server = await listen(handler, { host: '127.0.0.1', port: 0 });
    const sockets = createNodeTransport();
    try {
      const asking = createPrometheusSource({ transport: sockets, baseUrl: server.url, clock: systemClock, timeoutMs: 300, maxBytes: 1024 * 1024 });
      const samples = await asking.collect([podAt(1), podAt(2)], signal);
      expect(samples.pods.map(({ readings }) => readings.running)).toMatchObject([{ kind: 'missing', why }, { kind: 'missing', why }]);
      const first = samples.problems[0];
      expect(first).toMatchObject({ source: 'prometheus', about: server.url, message: expect.stringMatching(says) as string });
      expect(first?.message).toMatch(/^Prometheus at http:\/\/127.0.0.1:\d+ .+\. What it would have said is unknown in this look, and no replica is removed because of that\.$/);
      expect(samples.problems.length).toBe(1);
    } finally {
      await sockets.close();
      await server.close(0);
    }
  });

  it('is not there', async () => {
    const server = await listen(async () => success('matrix', []), { host: '127.0.0.1', port: 0 });
    await server.close();
    const sockets = createNodeTransport();
    const samples = await createPrometheusSource({ transport: sockets, baseUrl: server.url, clock: systemClock }).collect([podAt(1)], signal);
    await sockets.close();
    expect(samples.pods[0]?.readings.running).toMatchObject({ why: 'Unreachable' });
    expect(samples.problems[0]?.message).toMatch(/could not be reached \(.*ECONNREFUSED/);
  });

  it('cannot be asked without credentials that cannot be read', async () => {
    const asking = source(serving([]), { headers: async () => Promise.reject(new Error('ENOENT: no such file /var/run/token')) });
    const { problems } = await asking.look([podAt(1)], signal);
    expect(problems[0]?.message).toMatch(/was not asked, because the credentials for it could not be read \(ENOENT: no such file \/var\/run\/token\)/);
  });
});
