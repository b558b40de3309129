import { webcrypto } from 'node:crypto';
import net from 'node:net';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { afterEach, expect, it } from 'vitest';
import { listen } from './listen.ts';
import { createNodeTransport, type NodeTransportOptions } from './node-transport.ts';
import { readText, textResponse } from './transport.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function transportWith(options: NodeTransportOptions = {}): ReturnType<typeof createNodeTransport> {
  const transport = createNodeTransport(options);
  cleanups.push(() => transport.close());
  return transport;
}

/** A server below HTTP: what it does with each connection is up to the test. */
async function raw(onConnection: (socket: net.Socket, count: number) => void): Promise<string> {
  let count = 0;
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket, ++count);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
}

async function selfSigned(): Promise<{ cert: string; key: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=test',
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { cert: certificate.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
}

it('says what is wrong when nothing listens', async () => {
  const url = await raw(() => {});
  await cleanups.pop()?.();
  await expect(transportWith()({ method: 'GET', url })).rejects.toMatchObject({
    code: 'Unreachable',
    retryable: true,
    message: `Cannot reach ${url}: nothing listens there (connection refused).`,
  });
});

it('gives up on a server that accepts and never answers', async () => {
  const url = await raw(() => {});
  await expect(transportWith({ headersTimeoutMs: 100 })({ method: 'GET', url })).rejects.toMatchObject({ code: 'TimedOut', retryable: true });
});

it('calls an answer that is not HTTP malformed, and does not advise to try again', async () => {
  const url = await raw((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
  await expect(transportWith()({ method: 'GET', url })).rejects.toMatchObject({ code: 'Malformed', retryable: false });
});

it('calls an URL that is none malformed', async () => {
  await expect(transportWith()({ method: 'GET', url: 'not a url' })).rejects.toMatchObject({ code: 'Malformed' });
});

it('sends a GET again, once, when the connection was cut before an answer; a POST never', async () => {
  const cutFirst = (socket: net.Socket, count: number): void => {
    socket.once('data', () => (count === 1 ? socket.destroy() : socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')));
  };
  const got = await transportWith()({ method: 'GET', url: await raw(cutFirst) });
  expect(await readText(got)).toBe('ok');
  await expect(transportWith()({ method: 'POST', url: await raw(cutFirst), body: '{}' })).rejects.toMatchObject({ code: 'Unreachable' });
  const alwaysCut = await raw((socket) => socket.once('data', () => socket.destroy()));
  await expect(transportWith()({ method: 'GET', url: alwaysCut })).rejects.toMatchObject({ code: 'Unreachable' });
});

it('keeps connections: a hundred requests in turn need one or two', async () => {
  let connections = 0;
  const server = await listen(async () => textResponse(200, 'ok'), { host: '127.0.0.1', port: 0 });
  cleanups.push(() => server.close());
  const target = new URL(server.url);
  const url = await raw((socket) => {
    connections++;
    const onward = net.connect(Number(target.port), target.hostname);
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
    socket.pipe(onward).pipe(socket);
  });
  const transport = transportWith();
  for (let i = 0; i < 100; i++) await readText(await transport({ method: 'GET', url }));
  // undici opens a second one when the next request is made in the very turn in which the last body ended
  expect(connections).toBeLessThanOrEqual(2);
});

it('trusts the authorities it was given, nothing when it was given none, and anything when told to', async () => {
  const { cert, key } = await selfSigned();
  const server = await listen(async () => textResponse(200, 'ok'), { host: '127.0.0.1', port: 0, tls: { cert, key } });
  cleanups.push(() => server.close());
  const get = { method: 'GET', url: server.url } as const;
  await expect(transportWith()(get)).rejects.toMatchObject({ code: 'Unreachable', message: expect.stringContaining('certificate') as string });
  expect(await readText(await transportWith({ ca: cert })(get))).toBe('ok');
  expect(await readText(await transportWith({ insecure: true })(get))).toBe('ok');
});

it('goes through an HTTP proxy to a TLS server, whose certificate it verifies all the same', async () => {
  const { cert, key } = await selfSigned();
  const secure = await listen(async () => textResponse(200, 'secure'), { host: '127.0.0.1', port: 0, tls: { cert, key } });
  cleanups.push(() => secure.close());
  const asked: string[] = [];
  const proxyUrl = await raw((socket) => {
    socket.once('data', (data) => {
      const [, host = '', port = ''] = /^CONNECT ([^:]+):(\d+) HTTP/.exec(data.toString()) ?? [];
      asked.push(`${host}:${port}`);
      const onward = net.connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
      onward.on('error', () => socket.destroy());
      socket.on('close', () => onward.destroy());
    });
  });
  expect(await readText(await transportWith({ proxyUrl, ca: cert })({ method: 'GET', url: secure.url }))).toBe('secure');
  await expect(transportWith({ proxyUrl })({ method: 'GET', url: secure.url })).rejects.toMatchObject({ code: 'Unreachable' });
  expect(asked).toEqual([`127.0.0.1:${secure.port}`, `127.0.0.1:${secure.port}`]);
});

it('retired, it ends what is under way in peace and takes nothing new', async () => {
  const release = Promise.withResolvers<void>();
  const server = await listen(async () => (await release.promise, textResponse(200, 'in peace')), { host: '127.0.0.1', port: 0 });
  cleanups.push(() => server.close());
  const transport = transportWith();
  const slow = transport({ method: 'GET', url: server.url }).then((response) => readText(response));
  await new Promise((resolve) => setTimeout(resolve, 20));
  const retired = transport.retire();
  await expect(transport({ method: 'GET', url: server.url })).rejects.toMatchObject({ code: 'Aborted' });
  release.resolve();
  expect(await slow).toBe('in peace');
  await retired;
});

it('ends at once when its signal is already aborted, and after it was closed', async () => {
  const url = await raw(() => {});
  await expect(transportWith()({ method: 'GET', url, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'Aborted' });
  const transport = transportWith();
  await transport.close();
  await expect(transport({ method: 'GET', url })).rejects.toMatchObject({ code: 'Aborted' });
});
