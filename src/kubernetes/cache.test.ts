import { describe, expect, it } from 'vitest';
import type { Pod, Status } from '../wire/index.ts';
import { createManualClock, createRandom, textResponse, type HttpResponse, type Log } from '../runtime/index.ts';
import { startCache, type CacheOptions, type ObjectCache } from './cache.ts';
import { createKubernetesClient } from './client.ts';
import { resources } from './resource-kind.ts';

interface Asked {
  readonly atMs: number;
  readonly query: URLSearchParams;
}

/** A stream that the test writes. */
function openStream(): HttpResponse & { send(text: string): void; end(error?: Error): void } {
  const queue: (Uint8Array | Error | undefined)[] = [];
  let wake = (): void => {};
  return {
    status: 200,
    headers: {},
    send: (text) => (queue.push(new TextEncoder().encode(text)), wake()),
    end: (error) => (queue.push(error), wake()),
    body: (async function* () {
      for (;;) {
        while (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        const next = queue.shift();
        if (next instanceof Error) throw next;
        if (next === undefined) return;
        yield next;
      }
    })(),
  };
}

function pod(name: string, version: number, uid = `uid-${name}`): Pod {
  return { metadata: { name, namespace: 'llm', uid, resourceVersion: String(version) } };
}

const event = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;
const bookmark = (version: number): string => event('BOOKMARK', { kind: 'Pod', metadata: { resourceVersion: String(version) } });
const failure = (code: number, reason: string, message = ''): Status => ({ apiVersion: 'v1', kind: 'Status', status: 'Failure', code, reason, message });
const refusal = (code: number, reason: string, headers = {}): HttpResponse => textResponse(code, JSON.stringify(failure(code, reason)), headers);
const page = (version: number, items: object[], more?: string): HttpResponse =>
  textResponse(200, JSON.stringify({ kind: 'PodList', metadata: { resourceVersion: String(version), ...(more && { continue: more }) }, items }));

function start(script: { list?: (query: URLSearchParams, count: number) => HttpResponse | Promise<HttpResponse>; watch?: (query: URLSearchParams, count: number) => HttpResponse | Promise<HttpResponse> }, change: Partial<CacheOptions<Pod>> = {}) {
  const clock = createManualClock(1_000_000);
  const lists: Asked[] = [];
  const watches: Asked[] = [];
  const said: string[] = [];
  const log: Log = { debug() {}, info: (_, text) => said.push(text), warn: (_, text) => said.push(text), error: (_, text) => said.push(text) };
  const transport = async ({ url }: { url: string }): Promise<HttpResponse> => {
    const query = new URL(url).searchParams;
    const isWatch = query.has('watch');
    const asked = isWatch ? watches : lists;
    asked.push({ atMs: clock.now(), query });
    const answer = isWatch ? script.watch : script.list;
    return (await answer?.(query, asked.length)) ?? (isWatch ? openStream() : page(1, []));
  };
  const client = createKubernetesClient({ transport, baseUrl: 'http://k', clock });
  const cache = startCache<Pod>({ client, resource: resources.pods, clock, log, random: createRandom('cache'), ...change });
  const changes: string[] = [];
  cache.onChange(({ type, object }) => changes.push(`${type} ${object.metadata?.name}@${object.metadata?.resourceVersion}`));
  return { clock, cache, lists, watches, said, changes };
}

const names = (cache: ObjectCache<Pod>): (string | undefined)[] => cache.list().map((object) => object.metadata?.name);

describe('a cache', () => {
  it('lists in pages, watches from the version of the list, and follows what changes', async () => {
    const stream = openStream();
    const { clock, cache, lists, watches, changes } = start({
      list: (query) => (query.get('continue') === 'p2' ? page(10, [pod('c', 3)]) : page(10, [pod('a', 1), pod('b', 2)], 'p2')),
      watch: () => stream,
    });
    expect(cache.synced).toBe(false);
    await clock.advance(0);
    await cache.whenSynced();
    expect(names(cache)).toEqual(['a', 'b', 'c']);
    expect(lists.map((asked) => asked.query.toString())).toEqual(['limit=500', 'limit=500&continue=p2']);
    expect(watches[0]?.query.get('resourceVersion')).toBe('10');
    expect(watches[0]?.query.get('allowWatchBookmarks')).toBe('true');
    changes.length = 0;
    stream.send(event('ADDED', pod('d', 11)) + event('MODIFIED', pod('a', 12)) + event('DELETED', pod('b', 13)));
    await clock.advance(0);
    expect(names(cache)).toEqual(['a', 'c', 'd']);
    expect(changes).toEqual(['added d@11', 'changed a@12', 'removed b@2']);
    expect(cache.get('llm', 'a')).toMatchObject({ apiVersion: 'v1', kind: 'Pod', metadata: { resourceVersion: '12' } });
    expect(cache.list('llm')).toHaveLength(3);
    expect(cache.list('other')).toEqual([]);
    await cache.stop();
  });

  it('hands out the same array until something changes, and never changes one that it handed out', async () => {
    const stream = openStream();
    const { clock, cache } = start({ list: () => page(10, [pod('a', 1)]), watch: () => stream });
    await clock.advance(0);
    const before = cache.list();
    expect(cache.list()).toBe(before);
    stream.send(event('ADDED', pod('b', 11)));
    await clock.advance(0);
    expect(cache.list()).not.toBe(before);
    expect(before).toHaveLength(1);
    await cache.stop();
  });

  it('reads events that arrive in pieces, several at once, and with characters cut in two', async () => {
    const stream = openStream();
    const { clock, cache } = start({ watch: () => ({ ...stream, body: inPieces(stream.body, 3) }) });
    await clock.advance(0);
    stream.send(event('ADDED', { metadata: { name: 'ä€😀', namespace: 'llm', resourceVersion: '5' } }) + event('ADDED', pod('b', 6)));
    await clock.advance(0);
    expect(names(cache)).toEqual(['ä€😀', 'b']);
    await cache.stop();
  });

  it('keeps only what it is told to keep, and never managedFields', async () => {
    const big = { ...pod('a', 1), status: { podIP: '10.0.0.1' } };
    Object.assign(big.metadata ?? {}, { managedFields: [{ manager: 'x'.repeat(1000) }] });
    const { clock, cache } = start({ list: () => page(10, [big]) }, { keep: ({ metadata, kind }) => ({ kind: kind ?? '', metadata: metadata ?? {} }) });
    await clock.advance(0);
    expect(cache.list()).toEqual([{ kind: 'Pod', metadata: { name: 'a', namespace: 'llm', uid: 'uid-a', resourceVersion: '1' } }]);
    await cache.stop();
  });
});

describe('a watch that ends', () => {
  it('by the server, as asked, is opened again at once where it was; bookmarks move that place', async () => {
    const first = openStream();
    const { clock, cache, lists, watches } = start({ list: () => page(10, []), watch: (_, count) => (count === 1 ? first : openStream()) });
    expect(Number(watches[0]?.query.get('timeoutSeconds') ?? 50)).toBeGreaterThanOrEqual(45);
    await clock.advance(30_000);
    first.send(bookmark(500));
    await clock.advance(30_000);
    first.end();
    await clock.advance(0);
    expect(watches.map((asked) => asked.query.get('resourceVersion'))).toEqual(['10', '500']);
    expect(lists).toHaveLength(1);
    expect(cache.problem).toBeUndefined();
    await cache.stop();
  });

  it.each([
    ['in the middle of a JSON line', (stream: ReturnType<typeof openStream>) => (stream.send('{"type":"ADDED","obj'), stream.end()), /cut in the middle of an object/],
    ['by a broken connection', (stream: ReturnType<typeof openStream>) => stream.end(new Error('read ECONNRESET')), /ECONNRESET/],
    ['with an HTML page', (stream: ReturnType<typeof openStream>) => (stream.send('<html>\n'), stream.end()), /not JSON/],
    ['with JSON that is no event', (stream: ReturnType<typeof openStream>) => (stream.send('{"a":1}\nnull\n'), stream.end()), /not the JSON that was due/],
    ['with an ERROR event of 500', (stream: ReturnType<typeof openStream>) => (stream.send(event('ERROR', failure(500, 'InternalError', 'etcd'))), stream.end()), /etcd/],
  ])('%s loses nothing: problem in words, back-off, resumed where it was', async (_, breakOff, words) => {
    const first = openStream();
    const second = openStream();
    const { clock, cache, lists, watches, said } = start({ list: () => page(10, [pod('a', 1)]), watch: (__, count) => (count === 1 ? first : second) });
    await clock.advance(0);
    first.send(event('ADDED', pod('b', 11)));
    breakOff(first);
    await clock.advance(0);
    expect(names(cache)).toEqual(['a', 'b']);
    expect(cache.problem).toMatch(words);
    expect(cache.synced).toBe(true);
    await clock.advance(500);
    expect(watches.map((asked) => asked.query.get('resourceVersion'))).toEqual(['10', '11']);
    expect(lists).toHaveLength(1);
    expect(cache.problem).toBeUndefined();
    expect(said.join('\n')).toMatch(/is current again/);
    await cache.stop();
  });

  it.each([
    ['as an answer', () => refusal(410, 'Expired')],
    ['in the middle of the stream', () => textResponse(200, event('ADDED', pod('c', 11)) + event('ERROR', failure(410, 'Expired')))],
    ['by a history that runs backwards', () => textResponse(200, bookmark(9))],
  ])('with 410 %s is answered by a new list, which finds what was deleted and replaced meanwhile', async (_, expired) => {
    const { clock, cache, lists, watches, changes } = start({
      list: (__, count) => (count === 1 ? page(10, [pod('a', 1), pod('b', 2), pod('d', 3)]) : page(90, [pod('b', 2), pod('d', 80, 'another'), pod('e', 81)])),
      watch: (__, count) => (count === 1 ? expired() : openStream()),
    });
    await clock.advance(0);
    changes.length = 0;
    await clock.advance(1000);
    expect(names(cache)).toEqual(['b', 'd', 'e']);
    expect(changes.filter((change) => !change.includes(' c@'))).toEqual(['changed d@80', 'added e@81', 'removed a@1']);
    expect(lists).toHaveLength(2);
    expect(watches[1]?.query.get('resourceVersion')).toBe('90');
    await cache.stop();
  });

  it('as soon as it begins, over and over, is not opened in a tight loop', async () => {
    const { clock, cache, watches } = start({ watch: () => textResponse(200, '') });
    await clock.advance(120_000);
    expect(watches.length).toBeGreaterThan(5);
    expect(watches.length).toBeLessThan(25);
    await cache.stop();
  });

  it('never, but says nothing, is taken for dead after 75 s and opened anew, once the server has shown that it lives', async () => {
    const { clock, cache, lists, watches } = start({ list: () => page(10, [pod('a', 1)]) });
    await clock.advance(74_000);
    expect(watches).toHaveLength(1);
    expect(cache.lastContactMs).toBe(1_000_000);
    await clock.advance(2000);
    expect(watches.map((asked) => asked.query.get('resourceVersion'))).toEqual(['10', '10']);
    expect(lists.map((asked) => asked.query.get('limit'))).toEqual(['500', '1']);
    expect(cache.problem).toBeUndefined();
    await cache.stop();
  });

  it('without a word, because the server was restored from a backup and has not reached our version, is answered by a new list', async () => {
    const mute = openStream();
    const { clock, cache, lists, watches } = start({
      list: (_, count) => (count === 1 ? page(1000, [pod('a', 900), pod('b', 901)]) : page(300, [pod('a', 200)])),
      watch: (_, count) => (count === 1 ? mute : openStream()),
    });
    await clock.advance(50_000);
    mute.end();
    await clock.advance(1000);
    expect(names(cache)).toEqual(['a']);
    expect(lists.map((asked) => asked.query.get('limit'))).toEqual(['500', '1', '500']);
    expect(watches.at(-1)?.query.get('resourceVersion')).toBe('300');
    await cache.stop();
  });
});

describe('an API server in trouble', () => {
  it.each([
    ['slow down', () => refusal(429, 'TooManyRequests', { 'retry-after': '20' }), 20_000, /asks to slow down/],
    ['restarting', () => refusal(503, 'ServiceUnavailable'), 200, /503 ServiceUnavailable/],
    ['gone', () => Promise.reject(new Error('connect ECONNREFUSED')), 200, /ECONNREFUSED/],
    ['a proxy', () => textResponse(502, '<html><h1>Bad gateway</h1></html>'), 200, /HTTP 502\) is not one of a Kubernetes API server: "Bad gateway"/],
    ['lying', () => textResponse(200, '<html>please log in</html>'), 200, /not the JSON that was due: "please log in"/],
    ['odd', () => textResponse(200, '{"items":{}}'), 200, /not the JSON that was due/],
    ['refusing', () => refusal(403, 'Forbidden'), 15_000, /Give the ServiceAccount the verb "list" on "pods" of apiGroup "" in a ClusterRole/],
    ['without our credentials', () => refusal(401, 'Unauthorized'), 15_000, /does not accept our credentials/],
  ])('(%s) is asked again, not too soon and for ever, with the problem in words', async (_, answer, soonestMs, words) => {
    let healthy = false;
    const { clock, cache, lists, said } = start({ list: () => (healthy ? page(10, [pod('a', 1)]) : answer()) });
    await clock.advance(0);
    expect(cache.synced).toBe(false);
    expect(cache.problem).toMatch(words);
    await clock.advance(600_000);
    expect(cache.problem).toMatch(words);
    const gaps = lists.slice(1).map((asked, index) => asked.atMs - (lists[index]?.atMs ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(soonestMs);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(40_000);
    // one line when it begins, not one for each attempt
    expect(said).toHaveLength(1);
    healthy = true;
    await clock.advance(40_000);
    expect(names(cache)).toEqual(['a']);
    expect(cache.problem).toBeUndefined();
    expect(said).toHaveLength(2);
    await cache.stop();
  });

  it('that lets us list but not watch says so once, and names the verb', async () => {
    const { clock, cache, watches, said } = start({ list: () => page(10, [pod('a', 1)]), watch: () => refusal(403, 'Forbidden') });
    await clock.advance(600_000);
    expect(names(cache)).toEqual(['a']);
    expect(cache.problem).toMatch(/Give the ServiceAccount the verb "watch" on "pods"/);
    expect(said).toHaveLength(1);
    expect(watches.length).toBeLessThan(45);
    await cache.stop();
  });

  it('that never answers is given up on after 30 s and asked again', async () => {
    const { clock, cache, lists } = start({ list: () => new Promise(() => {}) });
    await clock.advance(29_000);
    expect(lists).toHaveLength(1);
    await clock.advance(2000);
    expect(cache.problem).toMatch(/no complete answer came within 30 s/);
    expect(lists).toHaveLength(2);
    await cache.stop();
  });

  it('that lets go of a list between two pages is asked for the list again, and at last in one piece', async () => {
    const { clock, cache, lists } = start({
      list: (query) => (query.has('continue') ? refusal(410, 'Expired') : query.has('limit') ? page(10, [pod('a', 1)], 'p2') : page(11, [pod('a', 1), pod('b', 2)])),
    });
    await clock.advance(0);
    expect(names(cache)).toEqual(['a', 'b']);
    expect(lists.map((asked) => asked.query.toString())).toEqual(['limit=500', 'limit=500&continue=p2', 'limit=500', 'limit=500&continue=p2', '']);
    await cache.stop();
  });

  it('keeps what is known, with its age', async () => {
    const first = openStream();
    const { clock, cache } = start({ list: (_, count) => (count === 1 ? page(10, [pod('a', 1)]) : refusal(500, 'InternalError')), watch: (_, count) => (count === 1 ? first : refusal(500, 'InternalError')) });
    await clock.advance(60_000);
    first.end(new Error('ECONNRESET'));
    await clock.advance(600_000);
    expect(names(cache)).toEqual(['a']);
    expect(cache.synced).toBe(true);
    expect(clock.now() - (cache.lastContactMs ?? 0)).toBeGreaterThanOrEqual(600_000);
    await cache.stop();
  });
});

describe('a kind that is not served', () => {
  const unknown = (): HttpResponse => textResponse(404, '404 page not found\n');

  it('is an empty cache that says so, and fills when the CustomResourceDefinition comes', async () => {
    let installed = false;
    const { clock, cache } = start({ list: () => (installed ? page(10, [pod('a', 1)]) : unknown()) });
    await clock.advance(0);
    await cache.whenSynced();
    expect(cache).toMatchObject({ synced: true, absent: true, problem: expect.stringContaining('does not serve pods of core/v1') as string });
    installed = true;
    await clock.advance(31_000);
    expect(cache).toMatchObject({ absent: false, problem: undefined });
    expect(names(cache)).toEqual(['a']);
    await cache.stop();
  });

  it('any more loses its objects only when the API server says so for a minute: one that has just started says it of every custom kind', async () => {
    const first = openStream();
    const { clock, cache, changes } = start({ list: (_, count) => (count === 1 ? page(10, [pod('a', 1)]) : unknown()), watch: (_, count) => (count === 1 ? first : unknown()) });
    await clock.advance(0);
    first.end(new Error('ECONNRESET'));
    await clock.advance(50_000);
    expect(names(cache)).toEqual(['a']);
    expect(cache.absent).toBe(false);
    await clock.advance(60_000);
    expect(names(cache)).toEqual([]);
    expect(cache.absent).toBe(true);
    expect(changes.at(-1)).toBe('removed a@1');
    await cache.stop();
  });
});

it('stops at once, whatever it waits for', async () => {
  for (const script of [{ list: () => new Promise<HttpResponse>(() => {}) }, { watch: () => new Promise<HttpResponse>(() => {}) }, { list: () => refusal(500, 'InternalError') }, {}]) {
    const { clock, cache } = start(script);
    await clock.advance(0);
    await cache.stop();
  }
});

async function* inPieces(body: AsyncIterable<Uint8Array>, size: number): AsyncIterable<Uint8Array> {
  for await (const chunk of body) for (let at = 0; at < chunk.byteLength; at += size) yield chunk.subarray(at, at + size);
}
