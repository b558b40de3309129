import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { abortable, orAborted } from './abortable.ts';
import type { HttpRequest, Transport } from './transport.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
  /** Larger request bodies are answered with 413. Default 8 MiB. */
  readonly maxBodyBytes?: number;
  /** Told of a handler that rejected; the client gets a 500, or a cut stream. */
  onError?(error: unknown, request: HttpRequest): void;
}

export interface Listener {
  /** `http://127.0.0.1:34567`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Takes no more requests, waits up to `graceMs` (default 1 s) for those under way, then ends streams and connections. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Puts a handler that has the shape of a `Transport` behind a socket. Bodies stream as the handler yields them; when the client
 * goes away, or the listener closes, the request's signal is aborted.
 */
export async function listen(handler: Transport, options: ListenOptions): Promise<Listener> {
  const scheme = options.tls ? 'https' : 'http';
  const underWay = new Set<{ end: AbortController; done: Promise<void> }>();
  const onRequest = (incoming: http.IncomingMessage, outgoing: http.ServerResponse): void => {
    const end = new AbortController();
    const entry = { end, done: serve(incoming, outgoing, end).catch(() => void outgoing.destroy()) };
    underWay.add(entry);
    void entry.done.finally(() => underWay.delete(entry));
  };
  const server = options.tls ? https.createServer({ ...options.tls }, onRequest) : http.createServer(onRequest);

  async function serve(incoming: http.IncomingMessage, outgoing: http.ServerResponse, end: AbortController): Promise<void> {
    outgoing.on('close', () => end.abort(new Error('The client went away.')));
    outgoing.on('error', () => end.abort(new Error('The connection to the client broke.')));
    const body = await readBody(incoming, options.maxBodyBytes ?? 8 * 1024 * 1024);
    if (body === undefined) {
      outgoing.writeHead(413, { connection: 'close' }).end('The body of this request is too large.\n');
      return;
    }
    const request: HttpRequest = {
      method: (incoming.method ?? 'GET') as HttpRequest['method'],
      url: `${scheme}://${incoming.headers.host ?? `${options.host}:${port}`}${incoming.url ?? '/'}`,
      headers: flat(incoming.headers),
      signal: end.signal,
      ...(body.byteLength > 0 && { body }),
    };
    try {
      await answer(request, outgoing);
    } catch (error) {
      if (!end.signal.aborted) options.onError?.(error, request);
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(500, { 'content-type': 'text/plain' }).end('The handler of this request failed.\n');
    }
  }

  async function answer(request: HttpRequest, outgoing: http.ServerResponse): Promise<void> {
    const response = await handler(request);
    outgoing.writeHead(response.status, { ...response.headers });
    // a watch may stay silent for minutes: its headers must not wait for the first chunk
    outgoing.flushHeaders();
    try {
      for await (const chunk of abortable(response.body, request.signal)) {
        if (!outgoing.write(chunk)) await orAborted(new Promise((resolve) => outgoing.once('drain', resolve)), request.signal);
      }
    } catch (error) {
      if (request.signal?.aborted !== true) throw error;
      outgoing.destroy();
      return;
    }
    outgoing.end();
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;

  let closing: Promise<void> | undefined;
  async function close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    if (underWay.size > 0 && graceMs > 0) {
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, graceMs)));
      await Promise.race([Promise.all([...underWay].map((entry) => entry.done)), patience]);
      clearTimeout(timer);
    }
    for (const entry of underWay) entry.end.abort(new Error('The server is closing.'));
    server.closeAllConnections();
    await closed;
  }

  return { url: `${scheme}://${host}:${port}`, port, close: (graceMs = 1000) => (closing ??= close(graceMs)) };
}

async function readBody(incoming: http.IncomingMessage, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // the socket must outlive a body that is refused, or the 413 could not be sent
  for await (const chunk of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function flat(headers: http.IncomingHttpHeaders): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) result[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return result;
}
