import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as x509 from '@peculiar/x509';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { createManualClock, readText } from '../runtime/index.ts';
import { connectCluster, type ClusterConnection } from './connect-cluster.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' };

interface Issued {
  readonly cert: string;
  readonly key: string;
}

async function createAuthority(): Promise<{ cert: string; issue(name: string, host: string): Promise<Issued> }> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const extensions = [new x509.BasicConstraintsExtension(true)];
  const authority = await x509.X509CertificateGenerator.createSelfSigned({ name: 'CN=authority', keys, signingAlgorithm, extensions });
  return {
    cert: authority.toString('pem'),
    async issue(name, host) {
      const own = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
      const certificate = await x509.X509CertificateGenerator.create({
        subject: `CN=${name}`,
        issuer: authority.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm,
        serialNumber: Buffer.from(name).toString('hex'),
        extensions: [new x509.SubjectAlternativeNameExtension([{ type: host === '127.0.0.1' ? 'ip' : 'dns', value: host }])],
      });
      return { cert: certificate.toString('pem'), key: x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', own.privateKey), 'PRIVATE KEY') };
    },
  };
}

let folder: string;
let server: https.Server;
let authority: Awaited<ReturnType<typeof createAuthority>>;
let connections = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'wva-tls-'));
  authority = await createAuthority();
  const serving = await authority.issue('server', 'api.internal');
  // what it answers is whom it takes the client for
  server = https.createServer({ ...serving, ca: authority.cert, requestCert: true, rejectUnauthorized: false }, (request, response) => {
    const socket = request.socket as TLSSocket;
    response.end(socket.authorized ? socket.getPeerCertificate().subject.CN : 'nobody');
  });
  server.on('secureConnection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

async function kubeconfig(cluster: object, user: object): Promise<string> {
  const file = path.join(folder, 'config');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const contexts = [{ name: 'c', context: { cluster: 'k', user: 'u' } }];
  const config = { 'current-context': 'c', contexts, clusters: [{ name: 'k', cluster: { server: url, ...cluster } }], users: [{ name: 'u', user }] };
  await writeFile(file, stringify(config));
  return file;
}

/** A pod's ServiceAccount, in a folder that stands for the root. */
async function serviceAccount(token: string): Promise<void> {
  const account = path.join(folder, 'var/run/secrets/kubernetes.io/serviceaccount');
  await mkdir(account, { recursive: true });
  await Promise.all([writeFile(path.join(account, 'ca.crt'), authority.cert), writeFile(path.join(account, 'token'), token), writeFile(path.join(account, 'namespace'), 'wva-system')]);
}

async function whoAmI(connection: ClusterConnection): Promise<string> {
  return readText(await connection.transport({ method: 'GET', url: `${connection.baseUrl}/` }));
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

it('takes certificates from files beside the kubeconfig, and new ones when the files were replaced', async () => {
  const clock = createManualClock();
  await writeFile(path.join(folder, 'ca.pem'), authority.cert);
  const put = async ({ cert, key }: Issued): Promise<void> => {
    await writeFile(path.join(folder, 'c.pem'), cert);
    await writeFile(path.join(folder, 'k.pem'), key);
  };
  await put(await authority.issue('first', 'client'));
  const cluster = { 'certificate-authority': 'ca.pem', 'tls-server-name': 'api.internal' };
  const connection = await connectCluster({ kubeconfig: await kubeconfig(cluster, { 'client-certificate': 'c.pem', 'client-key': 'k.pem' }), clock });
  expect(await whoAmI(connection)).toBe('first');
  await put(await authority.issue('second', 'client'));
  await clock.advance(10_000);
  expect(await whoAmI(connection)).toBe('second');
  const before = connections;
  await clock.advance(10_000);
  expect(await whoAmI(connection)).toBe('second');
  expect(connections - before).toBeLessThanOrEqual(1);
  await connection.close();
});

it('takes certificates from the kubeconfig itself, and from a plugin', async () => {
  const cluster = { 'certificate-authority-data': base64(authority.cert), 'tls-server-name': 'api.internal' };
  const { cert, key } = await authority.issue('inline', 'client');
  const inline = await connectCluster({ kubeconfig: await kubeconfig(cluster, { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) }) });
  expect(await whoAmI(inline)).toBe('inline');
  await inline.close();
  const said = { kind: 'ExecCredential', status: { clientCertificateData: cert, clientKeyData: key } };
  const exec = { command: process.execPath, args: ['-e', `console.log(${JSON.stringify(JSON.stringify(said))})`] };
  const plugin = await connectCluster({ kubeconfig: await kubeconfig(cluster, { exec }) });
  expect(await whoAmI(plugin)).toBe('inline');
  await plugin.close();
});

it.each([
  ['another name than the certificate has', { 'tls-server-name': 'other.internal' }, /its certificate is for another name/],
  ['no authority that is trusted', { 'certificate-authority-data': '' }, /issued by an authority that is not trusted/],
])('refuses a server with %s', async (_, change, words) => {
  const cluster = { 'certificate-authority-data': base64(authority.cert), 'tls-server-name': 'api.internal', ...change };
  const connection = await connectCluster({ kubeconfig: await kubeconfig(cluster, {}) });
  await expect(whoAmI(connection)).rejects.toThrow(words);
  await connection.close();
});

it('takes any server when told to skip verification', async () => {
  const connection = await connectCluster({ kubeconfig: await kubeconfig({ 'insecure-skip-tls-verify': true }, {}) });
  expect(await whoAmI(connection)).toBe('nobody');
  await connection.close();
});

it('takes address, authority, namespace and token of the pod it runs in, and the token again when it is refused', async () => {
  let accepted = 'Bearer one';
  const serving = await authority.issue('pod', '127.0.0.1');
  const api = https.createServer(serving, (request, response) => {
    response.writeHead(request.headers.authorization === accepted ? 200 : 401).end(request.headers.authorization);
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  // the official client reads these two from the process
  vi.stubEnv('KUBERNETES_SERVICE_HOST', '127.0.0.1');
  vi.stubEnv('KUBERNETES_SERVICE_PORT', String((api.address() as AddressInfo).port));
  await serviceAccount('one\n');
  const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', HOME: folder };
  const connection = await connectCluster({ env, podRoot: folder });
  expect(connection).toMatchObject({ inCluster: true, namespace: 'wva-system' });
  expect(await whoAmI(connection)).toBe('Bearer one');
  await serviceAccount('two\n');
  accepted = 'Bearer two';
  expect(await whoAmI(connection)).toBe('Bearer two');
  await connection.close();
  vi.unstubAllEnvs();
  await new Promise((resolve) => api.close(resolve));
});
