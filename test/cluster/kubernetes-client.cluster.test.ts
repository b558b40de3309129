import { createPrivateKey, createSign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import {
  connectCluster,
  createKubernetesClient,
  KubernetesError,
  resources,
  startCache,
  type ClusterConnection,
  type KubernetesClient,
  type ObjectCache,
  type RequestNote,
  type ResourceKind,
} from '../../src/kubernetes/index.ts';
import { createRandom, mapLimited, silentLog, systemClock, TransportError, type Transport } from '../../src/runtime/index.ts';
import type { ConfigMap, KubernetesObject } from '../../src/wire/index.ts';
import { controlPlaneParts, describeGenuine, startControlPlane, type ControlPlane } from '../support/genuine/index.ts';
import { until } from './until.ts';

/** Two pods' worth of everything else, and enough for several pages. */
const objects = 3000;
const namespace = 'many';

interface Cuttable {
  readonly transport: Transport;
  /** Ends what is under way and refuses what comes, as a network that is gone. */
  cut(): void;
  mend(): void;
}

function cuttable(inner: Transport): Cuttable {
  let gone: AbortController | undefined;
  const open = new Set<AbortController>();
  return {
    async transport(request) {
      if (gone) throw new TransportError('Unreachable', 'Cannot reach the API server: the test has cut the network.');
      const end = new AbortController();
      request.signal?.addEventListener('abort', () => end.abort(), { once: true });
      open.add(end);
      return inner({ ...request, signal: end.signal });
    },
    cut() {
      gone = new AbortController();
      for (const end of open) end.abort();
      open.clear();
    },
    mend: () => (gone = undefined),
  };
}

describeGenuine('the Kubernetes client on a genuine API server', controlPlaneParts, () => {
  let plane: ControlPlane;
  let connection: ClusterConnection;
  let client: KubernetesClient;
  const stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    // Compacts what is older than two seconds, where five minutes are usual, and keeps no snapshots of its cache for
    // lists that are being paged: versions expire while we look, as they do on servers before 1.34
    const apiServerArgs = ['--etcd-compaction-interval=2s', '--feature-gates=ListFromCacheSnapshot=false'];
    plane = await startControlPlane({ controllers: false, apiServerArgs });
    connection = await connectCluster({ kubeconfig: plane.kubeconfig });
    client = createKubernetesClient(connection);
    await client.create(resources.namespaces, { metadata: { name: namespace } });
    const startMs = Date.now();
    await mapLimited(Array.from({ length: objects }), 32, (_, index) => client.create<ConfigMap>(resources.configMaps, configMap(index), { namespace }));
    const seconds = (Date.now() - startMs) / 1000;
    console.log(`${objects} ConfigMaps created in ${seconds.toFixed(1)} s (${Math.round(objects / seconds)} requests/s, 32 at a time)`);
  });
  afterAll(async () => {
    for (const stop of stops.toReversed()) await stop();
    await connection?.close();
    await plane?.stop();
  });

  function configMap(index: number): ConfigMap {
    return { metadata: { name: `object-${String(index).padStart(5, '0')}`, labels: { app: 'many' } }, data: { text: 'x'.repeat(500) } };
  }

  function cacheOn(
    transport: Transport,
    change: { resource?: ResourceKind; pageSize?: number; namespace?: string } = {},
  ): { cache: ObjectCache<ConfigMap>; notes: RequestNote[]; said: string[] } {
    const notes: RequestNote[] = [];
    const said: string[] = [];
    const cache = startCache<ConfigMap>({
      client: createKubernetesClient({ transport, baseUrl: connection.baseUrl, onRequest: (note) => notes.push(note) }),
      resource: resources.configMaps,
      namespace,
      clock: systemClock,
      random: createRandom('cluster'),
      log: { ...silentLog, warn: (_, text) => said.push(text), info: (_, text) => said.push(text) },
      keep: ({ metadata }) => ({ ...(metadata && { metadata }) }),
      ...change,
    });
    stops.push(() => cache.stop());
    return { cache, notes, said };
  }

  const names = (cache: ObjectCache<KubernetesObject>): string[] => cache.list().map((object) => object.metadata?.name ?? '').toSorted();

  async function truth(): Promise<string[]> {
    return (await client.list<ConfigMap>(resources.configMaps, { namespace })).items.map((object) => object.metadata?.name ?? '').toSorted();
  }

  it('lists thousands in pages and follows what changes', async () => {
    const startMs = Date.now();
    const { cache, notes } = cacheOn(connection.transport);
    await cache.whenSynced(AbortSignal.timeout(30_000));
    const syncedMs = Date.now() - startMs;
    expect(cache.list()).toHaveLength(objects);
    expect(notes.filter((note) => note.verb === 'list')).toHaveLength(objects / 500);
    expect(cache.list()[0]).not.toHaveProperty('data');
    const changedMs = Date.now();
    const seen = new Promise<number>((resolve) => cache.onChange(() => resolve(Date.now() - changedMs)));
    await client.create(resources.configMaps, configMap(objects), { namespace });
    const latencyMs = await seen;
    await client.delete(resources.configMaps, configMap(objects).metadata?.name ?? '', { namespace });
    await until('the deletion is seen', () => cache.list().length === objects || `${cache.list().length}`);
    console.log(`cache of ${objects} objects synced in ${syncedMs} ms (${objects / 500} pages); a change was seen ${latencyMs} ms after it was asked for`);
  });

  it('goes on after the API server was killed and restarted, and says meanwhile what is wrong', async () => {
    const { cache, notes, said } = cacheOn(connection.transport);
    await cache.whenSynced(AbortSignal.timeout(30_000));
    const before = names(cache);
    await plane.killApiServer();
    await until('the cache has a problem', () => cache.problem !== undefined || 'none', { timeoutMs: 10_000 });
    expect(cache.problem).toMatch(/connection refused|cut/);
    expect(names(cache)).toEqual(before);
    await plane.restartApiServer();
    const readyMs = Date.now();
    const tookMs = await until('the cache is current again', () => cache.problem === undefined || cache.problem, { timeoutMs: 60_000 });
    await client.create(resources.configMaps, { metadata: { name: 'after-restart' } }, { namespace });
    await until('what was made after the restart is seen', () => cache.get(namespace, 'after-restart') !== undefined || 'not yet');
    await client.delete(resources.configMaps, 'after-restart', { namespace });
    await until('and its deletion', () => cache.get(namespace, 'after-restart') === undefined || 'not yet');
    expect(names(cache)).toEqual(before);
    const kinds = [...new Set(notes.map((note) => `${note.verb} ${note.status}`))];
    console.log(`cache current ${tookMs} ms after the restarted API server was ready (${Date.now() - readyMs} ms with the check); seen: ${kinds.join(', ')}; said: ${said.length} lines`);
  });

  it('finds by a new list, after 410, what was deleted while it could not look', async () => {
    const network = cuttable(connection.transport);
    const { cache, notes } = cacheOn(network.transport);
    await cache.whenSynced(AbortSignal.timeout(30_000));
    network.cut();
    await client.delete(resources.configMaps, configMap(7).metadata?.name ?? '', { namespace });
    await client.create(resources.configMaps, { metadata: { name: 'made-unseen' } }, { namespace });
    // two compactions of etcd, and an API server whose memory of changes begins later
    await new Promise((resolve) => setTimeout(resolve, 5000));
    await plane.restartApiServer();
    await client.patch(resources.configMaps, 'made-unseen', { data: { a: 'b' } }, { type: 'merge', namespace });
    notes.length = 0;
    network.mend();
    await until('the cache is current again', () => cache.get(namespace, 'made-unseen') !== undefined || (cache.problem ?? 'not yet'), { timeoutMs: 60_000 });
    expect(cache.get(namespace, configMap(7).metadata?.name ?? '')).toBeUndefined();
    expect(names(cache)).toEqual(await truth());
    expect(notes.map((note) => `${note.verb} ${note.status}`)).toContain('watch 410');
    await client.create(resources.configMaps, configMap(7), { namespace });
    await client.delete(resources.configMaps, 'made-unseen', { namespace });
  });

  it('begins a list again whose version was compacted away between two pages', async () => {
    let delayed = 0;
    const slow: Transport = async (request) => {
      // the second page of the first list comes too late
      if (request.url.includes('continue=') && delayed++ === 0) {
        await client.patch(resources.configMaps, configMap(0).metadata?.name ?? '', { data: { a: String(Date.now()) } }, { type: 'merge', namespace });
        await new Promise((resolve) => setTimeout(resolve, 8000));
      }
      return connection.transport(request);
    };
    const { cache, notes } = cacheOn(slow);
    await cache.whenSynced(AbortSignal.timeout(30_000));
    expect(notes.map((note) => note.status)).toContain(410);
    expect(names(cache)).toEqual(await truth());
  });

  it('waits for a CustomResourceDefinition that is not there yet', async () => {
    const gadgets: ResourceKind = { group: 'example.com', version: 'v1', plural: 'gadgets', kind: 'Gadget', namespaced: true };
    const { cache } = cacheOn(connection.transport, { resource: gadgets });
    await cache.whenSynced(AbortSignal.timeout(30_000));
    expect(cache.absent).toBe(true);
    expect(cache.problem).toMatch(/does not serve gadgets of example.com\/v1/);
    await client.create(resources.customResourceDefinitions, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'gadgets.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }],
      },
    });
    await until('the API server serves the new kind', async () => {
      await client.create(gadgets, { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'first' } }, { namespace });
      return true;
    });
    const tookMs = await until('the cache has the first object', () => cache.get(namespace, 'first') !== undefined || (cache.problem ?? ''), { timeoutMs: 60_000 });
    expect(cache.absent).toBe(false);
    console.log(`a kind that came later was in the cache after ${(tookMs / 1000).toFixed(1)} s`);
  });

  it('tells a missing object from a missing kind, and names what is wrong with an object', async () => {
    const errorOf = async (promise: Promise<unknown>): Promise<KubernetesError> => {
      const error = await promise.then(
        () => undefined,
        (e: unknown) => e,
      );
      expect(error).toBeInstanceOf(KubernetesError);
      return error as KubernetesError;
    };
    const kind = (group: string, version: string): ResourceKind => ({ group, version, plural: 'nothings', kind: 'Nothing', namespaced: true });
    expect(await errorOf(client.get(resources.configMaps, 'nope', { namespace }))).toMatchObject({ status: 404, reason: 'NotFound' });
    for (const unknown of [kind('nothing.example.com', 'v1'), kind('apps', 'v1'), kind('', 'v1'), kind('example.com', 'v1'), kind('apps', 'v9')]) {
      expect(await errorOf(client.list(unknown, { namespace })), JSON.stringify(unknown)).toMatchObject({ status: 404, reason: 'ResourceUnknown' });
    }
    const wrong = await errorOf(client.create(resources.configMaps, { metadata: { name: 'Not A Name' } }, { namespace }));
    expect(wrong).toMatchObject({ status: 422, reason: 'Invalid', fields: ['metadata.name'], retryable: false });
    expect(await errorOf(client.create(resources.configMaps, configMap(1), { namespace }))).toMatchObject({ status: 409, reason: 'AlreadyExists' });
    const stale = { ...configMap(1), metadata: { ...configMap(1).metadata, resourceVersion: '1' } };
    expect(await errorOf(client.replace(resources.configMaps, configMap(1).metadata?.name ?? '', stale, { namespace }))).toMatchObject({ status: 409, reason: 'Conflict' });
  });

  it('reads its token again when it has expired', async () => {
    await client.create(resources.serviceAccounts, { metadata: { name: 'short' } }, { namespace });
    const account = await client.get<KubernetesObject>(resources.serviceAccounts, 'short', { namespace });
    await client.create(
      { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'clusterrolebindings', kind: 'ClusterRoleBinding', namespaced: false },
      {
        metadata: { name: 'short-admin' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ kind: 'ServiceAccount', name: 'short', namespace }],
      },
    );
    const tokenFile = join(plane.folder, 'short.token');
    const token = (seconds: number): string => serviceAccountToken(plane, account, seconds);
    // API servers forgive a minute
    const first = token(-52);
    writeFileSync(tokenFile, first);
    const kubeconfig = join(plane.folder, 'short.kubeconfig');
    writeFileSync(
      kubeconfig,
      stringify({
        clusters: [{ name: 'k', cluster: { server: plane.baseUrl, 'certificate-authority-data': Buffer.from(plane.ca).toString('base64') } }],
        users: [{ name: 'u', user: { tokenFile } }],
        contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
        'current-context': 'c',
      }),
    );
    const short = await connectCluster({ kubeconfig });
    stops.push(() => short.close());
    const { cache } = cacheOn(short.transport);
    await cache.whenSynced(AbortSignal.timeout(30_000));
    const tookMs = await until('the API server no longer takes the first token', async () => {
      const { status } = await plane.request('/api/v1/namespaces', { token: first });
      return status === 401 || `status ${status}`;
    });
    const late = createKubernetesClient(short);
    await expect(late.list(resources.configMaps, { namespace, limit: 1 })).rejects.toMatchObject({ status: 401 });
    writeFileSync(tokenFile, token(3600));
    await until('the new token is used', async () => (await late.list(resources.configMaps, { namespace, limit: 1 })).items.length === 1 ? true : 'no items', { timeoutMs: 15_000 });
    expect(cache.list()).toHaveLength(objects);
    expect(cache.problem).toBeUndefined();
    console.log(`the API server refused the expired token after ${(tookMs / 1000).toFixed(1)} s; the next one was taken from its file`);
  });
});

/** As the API server itself would sign it, but for fewer than its minimum of ten minutes. */
function serviceAccountToken(plane: ControlPlane, account: KubernetesObject, seconds: number): string {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const { name, uid } = account.metadata ?? {};
  const claims = {
    iss: 'https://kubernetes.default.svc',
    aud: ['https://kubernetes.default.svc'],
    sub: `system:serviceaccount:${namespace}:${name}`,
    iat: nowSeconds - 600,
    nbf: nowSeconds - 600,
    exp: nowSeconds + seconds,
    'kubernetes.io': { namespace, serviceaccount: { name, uid } },
  };
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  const key = createPrivateKey(readFileSync(join(plane.folder, 'sa.key')));
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key).toString('base64url')}`;
}
