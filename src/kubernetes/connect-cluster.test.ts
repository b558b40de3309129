import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { createManualClock, listen, readText, textResponse, type Listener } from '../runtime/index.ts';
import { connectCluster, type ClusterConnection, type ConnectOptions } from './connect-cluster.ts';

let folder: string;
let server: Listener;
let accepted: (authorization: string | undefined) => boolean;
let seen: (string | undefined)[];
const open: ClusterConnection[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'wva-kubeconfig-'));
  accepted = () => true;
  seen = [];
  server = await listen(
    async (request) => {
      seen.push(request.headers?.['authorization']);
      return accepted(request.headers?.['authorization']) ? textResponse(200, '{}') : textResponse(401, '{"kind":"Status"}');
    },
    { host: '127.0.0.1', port: 0 },
  );
});

afterEach(async () => {
  for (const connection of open.splice(0)) await connection.close();
  await server.close();
  await rm(folder, { recursive: true });
});

async function kubeconfig(user: object, name = 'config', extra: object = {}): Promise<string> {
  const file = path.join(folder, name);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u', namespace: 'llm' } }],
    clusters: [{ name: 'k', cluster: { server: `${server.url}/` } }],
    users: [{ name: 'u', user }],
    ...extra,
  };
  await writeFile(file, stringify(config));
  return file;
}

async function connect(options: ConnectOptions): Promise<ClusterConnection> {
  const connection = await connectCluster({ env: {}, ...options });
  open.push(connection);
  return connection;
}

async function statusOf(connection: ClusterConnection): Promise<number> {
  const response = await connection.transport({ method: 'GET', url: `${connection.baseUrl}/api` });
  await readText(response);
  return response.status;
}

describe('credentials', () => {
  it.each([
    ['a token', { token: 'abc' }, 'Bearer abc'],
    ['a name and password', { username: 'me', password: 'pw' }, `Basic ${Buffer.from('me:pw').toString('base64')}`],
    ['nothing', {}, undefined],
  ])('come from %s', async (_, user, expected) => {
    const connection = await connect({ kubeconfig: await kubeconfig(user) });
    expect(connection).toMatchObject({ baseUrl: server.url, namespace: 'llm', inCluster: false });
    expect(await statusOf(connection)).toBe(200);
    expect(seen).toEqual([expected]);
  });

  it('come from a token file beside the kubeconfig, and anew when the token has expired', async () => {
    await writeFile(path.join(folder, 'token'), 'first\n');
    const connection = await connect({ kubeconfig: await kubeconfig({ tokenFile: 'token' }) });
    expect(await statusOf(connection)).toBe(200);
    await writeFile(path.join(folder, 'token'), 'second\n');
    accepted = (authorization) => authorization === 'Bearer second';
    expect(await statusOf(connection)).toBe(200);
    expect(seen).toEqual(['Bearer first', 'Bearer first', 'Bearer second']);
  });

  it('come from a plugin, which is asked again when its token is refused, but not more often than every 5 s', async () => {
    const clock = createManualClock();
    const script = `const fs = require('fs'); const n = fs.existsSync('${folder}/n') ? fs.readFileSync('${folder}/n', 'utf8').length : 0; fs.writeFileSync('${folder}/n', 'x'.repeat(n + 1));
      JSON.parse(process.env.KUBERNETES_EXEC_INFO);
      console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token: 'token-' + n } }))`;
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: ['-e', script], interactiveMode: 'Never' };
    const connection = await connect({ kubeconfig: await kubeconfig({ exec }), clock });
    expect(await statusOf(connection)).toBe(200);
    await clock.advance(60_000);
    expect(await statusOf(connection)).toBe(200);
    accepted = (authorization) => authorization === 'Bearer token-1';
    expect(await statusOf(connection)).toBe(200);
    expect(seen).toEqual(['Bearer token-0', 'Bearer token-0', 'Bearer token-0', 'Bearer token-1']);
    accepted = () => false;
    expect(await statusOf(connection)).toBe(401);
    expect(await statusOf(connection)).toBe(401);
    await clock.advance(5000);
    accepted = (authorization) => authorization === 'Bearer token-2';
    expect(await statusOf(connection)).toBe(200);
  });

  it('that a plugin does not give are an error with the name of the plugin and what it said, and may come later', async () => {
    const exec = { command: process.execPath, args: ['-e', 'console.error("login first"); process.exit(1)'] };
    const connection = await connect({ kubeconfig: await kubeconfig({ exec }) });
    await expect(statusOf(connection)).rejects.toMatchObject({
      name: 'TransportError',
      retryable: true,
      message: expect.stringMatching(/credential plugin ".*node".*: login first/) as string,
    });
  });

  it('are never sent to another host', async () => {
    const connection = await connect({ kubeconfig: await kubeconfig({ token: 'abc' }) });
    await expect(connection.transport({ method: 'GET', url: 'http://127.0.0.1:1/api' })).rejects.toMatchObject({ code: 'Malformed' });
    expect(seen).toEqual([]);
  });
});

describe('finding a cluster', () => {
  it('merges the files of KUBECONFIG, the first of a name wins', async () => {
    const first = await kubeconfig({ token: 'first' });
    const second = await kubeconfig({ token: 'second' }, 'second', {
      contexts: [{ name: 'other', context: { cluster: 'k', user: 'u', namespace: 'elsewhere' } }],
    });
    const env = { KUBECONFIG: `${first}${path.delimiter}${second}${path.delimiter}/no/such/file` };
    const connection = await connect({ env, context: 'other' });
    expect(connection.namespace).toBe('elsewhere');
    await statusOf(connection);
    expect(seen).toEqual(['Bearer first']);
  });

  it.each([
    ['there is none', { HOME: '/nonexistent' }, undefined, /no --kubeconfig, no KUBECONFIG, no ~\/.kube\/config/],
    ['the file is missing', {}, '/no/such/file', /kubeconfig \/no\/such\/file cannot be used: ENOENT/],
  ])('says so when %s', async (_, env, file, sentence) => {
    await expect(connectCluster({ env, kubeconfig: file })).rejects.toThrow(sentence);
  });

  it('says so when the file is no kubeconfig, or lacks the context asked for', async () => {
    const broken = path.join(folder, 'broken');
    await writeFile(broken, 'a: [1');
    await expect(connectCluster({ kubeconfig: broken })).rejects.toThrow(/cannot be used/);
    await expect(connectCluster({ kubeconfig: await kubeconfig({}), context: 'x' })).rejects.toThrow(/has no context "x"; it has: c\./);
    await writeFile(broken, 'apiVersion: v1');
    await expect(connectCluster({ kubeconfig: broken })).rejects.toThrow(/does not say which cluster/);
  });
});
