import { expect, it } from 'vitest';
import type { ConfigMap } from '../wire/index.ts';
import { createManualClock, createRandom, silentLog, textResponse, type HttpRequest, type HttpResponse, type ManualClock, type Random } from '../runtime/index.ts';
import { startCache } from './cache.ts';
import { createKubernetesClient } from './client.ts';
import { resources } from './resource-kind.ts';

interface Entry {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: ConfigMap;
}

/** One kind of object with its history, as etcd keeps it, behind a network that does its worst while `faulty`. */
function createHistory(clock: ManualClock, random: Random) {
  const history: Entry[] = [];
  let version = 0;
  let compacted = 0;
  let uids = 0;
  const server = { faulty: true, now: new Map<string, ConfigMap>(), at, change, compact: () => (compacted = version), handle };

  function at(when: number): Map<string, ConfigMap> {
    const objects = new Map<string, ConfigMap>();
    for (const { version, type, object } of history) {
      if (version > when) break;
      if (type === 'DELETED') objects.delete(object.metadata?.name ?? '');
      else objects.set(object.metadata?.name ?? '', object);
    }
    return objects;
  }

  function change(): void {
    const name = `o${random.integer(12)}`;
    const before = server.now.get(name);
    const type = before ? (random.next() < 0.4 ? 'DELETED' : 'MODIFIED') : 'ADDED';
    const uid = before?.metadata?.uid ?? `u${uids++}`;
    const object = { metadata: { name, namespace: 'n', uid, resourceVersion: String(++version) } };
    history.push({ version, type, object });
    if (type === 'DELETED') server.now.delete(name);
    else server.now.set(name, object);
  }

  const status = (code: number, reason: string): object => ({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message: reason });
  const refuse = (code: number, reason: string): HttpResponse => textResponse(code, JSON.stringify(status(code, reason)));

  async function handle(request: HttpRequest): Promise<HttpResponse> {
    const query = new URL(request.url).searchParams;
    await clock.sleep(1 + random.integer(server.faulty ? 2000 : 20));
    if (server.faulty && random.next() < 0.4) return fault();
    return query.has('watch') ? watch(Number(query.get('resourceVersion'))) : list(query);
  }

  function fault(): Promise<HttpResponse> {
    const faults: (() => Promise<HttpResponse>)[] = [
      async () => refuse(500, 'InternalError'),
      async () => refuse(504, 'Timeout'),
      async () => ({ ...refuse(429, 'TooManyRequests'), headers: { 'retry-after': '3' } }),
      async () => refuse(410, 'Expired'),
      async () => textResponse(200, '<html>hello</html>'),
      async () => textResponse(404, '404 page not found'),
      () => Promise.reject(new Error('ECONNRESET')),
      () => new Promise(() => {}),
    ];
    return (faults[random.integer(faults.length)] as () => Promise<HttpResponse>)();
  }

  /** Two objects a page, all pages of one version. */
  function list(query: URLSearchParams): HttpResponse {
    const [when = version, after = ''] = query.get('continue')?.split('|').map((part, index) => (index === 0 ? Number(part) : part)) as [number?, string?] | undefined ?? [];
    if (when < compacted) return refuse(410, 'Expired');
    const all = [...at(when).values()].filter((object) => (object.metadata?.name ?? '') > after).toSorted((a, b) => ((a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1));
    const limit = query.has('limit') ? 2 : all.length;
    const items = all.slice(0, limit);
    const more = all.length > limit ? { continue: `${when}|${items.at(-1)?.metadata?.name}` } : {};
    return textResponse(200, JSON.stringify({ metadata: { resourceVersion: String(when), ...more }, items }));
  }

  function watch(from: number): HttpResponse {
    return { status: 200, headers: {}, body: events(from) };
  }

  async function* events(from: number): AsyncIterable<Uint8Array> {
    const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    const bookmark = (at: number): Uint8Array => bytes(line('BOOKMARK', { metadata: { resourceVersion: String(at) } }));
    if (from < compacted) {
      yield bytes(line('ERROR', status(410, 'Expired')));
      return;
    }
    const endsMs = clock.now() + 50_000;
    let sent = from;
    for (let turn = 1; clock.now() < endsMs; turn++) {
      for (const entry of history.filter(({ version }) => version > sent)) {
        const text = line(entry.type, entry.object);
        if (server.faulty && random.next() < 0.03) {
          yield bytes(text.slice(0, random.integer(text.length)));
          return;
        }
        yield bytes(text);
        sent = entry.version;
      }
      if (server.faulty) {
        const luck = random.next();
        if (luck < 0.01) throw new Error('ECONNRESET');
        if (luck < 0.02) yield bytes(line('ERROR', status(500, 'InternalError')));
        if (luck < 0.03) return;
        // a connection that is dead without anybody knowing
        if (luck < 0.035) await new Promise(() => {});
      }
      if (turn % 20 === 0) yield bookmark(sent);
      await clock.sleep(2000);
    }
  }
  return server;
}

it.each(Array.from({ length: 40 }, (_, seed) => [seed]))('world %i: never goes back in time, and knows the truth soon after the faults end', async (seed) => {
  const clock = createManualClock(1_700_000_000_000);
  const random = createRandom(`cache ${seed}`);
  const server = createHistory(clock, random.fork('server'));
  const client = createKubernetesClient({ transport: server.handle, baseUrl: 'http://k', clock });
  const cache = startCache<ConfigMap>({ client, resource: resources.configMaps, namespace: 'n', clock, log: silentLog, random: random.fork('cache') });
  const told = new Map<string, number>();
  cache.onChange(({ type, object }) => {
    const { name = '', resourceVersion } = object.metadata ?? {};
    const version = Number(resourceVersion);
    if (type === 'removed') {
      expect(told.has(name)).toBe(true);
      told.delete(name);
      return;
    }
    expect(told.has(name)).toBe(type === 'changed');
    expect(version).toBeGreaterThan(told.get(name) ?? 0);
    told.set(name, version);
  });
  const known = (): Map<string, number> => new Map(cache.list().map(({ metadata }) => [metadata?.name ?? '', Number(metadata?.resourceVersion)]));

  for (let turn = 0; turn < 60; turn++) {
    for (let changes = random.integer(4); changes > 0; changes--) server.change();
    if (random.next() < 0.1) server.compact();
    await clock.advance(random.integer(20_000));
    // what listeners were told is what can be read
    expect(told).toEqual(known());
  }
  server.faulty = false;
  // the longest that a dead connection goes unnoticed, and one back-off
  await clock.advance(75_000 + 30_000 + 12_000);
  const truth = new Map([...server.now.values()].map(({ metadata }) => [metadata?.name ?? '', Number(metadata?.resourceVersion)]));
  expect(known()).toEqual(truth);
  expect(cache.problem).toBeUndefined();
  expect(cache.absent).toBe(false);
  await cache.stop();
});
