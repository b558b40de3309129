import { readFile } from 'node:fs/promises';
import type { Options } from '../config/index.ts';
import { createAutoSource, createPrometheusSource, createRouterScrape, createScrapeSource, type MetricSource, type RouterScrape } from '../prometheus/index.ts';
import { createNodeTransport, type Clock, type NodeTransport, type Transport } from '../runtime/index.ts';

/** Where the manifests of WVA mount the token of a ServiceAccount that may read the metrics of routers, and do nothing else. */
const routerTokenPath = '/var/run/secrets/epp-metrics/token';

/**
 * What routers are asked between the looks while models are at zero. One that takes longer than this is asked again later; rates over ten seconds are kept, of
 * which each router needs 75 pages (three windows, at one in 400 ms).
 */
const betweenLooks = { podTimeoutMs: 700, collectTimeoutMs: 2000, maxBytes: 8 * 1024 * 1024, concurrency: 16, windowMs: 10_000 };

export interface MetricDoors {
  readonly source: MetricSource;
  /** For the routers of models that sleep. */
  readonly routers: RouterScrape;
  close(): Promise<void>;
}

/** Where the load of the servers is read, as the options say. `close` ends its connections. */
export async function metricSourceOf(options: Options, clock: Clock, pods: Transport | undefined): Promise<MetricDoors> {
  const sockets = createNodeTransport({ connectTimeoutMs: 2000 });
  const transport = pods ?? sockets;
  const scrape = createScrapeSource({ transport, clock, routerHeaders });
  const routers = createRouterScrape({ transport, clock, headers: routerHeaders, ...betweenLooks });
  if (options.metricSource === 'scrape' || options.prometheusUrl === undefined) return { source: scrape, routers, close: async () => sockets.close() };
  const reached = await reachPrometheus(options);
  const prometheus = createPrometheusSource({ transport: reached.transport, baseUrl: options.prometheusUrl, clock, headers: reached.headers });
  return {
    routers,
    source: options.metricSource === 'prometheus' ? prometheus : createAutoSource({ prometheus, scrape, clock }),
    async close() {
      await Promise.all([reached.transport.close(), sockets.close()]);
    },
  };
}

/** Where no token is mounted routers are asked without one: those that are told so show their metrics to everybody. */
async function routerHeaders(): Promise<Record<string, string>> {
  const token = await readFile(routerTokenPath, 'utf8').catch(() => '');
  return token === '' ? {} : { authorization: `Bearer ${token.trim()}` };
}

/** Sockets to Prometheus, and what each request to it carries. */
export async function reachPrometheus(options: Options): Promise<{ readonly transport: NodeTransport; readonly headers: () => Promise<Record<string, string>> }> {
  const transport = createNodeTransport({
    insecure: options.prometheusInsecureSkipVerify,
    ...(await pem('ca', options.prometheusCaPath)),
    ...(await pem('cert', options.prometheusCertPath)),
    ...(await pem('key', options.prometheusKeyPath)),
    ...(options.prometheusServerName !== undefined && { serverName: options.prometheusServerName }),
  });
  return { transport, headers: () => authorization(options) };
}

/** Read anew for every look: projected tokens are replaced within the hour. */
async function authorization({ prometheusToken, prometheusTokenPath }: Options): Promise<Record<string, string>> {
  const token = prometheusToken ?? (prometheusTokenPath === undefined ? undefined : await readFile(prometheusTokenPath, 'utf8'));
  return token === undefined ? {} : { authorization: `Bearer ${token.trim()}` };
}

async function pem(name: 'ca' | 'cert' | 'key', path: string | undefined): Promise<Record<string, string>> {
  return path === undefined ? {} : { [name]: await readFile(path, 'utf8') };
}
