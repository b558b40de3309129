import { expect, it } from 'vitest';
import type { HttpResponse } from '../../runtime/index.ts';
import { createRequester } from '../../../test/support/api-requester.ts';

const path = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, labels: Record<string, string> = {}): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels } });

interface Event {
  type: string;
  object: { code?: number; metadata: { name?: string; resourceVersion: string; annotations?: Record<string, string> } };
}

/** Gathers the events of a watch as they come. */
function gather(response: HttpResponse): { events: Event[]; ended: Promise<void> } {
  const events: Event[] = [];
  const decoder = new TextDecoder();
  async function read(): Promise<void> {
    for await (const chunk of response.body) {
      for (const line of decoder.decode(chunk).split('\n')) if (line !== '') events.push(JSON.parse(line) as Event);
    }
  }
  return { events, ended: read() };
}

const told = (events: readonly Event[]): string[] => events.map(({ type, object }) => `${type} ${object.metadata.name ?? ''}`.trim());

it('tells the state, then the changes, then bookmarks, and ends when it said it would', async () => {
  const { ask, server, clock } = createRequester();
  await ask('POST', path, configMap('a'));
  const { events, ended } = gather(await server.handle({ method: 'GET', url: `http://cluster${path}?watch=1&timeoutSeconds=90&allowWatchBookmarks=true` }));
  await ask('POST', path, configMap('b'));
  await ask('DELETE', `${path}/a`);
  await clock.advance(61_000);
  expect(told(events)).toEqual(['ADDED a', 'ADDED b', 'DELETED a', 'BOOKMARK']);
  expect(events.at(-1)?.object.metadata.resourceVersion).toBe(server.store.resourceVersion);
  await clock.advance(30_000);
  await ended;
});

it('starts after a revision, and says 410 when that is forgotten', async () => {
  const { ask, server } = createRequester();
  const { resourceVersion } = (await ask('POST', path, configMap('a'))).json.metadata as { resourceVersion: string };
  await ask('POST', path, configMap('b'));
  const url = `http://cluster${path}?watch=1&timeoutSeconds=1&resourceVersion=${resourceVersion}`;
  const stop = new AbortController();
  const fresh = gather(await server.handle({ method: 'GET', url, signal: stop.signal }));
  await Promise.resolve();
  stop.abort();
  await fresh.ended;
  expect(told(fresh.events)).toEqual(['ADDED b']);
  server.compactTo();
  const late = gather(await server.handle({ method: 'GET', url }));
  await late.ended;
  expect(late.events).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }]);
});

it('shows objects entering and leaving its selector', async () => {
  const { ask, server } = createRequester();
  await ask('POST', path, configMap('a'));
  const { resourceVersion } = server.store;
  const { events } = gather(await server.handle({ method: 'GET', url: `http://cluster${path}?watch=1&labelSelector=on%3Dyes&resourceVersion=${resourceVersion}` }));
  const merge = { 'content-type': 'application/merge-patch+json' };
  await ask('PATCH', `${path}/a`, { metadata: { labels: { on: 'yes' } } }, merge);
  await ask('PATCH', `${path}/a`, { data: { x: '1' } }, merge);
  await ask('PATCH', `${path}/a`, { metadata: { labels: { on: 'no' } } }, merge);
  await ask('GET', `${path}/a`);
  expect(told(events)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
});

it('marks the end of the initial events when asked', async () => {
  const { ask, server } = createRequester();
  await ask('POST', path, configMap('a'));
  const url = `http://cluster${path}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`;
  const { events } = gather(await server.handle({ method: 'GET', url }));
  await ask('GET', path);
  expect(told(events)).toEqual(['ADDED a', 'BOOKMARK']);
  expect(events[1]?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
});

it('is cut by a restart', async () => {
  const { server } = createRequester();
  const { ended } = gather(await server.handle({ method: 'GET', url: `http://cluster${path}?watch=1` }));
  server.restart();
  await ended;
});

it('pages lists, and forgets their tokens with the history', async () => {
  const { ask, server } = createRequester();
  for (const name of ['a', 'b', 'c']) await ask('POST', path, configMap(name));
  const first = (await ask('GET', `${path}?limit=2`)).json;
  expect(first.metadata.remainingItemCount).toBe(1);
  const rest = (await ask('GET', `${path}?limit=2&continue=${first.metadata.continue}`)).json;
  expect([...first.items, ...rest.items].map((each: { metadata: { name: string } }) => each.metadata.name)).toEqual(['a', 'b', 'c']);
  await ask('POST', path, configMap('d'));
  server.compactTo();
  expect((await ask('GET', `${path}?continue=${first.metadata.continue}`)).json).toMatchObject({ code: 410, reason: 'Expired' });
});
