import { webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request as send } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDelegatingCluster, type DelegatingCluster } from '../../test/support/delegating-cluster.ts';
import { type CertificateAuthority, createAuthority } from '../../test/support/genuine/certificates.ts';
import { request, type RequestOptions } from '../../test/support/genuine/request.ts';
import { defaultPolicy, type ReplicaSeries, type SeriesSnapshot, type VariantObservation } from '../model/index.ts';
import { decideOnce, decisionAbout, sceneOf } from '../../test/support/decide/scene.ts';
import type { DecisionSource } from './decisions/decision-source.ts';
import { createMeters, readText, silentLog, systemClock } from '../runtime/index.ts';
import { createServer, type Server, type ServerOptions } from './server.ts';
import { createHolder, servingCertificate } from './tls/certificates.ts';

const path = '/apis/external.metrics.k8s.io/v1beta1/namespaces/llm/wva_desired_replicas';
const seed: ReplicaSeries = {
  targetName: 'decode',
  targetKind: 'Deployment',
  namespace: 'llm',
  acceleratorType: 'A100',
  variantName: 'va-a100',
  modelName: 'm',
  costPerHour: 10,
  role: 'both',
  current: 1,
  desired: 2,
  decidedAtMs: 0,
  held: false,
};

const sketch = { name: 'chat', replicas: [{ kv: 0.75, queue: 0 }] };
const decision = decisionAbout(decideOnce([sketch]), 'chat');
const step = { from: 1, to: 2, current: 1, held: false, reason: decision.reason, trail: decision.trail } as const;
const pasts = [{ ...step, atMs: 1_700_000_015_000 }, { ...step, atMs: 1_700_000_000_000 }];
const decided: DecisionSource = {
  lastMs: () => 1_700_000_015_000,
  variants: () => ['prod/chat'],
  decisions: () => pasts,
  account: (key) =>
    key === 'prod/chat'
      ? { variant: key, decisions: pasts, account: { atMs: 1_700_000_015_000, decision, seen: sceneOf([sketch]).variants[0] as VariantObservation, policy: defaultPolicy, others: [], problems: [] } }
      : undefined,
};

let folder: string;
let cluster: DelegatingCluster;
let serving: CertificateAuthority;
let proxyCa: CertificateAuthority;
let clientCa: CertificateAuthority;
let server: Server | undefined;
let snapshot: SeriesSnapshot | undefined;
let decisions: DecisionSource;
let leading = true;
let ready = true;
let holder: ReturnType<typeof createHolder>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wva-serve-'));
  cluster = createDelegatingCluster();
  serving = await createAuthority(folder, 'serving-ca');
  proxyCa = await createAuthority(folder, 'proxy-ca');
  clientCa = await createAuthority(folder, 'client-ca');
  cluster.trust = {
    'client-ca-file': clientCa.cert,
    'requestheader-client-ca-file': proxyCa.cert,
    'requestheader-allowed-names': '["front-proxy-client"]',
    'requestheader-username-headers': '["X-Remote-User"]',
    'requestheader-group-headers': '["X-Remote-Group"]',
    'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
  };
  snapshot = { atMs: 1_700_000_000_000, series: [seed, { ...seed, acceleratorType: 'MI300X', desired: 3 }], source: 'decision' };
  leading = true;
  ready = true;
  decisions = decided;
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Partial<ServerOptions> = {}): Promise<string> {
  const { cert, key } = await serving.issue('serving', 'wva');
  holder = createHolder(servingCertificate({ cert, key }));
  const address = { host: '127.0.0.1', port: 0 };
  server = await createServer(
    {
      source: { snapshot: () => snapshot, scalings: () => [] },
      leading: () => leading,
      decisions,
      readiness: () => (ready ? { ready } : { ready, because: 'the caches fill' }),
      meters: createMeters({ processMetrics: false }),
      clock: systemClock,
      log: silentLog,
      client: cluster.client,
      certificates: { current: () => holder.current(), onChange: (listener) => holder.onChange(listener), stop: () => Promise.resolve() },
    },
    { externalMetrics: true, variantNameLabel: false, secure: address, health: address, plain: address, ...options },
  );
  await expect.poll(async () => (await ask('/version', { cert: proxyCa.cert, key: proxyCa.key })).status).toBeLessThan(503);
  return server.urls.secure ?? '';
}

function ask(path: string, options: RequestOptions = {}): ReturnType<typeof request> {
  return request(`${server?.urls.secure}${path}`, { ca: serving.cert, ...options });
}

async function askAsProxy(path: string, headers: Record<string, string>, name = 'front-proxy-client', ca = proxyCa): ReturnType<typeof request> {
  const { cert, key } = await ca.issue(name, name);
  return ask(path, { cert, key, headers });
}

async function signedBy(issuer: { cert: string; key: string }, subject: string, ca: boolean): Promise<{ cert: string; key: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: new x509.X509Certificate(issuer.cert).subject,
    publicKey: keys.publicKey,
    signingKey: await webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(issuer.key), algorithm, false, ['sign']),
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3600_000),
    extensions: [new x509.BasicConstraintsExtension(ca, undefined, true)],
  });
  return {
    cert: `${certificate.toString('pem')}\n`,
    key: x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY'),
  };
}

describe('the external metrics API', () => {
  it("answers the seed's request as prometheus-adapter does", async () => {
    await start();
    cluster.tokens.set('t', { username: 'prometheus' });
    const answer = await ask(`${path}?labelSelector=target_name%3Ddecode%2Ctarget_kind%3DDeployment`, { token: 't' });
    expect(answer.text).toBe(
      '{"kind":"ExternalMetricValueList","apiVersion":"external.metrics.k8s.io/v1beta1","metadata":{},"items":[' +
        '{"metricName":"wva_desired_replicas","metricLabels":{"accelerator_type":"A100","exported_namespace":"llm","target_kind":"Deployment","target_name":"decode"},"timestamp":"2023-11-14T22:13:20Z","value":"2"},' +
        '{"metricName":"wva_desired_replicas","metricLabels":{"accelerator_type":"MI300X","exported_namespace":"llm","target_kind":"Deployment","target_name":"decode"},"timestamp":"2023-11-14T22:13:20Z","value":"3"}]}\n',
    );
    expect(answer.headers['content-type']).toBe('application/json');
  });

  it('adds up the accelerators of a target under a name of its own', async () => {
    await start();
    const answer = await request(`${server?.urls.plain}${path.replace('wva_desired', 'wva_target_desired')}?labelSelector=target_name=decode`);
    expect(answer.json<{ items: { value: string; metricLabels: object }[] }>().items).toEqual([
      expect.objectContaining({ value: '5', metricLabels: { exported_namespace: 'llm', target_kind: 'Deployment', target_name: 'decode' } }),
    ]);
  });

  it.each([
    ['/namespaces/llm/nope', 404, 'the server could not find the metric nope for '],
    ['/namespaces/default/nope', 404, 'the server could not find the metric nope for namespaces'],
    ['/namespaces/llm', 404, 'the server could not find the requested resource'],
    ['/namespaces/llm/wva_desired_replicas/x', 404, 'the server could not find the requested resource'],
    ['/namespaces/llm/wva_desired_replicas?watch=true', 405, 'watch is not supported on resources of kind "*.external.metrics.k8s.io"'],
    ['/namespaces/llm/wva_desired_replicas?limit=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['/namespaces/llm/wva_desired_replicas?labelSelector=a%20b', 400, 'unable to parse requirement: found \'b\', expected: in, notin, =, ==, !=, gt, lt'],
  ])('refuses %s with %i, in words that clients know', async (tail, code, message) => {
    await start();
    const answer = await request(`${server?.urls.plain}/apis/external.metrics.k8s.io/v1beta1${tail}`);
    expect(answer.json()).toMatchObject({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code });
    expect(answer.status).toBe(code);
  });

  it('knows other methods, media types and empty namespaces', async () => {
    await start();
    const plain = `${server?.urls.plain}${path}`;
    expect((await request(plain, { method: 'POST', body: {} })).json()).toMatchObject({ reason: 'MethodNotAllowed', code: 405 });
    expect((await request(plain, { headers: { accept: 'text/plain' } })).status).toBe(406);
    expect((await request(plain, { headers: { accept: 'application/vnd.kubernetes.protobuf, */*' } })).status).toBe(200);
    expect((await request(plain.replace('/llm/', '/other/'))).json()).toEqual({ kind: 'ExternalMetricValueList', apiVersion: 'external.metrics.k8s.io/v1beta1', metadata: {}, items: [] });
    expect((await request(`${plain}?pretty=true`)).text).toContain('\n  "items": [\n');
  });

  it('says 503 and never a number while nothing is known', async () => {
    await start();
    snapshot = undefined;
    const answer = await request(`${server?.urls.plain}${path}`);
    expect(answer.json()).toMatchObject({ reason: 'ServiceUnavailable', code: 503 });
    expect(answer.headers['retry-after']).toBeUndefined();
    expect((await request(`${server?.urls.plain}/metrics`)).text).not.toMatch(/^wva_desired_replicas/m);
  });

  it('can be left out', async () => {
    await start({ externalMetrics: false });
    expect((await request(`${server?.urls.plain}${path}`)).status).toBe(404);
    expect((await request(`${server?.urls.plain}/metrics`)).status).toBe(200);
  });

  it('goes on without the series at /metrics', async () => {
    await start({ replicaSeries: false });
    expect((await request(`${server?.urls.plain}${path}`)).status).toBe(200);
    const page = (await request(`${server?.urls.plain}/metrics`)).text;
    expect(page).not.toMatch(/^wva_desired_replicas/m);
    expect(page).toContain('# HELP wva_errors_total');
  });

  it('is discovered in all forms', async () => {
    await start();
    const get = (path: string, accept = 'application/json'): ReturnType<typeof request> => request(`${server?.urls.plain}${path}`, { headers: { accept } });
    expect((await get('/apis')).json()).toMatchObject({ kind: 'APIGroupList', groups: [{ name: 'external.metrics.k8s.io' }] });
    const merged = await get('/apis', 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList');
    expect(merged.headers['content-type']).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
    expect(merged.json()).toMatchObject({ kind: 'APIGroupDiscoveryList', items: [{ metadata: { name: 'external.metrics.k8s.io' } }] });
    expect((await get('/apis/external.metrics.k8s.io')).json()).toMatchObject({ kind: 'APIGroup' });
    expect((await get('/apis/external.metrics.k8s.io/v1beta1')).json<{ resources: unknown[] }>().resources).toContainEqual({
      name: 'wva_desired_replicas',
      singularName: '',
      namespaced: true,
      kind: 'ExternalMetricValueList',
      verbs: ['get'],
    });
    for (const page of ['/openapi/v2', '/openapi/v3', '/openapi/v3/apis/external.metrics.k8s.io/v1beta1', '/version', '/apis/external.metrics.k8s.io/v1beta1/']) {
      expect((await get(page)).status, page).toBe(200);
    }
  });
});

describe('who may ask', () => {
  it('knows nobody without credentials, and opens only health to them', async () => {
    await start();
    for (const page of [path, '/metrics', '/apis', '/nope', '/openapi/v2']) expect((await ask(page)).json(), page).toMatchObject({ reason: 'Unauthorized', code: 401 });
    for (const page of ['/healthz', '/livez', '/readyz']) expect((await ask(page)).text, page).toBe('ok');
    expect((await ask(path, { token: 'nobody' })).status).toBe(401);
    expect((await ask(path, { headers: { 'x-remote-user': 'admin', 'x-remote-group': 'system:masters' } })).status).toBe(401);
  });

  it('believes the headers of the aggregator, and asks whether the user may', async () => {
    await start();
    cluster.allows = ({ user }) => user === 'hpa';
    const headers = { 'x-remote-user': 'hpa', 'x-remote-group': 'system:serviceaccounts', 'x-remote-extra-scopes%2Ea': 'x' };
    expect((await askAsProxy(path, headers)).status).toBe(200);
    expect(cluster.questions.at(-1)?.body.spec).toEqual({
      user: 'hpa',
      groups: ['system:serviceaccounts', 'system:authenticated'],
      extra: { 'scopes.a': ['x'] },
      resourceAttributes: { group: 'external.metrics.k8s.io', version: 'v1beta1', resource: 'wva_desired_replicas', namespace: 'llm', verb: 'list' },
    });
    expect((await askAsProxy(path, { 'x-remote-user': 'eve' })).json()).toMatchObject({
      code: 403,
      message: 'wva_desired_replicas.external.metrics.k8s.io is forbidden: User "eve" cannot list resource "wva_desired_replicas" in API group "external.metrics.k8s.io" in the namespace "llm"',
    });
    expect((await askAsProxy('/metrics', { 'x-remote-user': 'eve' })).json()).toMatchObject({ code: 403, message: 'forbidden: User "eve" cannot get path "/metrics"' });
  });

  it('keeps every value of a header that stands several times', async () => {
    await start();
    const { cert, key } = await proxyCa.issue('p', 'front-proxy-client');
      await new Promise<void>((resolve, reject) => {
      const outgoing = send(`${server?.urls.secure}${path}`, { ca: serving.cert, cert, key, agent: false }, (incoming) => incoming.resume().on('end', resolve));
      outgoing.setHeader('X-Remote-User', 'u');
      outgoing.setHeader('X-Remote-Group', ['a, b', 'system:authenticated']);
      outgoing.on('error', reject).end();
    });
    expect(cluster.questions.at(-1)?.body.spec['groups']).toEqual(['a, b', 'system:authenticated']);
  });

  it.each([
    ['a name that is not allowed', 'somebody', 'proxy'],
    ['a certificate of the CA of users', 'front-proxy-client', 'client'],
    ['a certificate of an unknown CA', 'front-proxy-client', 'serving'],
  ] as const)('does not believe headers from %s', async (_what, name, ca) => {
    await start();
    cluster.allows = ({ user }) => user === 'admin';
    const answer = await askAsProxy(path, { 'x-remote-user': 'admin' }, name, { proxy: proxyCa, client: clientCa, serving }[ca]);
    expect(answer.status).toBe(ca === 'client' ? 403 : 401);
  });

  it('takes client certificates of users', async () => {
    await start();
    expect((await askAsProxy(path, {}, 'jane', clientCa)).status).toBe(200);
    expect(cluster.questions.at(-1)?.body.spec).toMatchObject({ user: 'jane', groups: ['system:authenticated'] });
  });

  it('believes what an intermediate CA signed where the bundle holds it, and not what is only sent along', async () => {
    const intermediate = await signedBy(proxyCa, 'CN=intermediate', true);
    const leaf = await signedBy(intermediate, 'CN=front-proxy-client', false);
    cluster.trust = { ...cluster.trust, 'requestheader-client-ca-file': intermediate.cert };
    await start();
    const headers = { 'x-remote-user': 'hpa' };
    expect((await ask(path, { cert: leaf.cert, key: leaf.key, headers })).status).toBe(200);
    // a caller who is no CA signs for somebody else, and sends its own certificate along
    const jane = await signedBy(clientCa, 'CN=jane', false);
    const forged = await signedBy(jane, 'CN=front-proxy-client', false);
    expect((await ask(path, { cert: forged.cert + jane.cert, key: forged.key, headers })).status).toBe(401);
  });

  it('asks about tokens, and about nobody twice within a moment', async () => {
    await start();
    cluster.tokens.set('t', { username: 'system:serviceaccount:monitoring:prometheus', groups: ['system:authenticated'] });
    const before = cluster.questions.length;
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask('/metrics', { token: 't' })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(cluster.questions.slice(before).map(({ path }) => path)).toEqual(['/apis/authentication.k8s.io/v1/tokenreviews', '/apis/authorization.k8s.io/v1/subjectaccessreviews']);
  });

  it('turns strangers away with 503 while the API server is gone, and lets known callers go on', async () => {
    await start();
    cluster.tokens.set('t', { username: 'prometheus' });
    cluster.tokens.set('u', { username: 'other' });
    expect((await ask('/metrics', { token: 't' })).status).toBe(200);
    cluster.reachable = false;
    const stranger = await ask('/metrics', { token: 'u' });
    expect(stranger.json()).toMatchObject({ code: 503, reason: 'ServiceUnavailable', message: expect.stringContaining('connection refused') });
    expect((await ask('/metrics', { token: 't' })).status).toBe(200);
  });

  it('follows a rotation of the CA', async () => {
    await start();
    const next = await createAuthority(folder, 'next-proxy-ca');
    expect((await askAsProxy(path, { 'x-remote-user': 'hpa' }, 'front-proxy-client', next)).status).toBe(401);
    cluster.trust = { ...cluster.trust, 'requestheader-client-ca-file': next.cert };
    await expect.poll(async () => (await askAsProxy(path, { 'x-remote-user': 'hpa' }, 'front-proxy-client', next)).status, { timeout: 5000, interval: 200 }).toBe(200);
    expect((await askAsProxy(path, { 'x-remote-user': 'hpa' })).status).toBe(401);
  });
});

describe('/debug/decisions', () => {
  const list = '/debug/decisions';
  const one = '/debug/decisions/prod/chat';

  it('lists what was decided lately, and has everything about one variant', async () => {
    await start();
    cluster.tokens.set('t', { username: 'oncall' });
    const answer = await ask(list, { token: 't' });
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
    expect(answer.json()).toEqual({ leading: true, at: '2023-11-14T22:13:35.000Z', variants: [{ variant: 'prod/chat', decisions: JSON.parse(JSON.stringify(pasts)) as object }] });
    expect((await ask(`${list}?last=1`, { token: 't' })).json<{ variants: { decisions: object[] }[] }>().variants[0]?.decisions).toHaveLength(1);
    expect((await ask(`${list}?last=all`, { token: 't' })).json()).toMatchObject({ code: 400, message: expect.stringContaining('last is "all"') });
    expect((await ask(one, { token: 't' })).json()).toEqual({ leading: true, at: '2023-11-14T22:13:35.000Z', ...(JSON.parse(JSON.stringify(decided.account('prod/chat'))) as object) });
    expect((await ask(`${list}/prod/other`, { token: 't' })).json()).toMatchObject({ code: 404, message: 'nothing is known of variant prod/other: the last cycle decided nothing about a VariantAutoscaling of that name that can be used' });
  });

  it('is for those whom the cluster lets, by path', async () => {
    await start();
    for (const page of [list, one]) expect((await ask(page)).status, page).toBe(401);
    cluster.tokens.set('t', { username: 'eve' });
    cluster.allows = ({ nonResourceAttributes }) => nonResourceAttributes?.['path'] === list;
    expect((await ask(list, { token: 't' })).status).toBe(200);
    expect((await ask(one, { token: 't' })).json()).toMatchObject({ code: 403, message: 'forbidden: User "eve" cannot get path "/debug/decisions/prod/chat"' });
    expect(cluster.questions.at(-1)?.body.spec).toMatchObject({ nonResourceAttributes: { path: one, verb: 'get' } });
  });

  it('says where nothing is decided', async () => {
    leading = false;
    await start();
    expect((await request(`${server?.urls.plain}${list}`)).json()).toMatchObject({ leading: false, note: expect.stringMatching(/^This instance does not lead/), variants: [{ variant: 'prod/chat' }] });
    expect((await request(`${server?.urls.plain}${list}/prod/other`)).json()).toMatchObject({ code: 404, message: expect.stringContaining('This instance does not lead') });
    await server?.close();
    leading = true;
    decisions = { lastMs: () => undefined, variants: () => [], decisions: () => [], account: () => undefined };
    await start();
    expect((await request(`${server?.urls.plain}${list}`)).json()).toEqual({ leading: true, note: 'Nothing has been decided yet.', variants: [] });
  });
});

describe('/metrics', () => {
  it('shows replica series only where the decisions are made', async () => {
    await start();
    const page = async (): Promise<string> => (await request(`${server?.urls.plain}/metrics`)).text;
    expect(await page()).toContain('wva_desired_replicas{target_name="decode",target_kind="Deployment",namespace="llm",accelerator_type="A100"} 2\n');
    leading = false;
    expect(await page()).not.toContain('target_name');
    expect(await page()).toContain('wva_external_metrics_requests_total');
    expect((await request(`${server?.urls.plain}${path}`)).text).toContain('"value":"2"');
  });

  it('speaks OpenMetrics when asked', async () => {
    await start();
    const answer = await request(`${server?.urls.plain}/metrics`, { headers: { accept: 'application/openmetrics-text; version=1.0.0' } });
    expect(answer.headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(answer.text.endsWith('# EOF\n')).toBe(true);
    expect(answer.text.split('\n').slice(0, -1)).not.toContain('');
  });
});

it('says on a port of its own whether it is ready, and why not', async () => {
  await start();
  const url = `${server?.urls.health}`;
  expect((await request(`${url}/readyz`)).status).toBe(200);
  ready = false;
  expect(await request(`${url}/readyz`)).toMatchObject({ status: 503, text: 'not ready: the caches fill\n' });
  expect((await request(`${url}/healthz`)).status).toBe(200);
  expect((await request(`${url}/metrics`)).status).toBe(404);
});

it('listens on every address where none is named', async () => {
  await start({ health: { host: '', port: 0 } });
  expect((await request(`${server?.urls.health}/readyz`.replace('localhost', '127.0.0.1'))).status).toBe(200);
});

it('answers in this process without sockets', async () => {
  await start();
  const answer = await server?.inProcess({ method: 'GET', url: `http://wva${path}?labelSelector=accelerator_type%3DMI300X` });
  expect(JSON.parse(answer === undefined ? '' : await readText(answer))).toMatchObject({ items: [{ value: '3' }] });
});

it('opens the port without authentication on loopback only', async () => {
  await expect(start({ plain: { host: '0.0.0.0', port: 0 } })).rejects.toThrow(/loopback/);
});

it('changes its certificate without disturbing connections', async () => {
  await start();
  cluster.tokens.set('t', { username: 'prometheus' });
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: serving.cert });
  const once = (): Promise<{ status: number; serial: string; reused: boolean }> =>
    new Promise((resolve, reject) => {
      const outgoing = send(`${server?.urls.secure}${path}`, { agent, headers: { authorization: 'Bearer t' } }, (incoming) => {
        const { socket } = incoming;
        const serial = (socket as TLSSocket).getPeerCertificate().serialNumber;
        incoming.resume().on('end', () => resolve({ status: incoming.statusCode ?? 0, serial, reused: outgoing.reusedSocket }));
      });
      outgoing.on('error', reject).end();
    });
  const before = await once();
  holder.replace(servingCertificate(await serving.issue('renewed', 'wva')));
  const kept = await once();
  agent.destroy();
  const fresh = await once();
  expect(kept).toEqual({ status: 200, serial: before.serial, reused: true });
  expect(fresh.status).toBe(200);
  expect(fresh.serial).not.toBe(before.serial);
});

it('lets what is in flight end before it closes, and takes nothing new meanwhile', async () => {
  await start();
  cluster.tokens.set('t', { username: 'prometheus' });
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  cluster.beforeReview = () => {
    asked.resolve();
    return gate.promise;
  };
  const inFlight = ask(path, { token: 't' });
  await asked.promise;
  const closing = server?.close();
  await expect(ask(path, { token: 't' })).rejects.toThrow(/ECONNREFUSED/);
  gate.resolve();
  expect((await inFlight).status).toBe(200);
  await closing;
  server = undefined;
});
