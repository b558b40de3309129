import { Agent, ProxyAgent, request as send, type Dispatcher } from 'undici';
import { TransportError, type HttpRequest, type HttpResponse, type Transport } from './transport.ts';

export interface NodeTransportOptions {
  /** PEM of the authorities to trust instead of the machine's. */
  readonly ca?: string | Buffer;
  /** PEM of a client certificate, and its key. */
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  /** Name to verify in the server's certificate, where it is not the URL's host. */
  readonly serverName?: string;
  /** Accepts any certificate. For people who asked for exactly that. */
  readonly insecure?: boolean;
  /** Sent as a bearer token with each request that has no `authorization` of its own. */
  readonly token?: string;
  /** URL of an HTTP or SOCKS5 proxy to go through. */
  readonly proxyUrl?: string;
  /** Until the connection stands, TLS included. Default 5 s. */
  readonly connectTimeoutMs?: number;
  /** From the request sent to the answer's headers. Default 30 s. Bodies have no limit here: watches stream for minutes. */
  readonly headersTimeoutMs?: number;
  /** How long an unused connection is kept. Default 30 s; a server's own `Keep-Alive: timeout=` is honoured below that. */
  readonly idleMs?: number;
  /** Connections to one host. No limit by default: each watch holds one for minutes. */
  readonly maxConnectionsPerHost?: number;
}

export type NodeTransport = Transport & {
  /** Ends every connection; requests under way reject with `Aborted`. */
  close(): Promise<void>;
  /** Takes no more requests and lets those under way end by themselves, watches too. */
  retire(): Promise<void>;
};

/**
 * Sockets. On undici rather than node:https because it has what this needs as options (limits for connecting
 * and for headers, a pool per host, streaming bodies that end with a signal, proxies), and because the official
 * Kubernetes client stands on it too, so that the process carries one HTTP client, not two.
 *
 * Rejects with `TransportError` only: `Unreachable`, `TimedOut`, `Malformed` or `Aborted`, with a sentence that names
 * the host. A GET whose kept-alive connection turns out to be dead is sent once more on a fresh one.
 */
export function createNodeTransport(options: NodeTransportOptions = {}): NodeTransport {
  const dispatcher = createDispatcher(options);
  let closed = false;

  const transport = async (request: HttpRequest): Promise<HttpResponse> => {
    if (closed) throw new TransportError('Aborted', `Not sent to ${hostOf(request.url)}: this transport has been closed.`);
    try {
      return await attempt(request);
    } catch (error) {
      const idempotent = request.method === 'GET' || request.method === 'HEAD';
      if (!idempotent || request.signal?.aborted || closed || !wasCut(error)) throw explained(error, request);
    }
    try {
      return await attempt(request);
    } catch (error) {
      throw explained(error, request);
    }
  };

  async function attempt(request: HttpRequest): Promise<HttpResponse> {
    const headers: Record<string, string> = { ...request.headers };
    if (options.token !== undefined) headers['authorization'] ??= `Bearer ${options.token.trim()}`;
    const answer = await send(request.url, {
      dispatcher,
      method: request.method,
      headers,
      body: request.body ?? null,
      ...(request.signal && { signal: request.signal }),
    });
    return { status: answer.statusCode, headers: flat(answer.headers), body: explainedBody(answer.body, request) };
  }

  return Object.assign(transport, {
    async close() {
      closed = true;
      await dispatcher.destroy();
    },
    async retire() {
      closed = true;
      await dispatcher.close();
    },
  });
}

function createDispatcher(options: NodeTransportOptions): Dispatcher {
  const tls = {
    ...(options.ca !== undefined && { ca: options.ca }),
    ...(options.cert !== undefined && { cert: options.cert }),
    ...(options.key !== undefined && { key: options.key }),
    ...(options.serverName !== undefined && { servername: options.serverName }),
    ...(options.insecure === true && { rejectUnauthorized: false }),
  };
  // 30 s between TCP probes: below the 60 s after which common load balancers forget an idle connection
  const connect = { ...tls, timeout: options.connectTimeoutMs ?? 5000, keepAlive: true, keepAliveInitialDelay: 30_000 };
  const pool = {
    headersTimeout: options.headersTimeoutMs ?? 30_000,
    bodyTimeout: 0,
    keepAliveTimeout: options.idleMs ?? 30_000,
    connections: options.maxConnectionsPerHost ?? null,
  };
  if (options.proxyUrl !== undefined) return new ProxyAgent({ uri: options.proxyUrl, requestTls: connect, ...pool });
  return new Agent({ connect, ...pool });
}

async function* explainedBody(body: AsyncIterable<Uint8Array>, request: HttpRequest): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw explained(error, request);
  }
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) result[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return result;
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

/** The connection ended before an answer began, as a kept-alive one does when the server let go of it first. */
function wasCut(error: unknown): boolean {
  return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(codeOf(error));
}

const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (connection refused)',
  ENOTFOUND: 'DNS does not know this name',
  EAI_AGAIN: 'DNS did not answer',
  EHOSTUNREACH: 'there is no route to this host',
  ENETUNREACH: 'there is no route to this network',
  ECONNRESET: 'the other side cut the connection',
  EPIPE: 'the other side cut the connection',
  UND_ERR_SOCKET: 'the other side cut the connection',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed and not among the trusted authorities',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate was issued by an authority that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate was issued by an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate was issued by an authority that is not trusted here',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet (are the clocks right?)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

function explained(error: unknown, request: HttpRequest): TransportError {
  if (error instanceof TransportError) return error;
  const host = hostOf(request.url);
  const code = codeOf(error);
  const detail = error instanceof Error ? error.message : String(error);
  const isParserError = code.startsWith('HPE_') || (error instanceof Error && error.name === 'HTTPParserError');
  const cause = { cause: error };
  if (request.signal?.aborted || code === 'UND_ERR_ABORTED' || code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') {
    return new TransportError('Aborted', `The request to ${host} was ended on our side.`, cause);
  }
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') {
    return new TransportError('TimedOut', `${host} did not accept a connection in time.`, cause);
  }
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return new TransportError('TimedOut', `${host} accepted the request but did not answer in time.`, cause);
  }
  if (code === 'UND_ERR_INVALID_ARG' || code === 'ERR_INVALID_URL' || code === 'UND_ERR_HEADERS_OVERFLOW' || isParserError) {
    return new TransportError('Malformed', `What was exchanged with ${host} is not valid HTTP: ${detail}.`, cause);
  }
  return new TransportError('Unreachable', `Cannot reach ${host}: ${sentences[code] ?? `${detail}${code ? ` (${code})` : ''}`}.`, cause);
}

function hostOf(url: string): string {
  try {
    return new URL(url).origin;
  } catch {
    return url;
  }
}
