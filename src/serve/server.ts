import type { FastifyInstance } from 'fastify';
import { constants } from 'node:crypto';
import type { Server as HttpsServer, ServerOptions as TlsServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { assert } from '../base/index.ts';
import type { KubernetesClient } from '../kubernetes/index.ts';
import { type Clock, type HttpRequest, type HttpResponse, type Log, type Meters, textResponse, type Transport } from '../runtime/index.ts';
import { createGuard } from './access/guard.ts';
import { createReviews } from './access/reviews.ts';
import { followTrust } from './access/trust.ts';
import { type AppParts, createApp, createHealthApp } from './app.ts';
import type { DecisionSource } from './decisions/decision-source.ts';
import { createExposition } from './exposition/renderer.ts';
import { createAnswerer } from './external-metrics/answer.ts';
import type { Readiness } from './readiness.ts';
import type { SeriesSource } from './series-source.ts';
import type { CertificateSource } from './tls/certificates.ts';

export interface Address {
  /** '': every address of this machine. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

export interface ServerOptions {
  /** TLS: /metrics, /debug/decisions and the external metrics API, every caller authenticated and authorised by the cluster. */
  readonly secure?: Address;
  /** Plain HTTP without authentication, for a demo or a sidecar: loopback addresses only. */
  readonly plain?: Address;
  /** Plain HTTP: /healthz, /livez, /readyz and nothing else. */
  readonly health?: Address;
  /** Whether `/apis/external.metrics.k8s.io/v1beta1` is answered. */
  readonly externalMetrics: boolean;
  /** Whether /metrics shows replica series; true unless told. */
  readonly replicaSeries?: boolean;
  /** Whether replica series carry `variant_name` too. */
  readonly variantNameLabel: boolean;
  /** Of this program, for /version. */
  readonly version?: string;
}

export interface ServerParts {
  readonly source: SeriesSource;
  /** Whether this instance decides. Only the leader's /metrics shows replica series. */
  leading(): boolean;
  readiness(): Readiness;
  /** Absent: `/debug/decisions` is not there. */
  readonly decisions?: DecisionSource;
  readonly meters: Meters;
  readonly clock: Clock;
  readonly log: Log;
  /** Needed with `secure`: asks the API server about callers. */
  readonly client?: KubernetesClient;
  /** Needed with `secure`. */
  readonly certificates?: CertificateSource;
  /** What /configz shows, as JSON. */
  readonly configuration?: () => object;
}

export interface Server {
  /** `https://host:port` and the like, without a slash at the end. */
  readonly urls: { readonly secure?: string; readonly plain?: string; readonly health?: string };
  /** The same routes without sockets and without authentication, for callers in this process. */
  readonly inProcess: Transport;
  /** Stops listening, lets requests in flight end for up to five seconds, then closes. */
  close(): Promise<void>;
}

const graceMs = 5000;
const loopback = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

/**
 * Opens the listeners that `options` names; resolves when all of them listen.
 * @throws when an address cannot be bound: a mistake in the installation.
 */
export async function createServer(parts: ServerParts, options: ServerOptions): Promise<Server> {
  const { source, meters, clock, log } = parts;
  const endings: (() => void)[] = [];
  const shared: AppParts = {
    source,
    leading: () => parts.leading(),
    readiness: () => parts.readiness(),
    meters,
    log,
    replicaSeries: options.replicaSeries !== false,
    version: options.version ?? '0.0.0',
    ...(parts.configuration && { configuration: parts.configuration }),
    exposition: createExposition(options),
    ...(parts.decisions && { decisions: parts.decisions }),
    ...(options.externalMetrics && { answer: createAnswerer(source, options) }),
  };
  const open = createApp(shared);
  const apps: FastifyInstance[] = [open];

  function secured({ client, certificates }: ServerParts): FastifyInstance {
    assert(client !== undefined && certificates !== undefined, 'A secure listener needs a client of the API server and certificates.');
    const app: { server?: HttpsServer } = {};
    const renew = (): void => {
      app.server?.setSecureContext(tlsOptions(certificates));
      meters.set('wva_certificate_expiry_timestamp_seconds', { certificate: 'serving' }, certificates.current().notAfterMs / 1000);
    };
    const follower = followTrust({ client, clock, log });
    endings.push(() => follower.stop(), certificates.onChange(renew));
    const reviews = createReviews({ client, clock, meters });
    const created = createApp({ ...shared, guard: createGuard({ follower, reviews, clock, log }), https: tlsOptions(certificates) });
    app.server = created.server as unknown as HttpsServer;
    renew();
    return created;
  }

  async function listen(app: FastifyInstance, address: Address, scheme: 'http' | 'https'): Promise<string> {
    if (!apps.includes(app)) apps.push(app);
    await bind(app, address);
    const { port } = app.server.address() as AddressInfo;
    const host = address.host === '' ? 'localhost' : address.host;
    return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  async function close(): Promise<void> {
    for (const end of endings) end();
    const cut = clock.schedule(graceMs, () => {
      for (const { server } of apps) server.closeAllConnections();
    });
    await Promise.all(apps.map((app) => app.close()));
    cut();
  }

  try {
    if (options.plain) assert(loopback.test(options.plain.host), `The plain listener has no authentication and is for loopback addresses, not ${options.plain.host}.`);
    const urls = {
      ...(options.health && { health: await listen(createHealthApp(parts), options.health, 'http') }),
      ...(options.secure && { secure: await listen(secured(parts), options.secure, 'https') }),
      ...(options.plain && { plain: await listen(open, options.plain, 'http') }),
    };
    await open.ready();
    return { urls, inProcess: (request) => injected(open, request), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * HTTP/1.1 alone: a genuine API server aggregates it as it does HTTP/2 (the cluster suite shows it), and Prometheus scrapes it. A certificate is asked of
 * every caller and taken as it is: what it proves is looked at with each request. Sessions are not resumed, so that every connection
 * begins with a proof of the caller's key.
 */
function tlsOptions(certificates: CertificateSource): TlsServerOptions {
  const { cert, key } = certificates.current();
  return {
    cert,
    key,
    // no names of CAs are sent, so that callers show what they have; leaving it out would name every public CA
    ca: [],
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
    handshakeTimeout: 10_000,
  };
}

/** Every address means both families where there is IPv6, and the other one where there is not. */
async function bind(app: FastifyInstance, { host, port }: Address): Promise<void> {
  if (host !== '') {
    await app.listen({ host, port });
    return;
  }
  try {
    await app.listen({ host: '::', port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL') throw error;
    await app.listen({ host: '0.0.0.0', port });
  }
}

async function injected(app: FastifyInstance, request: HttpRequest): Promise<HttpResponse> {
  const url = new URL(request.url);
  const response = await app.inject({
    method: request.method,
    url: url.pathname + url.search,
    ...(request.headers && { headers: { ...request.headers } }),
    ...(request.body !== undefined && { payload: Buffer.from(request.body) }),
  });
  const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
  return textResponse(response.statusCode, response.body, headers);
}
