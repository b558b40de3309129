import { describe, expect, it } from 'vitest';
import { createManualClock, createNodeTransport, listen, systemClock, textResponse, TransportError, type HttpRequest, type HttpResponse, type Transport } from '../../runtime/index.ts';
import type { PodAddress, Samples } from '../source.ts';
import { createScrapeSource } from './source.ts';

const signal = new AbortController().signal;

function podAt(index: number, ports: readonly number[] = [8000], ip = `10.0.0.${index}`): PodAddress {
  return { namespace: 'models', pod: `decode-${index}`, uid: `uid-${index}`, ip, ports, engine: 'vllm', modelID: 'm' };
}

/** A small page of an engine that made `tokens` tokens so far. */
function page(tokens: number, more = ''): string {
  return `vllm:num_requests_running{engine="0",model_name="m"} 2
vllm:num_requests_waiting{engine="0",model_name="m"} 1
vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.5
vllm:generation_tokens_total{engine="0",model_name="m"} ${tokens}
vllm:request_success_total{engine="0",finished_reason="stop",model_name="m"} ${tokens / 100}
${more}`;
}

async function* trickle(chunk: string, gapMs: number): AsyncIterable<Uint8Array> {
  for (;;) {
    yield new TextEncoder().encode(chunk);
    await systemClock.sleep(gapMs);
  }
}

async function* forever(chunk: Uint8Array): AsyncIterable<Uint8Array> {
  for (;;) yield chunk;
}

async function* cutShort(): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode('vllm:num_requests_running 1\n');
  throw new Error('the server fell over');
}

function response(status: number, body: AsyncIterable<Uint8Array>): HttpResponse {
  return { status, headers: {}, body };
}

describe('pods that fail, over real sockets', () => {
  const healthy = (): HttpResponse => textResponse(200, page(1000));
  const table: readonly { what: string; handler: Transport; why: string; says: RegExp }[] = [
    { what: 'answers 500', handler: async () => textResponse(500, 'Internal Server Error'), why: 'Unreachable', says: /answered with HTTP status 500 \("Internal Server Error"\)/ },
    { what: 'answers 401', handler: async () => textResponse(401, ''), why: 'Unreachable', says: /HTTP status 401/ },
    { what: 'has no such page', handler: async () => textResponse(404, 'Not Found'), why: 'NotReported', says: /HTTP status 404/ },
    { what: 'never answers', handler: ({ signal: own }) => new Promise((_, reject) => own?.addEventListener('abort', () => reject(new Error('gone')))), why: 'TimedOut', says: /did not answer within 300 ms/ },
    { what: 'answers a line a moment', handler: async () => response(200, trickle('vllm:num_requests_running 1\n', 50)), why: 'TimedOut', says: /did not answer within 300 ms/ },
    { what: 'answers with megabytes', handler: async () => response(200, forever(new Uint8Array(65_536).fill(97))), why: 'TooLarge', says: /more than 1 MiB/ },
    { what: 'announces megabytes', handler: async () => ({ ...textResponse(200, 'x'), headers: { 'content-length': '99999999' } }), why: 'TooLarge', says: /announced an answer of 99999999 bytes/ },
    { what: 'answers with a web page', handler: async () => textResponse(200, '<!doctype html>\n<html><body>Sign in</body></html>'), why: 'Malformed', says: /a web page instead of metrics \("<!doctype html>/ },
    { what: 'answers with JSON', handler: async () => textResponse(200, '{"status":"ok"}\n'), why: 'Malformed', says: /no page of metrics: one line cannot be read, line 1/ },
    { what: 'answers with garbage', handler: async () => response(200, (async function* () { yield new Uint8Array([0, 255, 254, 10, 200, 10, 3, 10]); })()), why: 'Malformed', says: /3 lines cannot be read, the first is line 1/ },
    { what: 'answers with nothing', handler: async () => textResponse(200, ''), why: 'NotReported', says: /no metric of an engine that is known/ },
    { what: 'shows the metrics of something else', handler: async () => textResponse(200, 'http_requests_total 5\nprocess_start_time_seconds 1.7e9\n'), why: 'NotReported', says: /no metric of an engine that is known/ },
    { what: 'redirects elsewhere', handler: async () => ({ ...textResponse(302, ''), headers: { location: 'http://127.0.0.9/login' } }), why: 'Unreachable', says: /redirected to http:\/\/127.0.0.9\/login, another server/ },
    { what: 'redirects in circles', handler: async () => ({ ...textResponse(307, ''), headers: { location: '/metrics' } }), why: 'Unreachable', says: /HTTP status 307/ },
    { what: 'breaks off', handler: async () => response(200, cutShort()), why: 'Unreachable', says: /could not be reached/ },
  ];

  it('are each missing with the reason and one problem in words, and the others are not affected', async () => {
    const listeners = await Promise.all([...table.map(({ handler }) => handler), async () => healthy()].map((handler) => listen(handler, { host: '127.0.0.1', port: 0 })));
    const refused = await listen(async () => healthy(), { host: '127.0.0.1', port: 0 });
    await refused.close();
    const sockets = createNodeTransport();
    try {
      const ports = [...listeners.map(({ port }) => port), refused.port];
      const pods = ports.map((port, index) => podAt(index, [port], '127.0.0.1'));
      const source = createScrapeSource({ transport: sockets, clock: systemClock, podTimeoutMs: 300, maxBytes: 1024 * 1024 });
      const samples = await source.collect(pods, signal);
      const rows = [...table, { what: 'is healthy', why: '', says: /^$/ }, { what: 'is not there', why: 'Unreachable', says: /could not be reached \(.*ECONNREFUSED/ }];
      for (const [index, { what, why, says }] of rows.entries()) {
        const { readings } = samples.pods[index] as Samples['pods'][number];
        const problems = samples.problems.filter(({ about }) => about === `models/decode-${index}`);
        if (why === '') {
          expect(readings.running, what).toMatchObject({ kind: 'fresh', value: 2 });
          expect(problems, what).toEqual([]);
          continue;
        }
        expect(readings.running, what).toMatchObject({ kind: 'missing', why });
        expect(new Set(Object.values(readings).map((one) => one.kind)), what).toEqual(new Set(['missing']));
        expect(problems.length, what).toBe(1);
        expect(problems[0], what).toMatchObject({ source: 'scrape', message: expect.stringMatching(says) as string });
        expect(problems[0]?.message, what).toMatch(/^The metrics of pod models\/decode-\d+: .+\. Its readings are unknown, and no replica is removed because of that\.$/);
      }
      expect(samples.problems.length).toBe(rows.length - 1);
    } finally {
      await sockets.close();
      await Promise.all(listeners.map((one) => one.close(0)));
    }
  });
});

describe('asking pods', () => {
  function world(answer: (request: HttpRequest, nowMs: number) => Promise<HttpResponse> | HttpResponse, options: object = {}) {
    const clock = createManualClock(1_000_000);
    const asked: string[] = [];
    const transport: Transport = async (request) => {
      asked.push(request.url);
      return answer(request, clock.now());
    };
    return { clock, asked, source: createScrapeSource({ clock, transport, ...options }) };
  }

  it('tries the ports in turn, and remembers which one answered', async () => {
    const { asked, source } = world(({ url }) => textResponse(url.includes(':8200/') ? 200 : 404, page(1)));
    const pod = podAt(1, [8000, 8200, 9000]);
    expect((await source.collect([pod], signal)).problems).toEqual([]);
    await source.collect([pod], signal);
    // 9000 might have shown another rank
    expect(asked).toEqual([8000, 8200, 9000, 8200].map((port) => `http://10.0.0.1:${port}/metrics`));
  });

  describe('whose data-parallel ranks show a page each', () => {
    const rankPage = (rank: number, tokens: number): string => page(tokens).replaceAll('engine="0"', `engine="${rank}"`);
    const pod = podAt(1, [8000, 8001, 8002]);
    const portOf = (url: string): number => Number(new URL(url).port);

    it('adds them up, and knows by their ranks which port shows the same once more', async () => {
      let look = 0;
      // 8002 is a proxy in front of the first
      const { clock, asked, source } = world(({ url }) => textResponse(200, rankPage(portOf(url) === 8001 ? 1 : 0, look * (portOf(url) === 8001 ? 300 : 150))));
      await source.collect([pod], signal);
      look = 1;
      await clock.advance(15_000);
      const { pods, problems } = await source.collect([pod], signal);
      expect(problems).toEqual([]);
      expect(pods[0]?.readings).toMatchObject({ running: { value: 4 }, waiting: { value: 2 }, kvUsedFraction: { value: 0.5 }, generationTokensPerSecond: { value: 30 } });
      expect(asked.slice(3).map(portOf)).toEqual([8000, 8001]);
    });

    it('knows nothing while one of them is silent, and finds one that starts late', async () => {
      let isUp = false;
      const { clock, source } = world(({ url }) => {
        if (portOf(url) === 8002 || (portOf(url) === 8001 && !isUp)) throw new TransportError('Unreachable', 'refused');
        return textResponse(200, rankPage(portOf(url) - 8000, 100));
      });
      expect((await source.collect([pod], signal)).pods[0]?.readings.running).toMatchObject({ value: 2 });
      isUp = true;
      await clock.advance(300_000);
      expect((await source.collect([pod], signal)).pods[0]?.readings.running).toMatchObject({ value: 4 });
      isUp = false;
      for (const waitMs of [15_000, 300_000]) {
        await clock.advance(waitMs);
        const { pods, problems } = await source.collect([pod], signal);
        expect(pods[0]?.readings.running).toMatchObject({ kind: 'missing', why: 'Unreachable' });
        expect(problems).toMatchObject([{ message: expect.stringContaining(':8001/metrics') as string }]);
      }
    });
  });

  it('passes by a port that shows something else', async () => {
    const { source } = world(({ url }) => textResponse(200, url.includes(':8000/') ? 'envoy_uptime 5\n' : page(1)));
    expect((await source.collect([podAt(1, [8000, 8200])], signal)).pods[0]?.readings.running).toMatchObject({ value: 2 });
  });

  it('says what an open port answered rather than that another is closed', async () => {
    const { source } = world(({ url }) => {
      if (url.includes(':8000/')) throw new TransportError('Unreachable', 'refused');
      return textResponse(200, '<html>');
    });
    expect((await source.collect([podAt(1, [8000, 8200])], signal)).problems[0]?.message).toMatch(/http:\/\/10.0.0.1:8200\/metrics answered with a web page/);
  });

  it('follows the redirect of older releases, and writes IPv6 addresses in brackets', async () => {
    const { asked, source } = world(({ url }) => (url.endsWith('/metrics/') ? textResponse(200, page(1)) : { ...textResponse(307, ''), headers: { location: '/metrics/' } }));
    expect((await source.collect([podAt(1, [8000], 'fd00::7')], signal)).problems).toEqual([]);
    expect(asked).toEqual(['http://[fd00::7]:8000/metrics', 'http://[fd00::7]:8000/metrics/']);
  });

  it('does not ask a pod that has no address yet, which is no problem', async () => {
    const { asked, source } = world(() => textResponse(200, page(1)));
    const samples = await source.collect([podAt(1, [8000], '')], signal);
    expect(samples.pods[0]?.readings.running).toMatchObject({ kind: 'missing', why: 'NotScraped' });
    expect([samples.problems, asked]).toEqual([[], []]);
  });

  it('makes no problem of a pod that is still starting', async () => {
    const { source } = world(() => {
      throw new TransportError('Unreachable', 'refused');
    });
    const samples = await source.collect([{ ...podAt(1), ready: false }, { ...podAt(2), ready: true }], signal);
    expect(samples.pods.map(({ readings }) => readings.running)).toMatchObject([{ why: 'Unreachable' }, { why: 'Unreachable' }]);
    expect(samples.problems.map(({ about }) => about)).toEqual(['models/decode-2']);
  });

  it('reads its headers anew each time, and asks without them when they cannot be read', async () => {
    const tokens: (string | Error)[] = ['first', 'second', new Error('no such file')];
    const sent: (string | undefined)[] = [];
    const { source } = world((request) => {
      sent.push(request.headers?.['authorization']);
      return textResponse(200, page(1));
    }, {
      headers: async () => {
        const token = tokens.shift();
        if (token instanceof Error) throw token;
        return { authorization: `Bearer ${token}` };
      },
    });
    await source.collect([podAt(1)], signal);
    await source.collect([podAt(1)], signal);
    const third = await source.collect([podAt(1)], signal);
    expect(sent).toEqual(['Bearer first', 'Bearer second', undefined]);
    expect(third.problems).toMatchObject([{ message: expect.stringContaining('no such file') as string }]);
    expect(third.pods[0]?.readings.running).toMatchObject({ kind: 'fresh' });
  });

  it('asks no more than so many at a time, and gives up the whole look at its deadline', async () => {
    let open = 0;
    let most = 0;
    const hanging = world(async ({ signal: own }) => {
      most = Math.max(most, ++open);
      return new Promise((_, reject) => own?.addEventListener('abort', () => {
        open--;
        reject(new TransportError('Aborted', 'aborted'));
      }));
    }, { concurrency: 4, podTimeoutMs: 3000, collectTimeoutMs: 7000 });
    const collecting = hanging.source.collect(Array.from({ length: 40 }, (_, index) => podAt(index)), signal);
    await hanging.clock.advance(7000);
    const samples = await collecting;
    expect(most).toBe(4);
    expect(open).toBe(0);
    expect(samples.atMs).toBe(1_007_000);
    expect(samples.problems.length).toBe(40);
    expect(samples.pods.every(({ readings }) => readings.running.kind === 'missing' && readings.running.why === 'TimedOut')).toBe(true);
    expect(samples.problems[0]?.message).toContain('did not answer within 3 s');
    expect(samples.problems[39]?.message).toContain('no answer had come when the time for all pods (7000 ms) was used up');
  });

  it('ends at once when it is called off, without rejecting', async () => {
    const stop = new AbortController();
    const { source } = world(() => new Promise(() => {}));
    const collecting = source.collect([podAt(1)], stop.signal);
    stop.abort(new Error('shutting down'));
    expect((await collecting).pods[0]?.readings.running).toMatchObject({ kind: 'missing' });
  });

  it('uses what it can read of a page with broken lines, and no rates from it or across it', async () => {
    let tokens = 0;
    const pages = [page(1000), page(1100, 'vllm:num_preemptions_total{engine="0} 3\n'), page(1200), page(1300)];
    const { clock, source } = world(() => textResponse(200, pages[tokens++] as string));
    const look = async (): Promise<Samples> => {
      await clock.advance(15_000);
      return source.collect([podAt(1)], signal);
    };
    await look();
    const broken = await look();
    expect(broken.problems.map(({ message }) => message)).toEqual([
      'The metrics of pod models/decode-1: one line cannot be read, line 6 ("vllm:num_preemptions_total{engine="0} 3") where a closing quote was expected. What could be read is used; rates are not known until a whole page is seen.',
    ]);
    expect(broken.pods[0]?.readings.waiting).toMatchObject({ kind: 'fresh', value: 1 });
    expect(broken.pods[0]?.readings.generationTokensPerSecond).toMatchObject({ kind: 'missing', why: 'Malformed' });
    expect((await look()).pods[0]?.readings.generationTokensPerSecond).toMatchObject({ kind: 'fresh', value: 200 / 30 });
    expect((await look()).pods[0]?.readings.generationTokensPerSecond).toMatchObject({ value: 300 / 45 });
  });

  it('adds up how the latencies of a model were distributed, of the pods that answered', async () => {
    const buckets = (within: number, all: number): string => `vllm:time_to_first_token_seconds_bucket{engine="0",le="0.5",model_name="m"} ${within}
vllm:time_to_first_token_seconds_bucket{engine="0",le="+Inf",model_name="m"} ${all}
`;
    let look = 0;
    const { clock, source } = world(({ url }) => {
      if (url.includes('10.0.0.3')) throw new TransportError('Unreachable', 'refused');
      return textResponse(200, page(100 * look, look === 0 ? '' : buckets(url.includes('10.0.0.1') ? 30 * look : 6 * look, 60 * look)));
    });
    const pods = [podAt(1), podAt(2), podAt(3)];
    await source.collect(pods, signal);
    look = 1;
    await clock.advance(15_000);
    // they were not on the page before, so they counted from nothing
    expect((await source.collect(pods, signal)).models?.seen).toEqual([
      {
        namespace: 'models',
        modelName: 'm',
        readings: {
          router: expect.anything() as unknown,
          latency: {
            ttft: { kind: 'fresh', value: { boundsSeconds: [0.5], withinPerSecond: [30 / 15 + 6 / 15], totalPerSecond: 8 }, atMs: clock.now() },
            itl: { kind: 'missing', why: 'NotReported' },
          },
        },
      },
    ]);
    await clock.advance(15_000);
    expect((await source.collect([podAt(3)], signal)).models).toMatchObject({ seen: [], others: { latency: { ttft: { kind: 'missing', why: 'NotReported' } } } });
  });

  it('bridges a failure with the samples before it, and forgets pods that are gone', async () => {
    let up = true;
    let tokens = 0;
    const { clock, source } = world(() => (up ? textResponse(200, page((tokens += 150))) : textResponse(503, '')));
    const look = async (pods: readonly PodAddress[]): Promise<Samples> => {
      await clock.advance(15_000);
      return source.collect(pods, signal);
    };
    expect((await look([podAt(1)])).pods[0]?.readings.generationTokensPerSecond).toMatchObject({ why: 'NoPriorSample' });
    up = false;
    expect((await look([podAt(1)])).pods[0]?.readings.generationTokensPerSecond).toMatchObject({ why: 'Unreachable' });
    up = true;
    expect((await look([podAt(1)])).pods[0]?.readings.generationTokensPerSecond).toMatchObject({ kind: 'fresh', value: 5 });
    await look([]);
    expect((await look([podAt(1)])).pods[0]?.readings.generationTokensPerSecond).toMatchObject({ why: 'NoPriorSample' });
    // the same name with another uid is another pod
    expect((await look([{ ...podAt(1), uid: 'uid-1b' }])).pods[0]?.readings.generationTokensPerSecond).toMatchObject({ why: 'NoPriorSample' });
  });
});

it('costs little: a thousand pages of a genuine size in well under a second', async () => {
  const buckets = Array.from({ length: 330 }, (_, index) => `vllm:e2e_request_latency_seconds_bucket{engine="0",le="${index}.0",model_name="tiny/llama"} ${index}.0\n`).join('');
  const text = page(1000) + buckets;
  const source = createScrapeSource({ clock: systemClock, transport: async () => textResponse(200, text) });
  const pods = Array.from({ length: 1000 }, (_, index) => podAt(index));
  await source.collect(pods, signal);
  const startedMs = systemClock.now();
  const samples = await source.collect(pods, signal);
  const tookMs = systemClock.now() - startedMs;
  expect(samples.problems).toEqual([]);
  expect(tookMs).toBeLessThan(2000);
});
