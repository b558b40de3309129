import { readFileSync } from 'node:fs';
import {
  freePorts,
  registerExternalMetrics,
  startAdapter,
  startControlPlane,
  startPrometheus,
  untilExternalMetricsServed,
  type Adapter,
  type ControlPlane,
  type Prometheus,
} from '../support/genuine/index.ts';
import { startFleet, type Fleet } from './fleet.ts';
import { fromRoot, installExternalMetrics, installProduct, startProduct, type Product } from './product.ts';
import { shippedScrapeConfig } from './scrape-config.ts';
import { seed } from './seed.ts';

/**
 * How a decision reaches the HPA, and how the load reaches the controller: `adapter` is Prometheus both ways,
 * with the genuine adapter in front; `own` needs neither, the controller scrapes pods and serves the API itself.
 */
export type Path = 'adapter' | 'own';

export interface JourneyOptions {
  readonly path: Path;
  /** Of the genuine HPA: 15 is what clusters have. */
  readonly hpaSyncPeriodSeconds?: number;
  /** Of Prometheus; without it the shipped one. */
  readonly scrapeIntervalSeconds?: number;
  readonly relistIntervalSeconds?: number;
  /** Flags of `wva run`. */
  readonly args?: readonly string[];
  /** How many controllers; each has a port in `metricsPorts` whether it runs or not. */
  readonly controllers?: number;
  /** Where the external metrics API leads on the own path; the first controller unless told. */
  readonly balance?: (metricsPorts: readonly number[]) => Promise<number>;
  readonly readyAfterMs?: number;
  readonly node?: () => string;
}

export interface Journey {
  readonly plane: ControlPlane;
  readonly fleet: Fleet;
  readonly products: readonly Product[];
  readonly product: Product;
  readonly prometheus: Prometheus | undefined;
  readonly adapter: Adapter | undefined;
  /** How long all of it took to start, in seconds. */
  readonly startSeconds: number;
  /** Applies objects as admin with kubectl. */
  apply(...objects: readonly object[]): Promise<void>;
  get<T>(path: string): Promise<T>;
  stop(): Promise<void>;
  logs(): string;
}

/** The whole world of the seed, but for its resource, deployment and HPA: they are what a test applies. */
export async function startJourney(options: JourneyOptions): Promise<Journey> {
  const startMs = Date.now();
  const { path, controllers = 1 } = options;
  const endings: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of endings.splice(0).toReversed()) await end();
  };
  try {
    const plane = await startControlPlane({ hpaSyncPeriodSeconds: options.hpaSyncPeriodSeconds ?? 3 });
    endings.push(() => plane.stop());
    await installProduct(plane);
    await plane.kubectlOk(['create', 'namespace', seed.namespace]);
    const [prometheusPort = 0, ...metricsPorts] = await freePorts(1 + controllers);
    if (path === 'own') await installExternalMetrics(plane, options.balance ? await options.balance(metricsPorts) : (metricsPorts[0] ?? 0));

    const products = await Promise.all(
      metricsPorts.map((metricsPort, index) =>
        startProduct({
          plane,
          name: `controller-${index}`,
          metricsPort,
          args: [
            ...(options.args ?? ['--interval=3s']),
            ...(path === 'adapter' ? [`--prometheus-url=http://127.0.0.1:${prometheusPort}`, '--prometheus-allow-http'] : []),
          ],
        }),
      ),
    );
    endings.push(() => Promise.all(products.map((product) => product.remove())));
    const [product] = products;
    if (!product) throw new Error('A journey needs at least one controller.');

    let prometheus: Prometheus | undefined;
    let adapter: Adapter | undefined;
    if (path === 'adapter') {
      const started = await startPrometheus({
        port: prometheusPort,
        config: await shippedScrapeConfig({
          plane,
          controllers: metricsPorts,
          ...(options.scrapeIntervalSeconds === undefined ? {} : { intervalSeconds: options.scrapeIntervalSeconds }),
        }),
      });
      prometheus = started;
      endings.push(() => started.stop());
      const running = await startAdapter({
        plane,
        prometheusUrl: started.baseUrl,
        config: readFileSync(fromRoot('deploy/adapter/config.yaml'), 'utf8'),
        relistIntervalSeconds: options.relistIntervalSeconds ?? 10,
      });
      adapter = running;
      endings.push(() => running.stop());
      await registerExternalMetrics(plane, { port: running.port, name: 'prometheus-adapter', namespace: 'monitoring' });
    }
    await untilExternalMetricsServed(plane);

    const fleet = startFleet(plane, {
      model: seed.modelID,
      namespace: seed.namespace,
      ...(options.readyAfterMs === undefined ? {} : { readyAfterMs: options.readyAfterMs }),
      ...(options.node === undefined ? {} : { node: options.node }),
    });
    endings.push(() => fleet.stop());

    return {
      plane,
      fleet,
      products,
      product,
      prometheus,
      adapter,
      startSeconds: (Date.now() - startMs) / 1000,
      async apply(...objects) {
        await plane.kubectlOk(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) });
      },
      async get<T>(path: string) {
        const answer = await plane.request(path);
        if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.text}`);
        return answer.json<T>();
      },
      stop,
      logs: () => [...products.map((one) => one.logs(60)), adapter?.logs(10) ?? '', prometheus?.logs(10) ?? ''].join('\n'),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
