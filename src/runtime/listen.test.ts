import { afterEach, describe, expect, it } from 'vitest';
import { listen, type Listener } from './listen.ts';
import { createNodeTransport, type NodeTransport } from './node-transport.ts';
import { readText, textResponse, TransportError, type Transport } from './transport.ts';

const open: (Listener | NodeTransport)[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).toReversed()) await thing.close();
});

async function serving(handler: Transport, options: Partial<Parameters<typeof listen>[1]> = {}): Promise<Listener> {
  const listener = await listen(handler, { host: '127.0.0.1', port: 0, ...options });
  open.push(listener);
  return listener;
}

function client(options: Parameters<typeof createNodeTransport>[0] = {}): NodeTransport {
  const transport = createNodeTransport(options);
  open.push(transport);
  return transport;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a handler behind a socket', () => {
  it('gets method, URL, headers and body, and answers with status, headers and body', async () => {
    const server = await serving(async (request) => {
      const body = request.body === undefined ? '' : new TextDecoder().decode(request.body as Uint8Array);
      return textResponse(201, `${request.method} ${new URL(request.url).pathname} ${request.headers?.['x-a']} ${body}`, { 'x-b': '2' });
    });
    const response = await client({ token: 'secret\n' })({ method: 'POST', url: `${server.url}/a/b?c=d`, headers: { 'x-a': '1' }, body: '{"ä":1}' });
    expect(response.status).toBe(201);
    expect(response.headers['x-b']).toBe('2');
    expect(await readText(response)).toBe('POST /a/b 1 {"ä":1}');
  });

  it('streams: the headers and each chunk arrive before the next one exists', async () => {
    const next: (() => void)[] = [];
    const server = await serving(async () => ({
      status: 200,
      headers: {},
      body: (async function* () {
        for (let i = 0; i < 3; i++) {
          await new Promise<void>((resolve) => next.push(resolve));
          yield bytes(`line ${i}\n`);
        }
      })(),
    }));
    const response = await client()({ method: 'GET', url: server.url });
    const chunks = response.body[Symbol.asyncIterator]();
    for (let i = 0; i < 3; i++) {
      while (next.length === 0) await new Promise((resolve) => setImmediate(resolve));
      next.shift()?.();
      expect(new TextDecoder().decode((await chunks.next()).value)).toBe(`line ${i}\n`);
    }
    expect((await chunks.next()).done).toBe(true);
  });

  it('hears of a client that went away, even while its stream is silent', async () => {
    const went = Promise.withResolvers<void>();
    const server = await serving(async (request) => {
      request.signal?.addEventListener('abort', () => went.resolve());
      return { status: 200, headers: {}, body: silence() };
    });
    const stop = new AbortController();
    const response = await client()({ method: 'GET', url: server.url, signal: stop.signal });
    const reading = readText(response);
    stop.abort();
    await expect(reading).rejects.toMatchObject({ name: 'TransportError', code: 'Aborted' });
    await went.promise;
  });

  it('answers 500 for a handler that rejects and cuts a stream that breaks', async () => {
    const errors: unknown[] = [];
    const server = await serving(
      async (request) => {
        if (request.url.endsWith('/reject')) throw new Error('broken');
        return { status: 200, headers: {}, body: breaking() };
      },
      { onError: (error) => errors.push(error) },
    );
    expect((await client()({ method: 'GET', url: `${server.url}/reject` })).status).toBe(500);
    const cut = await client()({ method: 'GET', url: `${server.url}/break` });
    await expect(readText(cut)).rejects.toMatchObject({ code: 'Unreachable', retryable: true });
    expect(errors).toHaveLength(2);
  });

  it('refuses a body beyond its limit with 413', async () => {
    const server = await serving(async () => textResponse(200, 'ok'), { maxBodyBytes: 1000 });
    expect((await client()({ method: 'POST', url: server.url, body: 'x'.repeat(1001) })).status).toBe(413);
    expect((await client()({ method: 'POST', url: server.url, body: 'x'.repeat(1000) })).status).toBe(200);
  });

  it('closes: requests under way end in grace, endless ones are cut, the port is free again', async () => {
    const release = Promise.withResolvers<void>();
    const server = await serving(async (request) => {
      if (request.url.endsWith('/watch')) return { status: 200, headers: {}, body: silence() };
      await release.promise;
      return textResponse(200, 'in time');
    });
    const transport = client();
    const watch = await transport({ method: 'GET', url: `${server.url}/watch` });
    const watching = readText(watch).catch((error: unknown) => error);
    const slow = transport({ method: 'GET', url: `${server.url}/slow` }).then((r) => readText(r));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const closing = server.close(200);
    release.resolve();
    expect(await slow).toBe('in time');
    await closing;
    expect(await watching).toBeInstanceOf(TransportError);
    await expect(transport({ method: 'GET', url: server.url })).rejects.toMatchObject({ code: 'Unreachable' });
    await serving(async () => textResponse(200, ''), { port: server.port });
  });
});

async function* silence(): AsyncIterable<Uint8Array> {
  await new Promise(() => {});
  yield bytes('');
}

async function* breaking(): AsyncIterable<Uint8Array> {
  yield bytes('half');
  await Promise.resolve();
  throw new Error('the stream broke');
}
