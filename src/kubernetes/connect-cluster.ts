import type { RequestOptions } from 'node:https';
import { createNodeTransport, readText, systemClock, textResponse, TransportError } from '../runtime/index.ts';
import type { Clock, HttpRequest, HttpResponse, NodeTransport, NodeTransportOptions, Transport } from '../runtime/index.ts';
import { loadKubeconfig, type KubeconfigSource, type LoadedKubeconfig } from './kubeconfig.ts';

export interface ConnectOptions extends KubeconfigSource {
  readonly clock?: Clock;
  readonly connectTimeoutMs?: number;
  readonly headersTimeoutMs?: number;
}

export interface ClusterConnection {
  readonly transport: Transport;
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** The context's, or the pod's own; `default` where neither says. */
  readonly namespace: string;
  readonly inCluster: boolean;
  close(): Promise<void>;
}

interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: NodeTransportOptions;
  /** The same for the same TLS material. */
  readonly tlsKey: string;
}

/** How long what was read of files and plugins counts; the official client looks at its own expiry times within that. */
const freshMs = 10_000;
/** Between two renewals after a 401: a plugin may be a program that asks a server far away. */
const renewEveryMs = 5000;

/**
 * The way to the cluster of a kubeconfig or of the pod. The official client reads the kubeconfig, runs credential plugins, reads token files and
 * certificates; the sockets are ours. A 401 has everything read anew and the request sent once more; new certificates are used from the next
 * request on, while streams under way end on the old ones.
 *
 * @throws {Error} with a sentence when there is no usable kubeconfig. An unreachable cluster is no error here: the first request will say so.
 */
export async function connectCluster(options: ConnectOptions = {}): Promise<ClusterConnection> {
  const clock = options.clock ?? systemClock;
  let loaded = await loadKubeconfig(options);
  const cluster = loaded.config.getCurrentCluster();
  const context = loaded.config.getContextObject(loaded.config.getCurrentContext());
  const baseUrl = (cluster?.server ?? '').replace(/\/+$/, '');
  const origin = new URL(baseUrl).origin;

  let current: { readonly credentials: Credentials; readonly readMs: number } | undefined;
  let reading: Promise<Credentials> | undefined;
  let renewedMs = Number.NEGATIVE_INFINITY;
  let sockets: { readonly key: string; readonly transport: NodeTransport } | undefined;

  function credentials(): Promise<Credentials> {
    if (current && clock.now() - current.readMs < freshMs) return Promise.resolve(current.credentials);
    reading ??= readCredentials(loaded)
      .then((credentials) => {
        current = { credentials, readMs: clock.now() };
        return credentials;
      })
      .finally(() => (reading = undefined));
    return reading;
  }

  /** From scratch: a fresh KubeConfig forgets the official client's caches, and notices a file that was rewritten. */
  async function renewed(refused: Credentials): Promise<Credentials> {
    if (current && current.credentials !== refused) return current.credentials;
    if (clock.now() - renewedMs < renewEveryMs) return refused;
    renewedMs = clock.now();
    try {
      loaded = await loadKubeconfig(options);
    } catch (error) {
      throw new TransportError('Unreachable', `The API server refuses our credentials, and new ones cannot be read: ${messageOf(error)}`, { cause: error });
    }
    current = undefined;
    return credentials();
  }

  async function send(request: HttpRequest, credentials: Credentials): Promise<HttpResponse> {
    const key = credentials.tlsKey;
    if (sockets?.key !== key) {
      void sockets?.transport.retire().catch(() => {});
      const { connectTimeoutMs, headersTimeoutMs } = options;
      const limits = { ...(connectTimeoutMs !== undefined && { connectTimeoutMs }), ...(headersTimeoutMs !== undefined && { headersTimeoutMs }) };
      sockets = { key, transport: createNodeTransport({ ...credentials.tls, ...limits }) };
    }
    return sockets.transport({ ...request, headers: { ...request.headers, ...credentials.headers } });
  }

  const transport: Transport = async (request) => {
    if (new URL(request.url).origin !== origin) {
      throw new TransportError('Malformed', `This transport carries the credentials for ${origin} and sends nothing elsewhere (asked for ${request.url}).`);
    }
    const before = await credentials();
    const response = await send(request, before);
    if (response.status !== 401) return response;
    const text = await readText(response, 1024 * 1024);
    const after = await renewed(before);
    if (after === before || JSON.stringify(after) === JSON.stringify(before)) return textResponse(401, text, response.headers);
    return send(request, after);
  };

  return {
    transport,
    baseUrl,
    namespace: context?.namespace?.trim() || 'default',
    inCluster: loaded.inCluster,
    async close() {
      await sockets?.transport.close();
    },
  };
}

async function readCredentials({ config, source }: LoadedKubeconfig): Promise<Credentials> {
  const given: RequestOptions & { servername?: string } = { headers: {} };
  try {
    await config.applyToHTTPSOptions(given);
  } catch (error) {
    const plugin = config.getCurrentUser()?.exec as { command?: string } | undefined;
    const what = plugin?.command === undefined ? '' : ` (credential plugin "${plugin.command}")`;
    throw new TransportError('Unreachable', `${source} gives no credentials${what}: ${messageOf(error)}`, { cause: error });
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given.headers ?? {})) headers[name.toLowerCase()] = String(value).trim();
  if (given.auth) headers['authorization'] = `Basic ${Buffer.from(given.auth).toString('base64')}`;
  const cluster = config.getCurrentCluster();
  const tls: NodeTransportOptions = {
    ...(given.ca && { ca: pem(given.ca) }),
    ...(given.cert && { cert: pem(given.cert) }),
    ...(given.key && { key: pem(given.key) }),
    ...(given.servername && { serverName: given.servername }),
    ...(given.rejectUnauthorized === false && cluster?.server.startsWith('https:') && { insecure: true }),
    ...(cluster?.proxyUrl && { proxyUrl: cluster.proxyUrl }),
  };
  return { headers, tls, tlsKey: JSON.stringify(tls) };
}

/** The official client gives what it read of files as a Buffer and what a plugin said as text. */
function pem(material: unknown): string {
  return typeof material === 'string' ? material : (material as Buffer).toString('utf8');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.trim() : String(error);
}
