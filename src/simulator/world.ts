import type { Clock, HttpRequest, Transport } from '../runtime/index.ts';
import { createRandom, TransportError } from '../runtime/index.ts';
import type { KubernetesObject } from '../wire/index.ts';
import { createAgenda } from './agenda.ts';
import { createApiServer } from './apiserver/index.ts';
import type { ApiServer } from './apiserver/index.ts';
import { clusterOnStore } from './controllers/cluster-on-store.ts';
import type { ControllerContext } from './controllers/context.ts';
import { startDeployments } from './controllers/deployments.ts';
import { createEventRecorder } from './controllers/events.ts';
import { startKubelets } from './controllers/kubelet.ts';
import { startReplicaSets } from './controllers/replica-sets.ts';
import { startScheduler } from './controllers/scheduler.ts';
import { startStatefulSets } from './controllers/stateful-sets.ts';
import type { Controller } from './controllers/work-queue.ts';
import { startFaults } from './faults.ts';
import { createFleet } from './fleet/fleet.ts';
import { createApiAccess } from './hpa/api-access.ts';
import { defaultAutoscalerOptions } from './hpa/autoscale.ts';
import type { AutoscalerOptions } from './hpa/autoscale.ts';
import { startAutoscalers } from './hpa/autoscalers.ts';
import { install } from './install.ts';
import { serveOnLoopback } from './loopback.ts';
import type { Loopback } from './loopback.ts';
import { withPodProxy } from './pod-proxy.ts';
import type { Scenario } from './scenario.ts';
import type { WorldStats } from './statistics.ts';
import { targetStats } from './target-stats.ts';

export interface WorldOptions {
  readonly seed: string | number;
  readonly clock: Clock;
  readonly scenario: Scenario;
  /** Installed before the scenario's objects: the product's own CRD, and any other. */
  readonly customResourceDefinitions?: readonly KubernetesObject[];
  /** Flags of the controller manager that differ from its defaults. */
  readonly autoscaler?: Partial<AutoscalerOptions>;
}

export interface World {
  /**
   * Reaches everything in this world by host: the API server at `apiServerUrl`, pods at `http://<pod IP>:8000`,
   * and services given to `connectService` at `https://<name>.<namespace>.svc`.
   */
  readonly transport: Transport;
  readonly apiServerUrl: string;
  readonly apiServer: ApiServer;
  /** Creates the scenario's objects and sets controllers, traffic and faults going. */
  start(): void;
  /** No new requests from now on; what is under way is answered. */
  stopTraffic(): void;
  stop(): Promise<void>;
  stats(): WorldStats;
  /** Makes a server of the caller reachable as a Service of this cluster, also as an aggregated API. */
  connectService(service: { readonly namespace: string; readonly name: string }, handler: Transport): void;
  /**
   * Serves the API server on a loopback port, for real kubectl; writes a kubeconfig to `kubeconfigPath`. Pods are reached through it
   * too: `<url>/api/v1/namespaces/<namespace>/pods/<name>:8000/proxy/v1/completions`.
   */
  listenOnLoopback(options: { readonly kubeconfigPath: string }): Promise<Loopback>;
}

const apiServerHost = 'kubernetes.default.svc';
/** How long a change takes to reach a controller that watches for it. */
const watchLatencyMs = 10;

/** A whole cluster with its fleet and its load, in one process. The same seed gives the same world on a manual clock. */
export function createWorld(options: WorldOptions): World {
  const { clock, scenario } = options;
  const random = createRandom(options.seed);
  const services = new Map<string, Transport>();
  const apiServer = createApiServer({
    clock,
    random: random.fork('api-server'),
    aggregated: ({ spec }) => services.get(`${spec?.service?.name}.${spec?.service?.namespace}`),
  });
  const cluster = clusterOnStore(apiServer.store);
  const agenda = createAgenda(clock);
  const fleet = createFleet(scenario, agenda, clock, random.fork('fleet'));
  const running: Controller[] = [];
  const listening: Loopback[] = [];
  let endFaults = (): void => {};

  const api = withPodProxy(apiServer.handle, cluster, async (request) => fleet.handle(request));
  const transport: Transport = async (request: HttpRequest) => {
    const { hostname } = new URL(request.url);
    if (hostname === apiServerHost) return api(request);
    if (/^127\.1\.\d+\.\d+$/.test(hostname)) return fleet.handle(request);
    const service = services.get(hostname.replace(/\.svc(\.cluster\.local)?$/, ''));
    if (service !== undefined) return service(request);
    throw new TransportError('Unreachable', `Nothing in this world is called ${hostname}.`);
  };
  const apiServerUrl = `https://${apiServerHost}`;

  return {
    transport,
    apiServerUrl,
    apiServer,
    start() {
      const context: ControllerContext = {
        cluster,
        clock,
        random: random.fork('controllers'),
        latencyMs: watchLatencyMs,
        record: createEventRecorder(cluster, clock, random),
      };
      agenda.start();
      running.push(
        startDeployments(context),
        startReplicaSets(context),
        startStatefulSets(context),
        startScheduler(context),
        startKubelets(context, fleet.runtime),
        startAutoscalers(context, createApiAccess(transport, apiServerUrl), {
          ...defaultAutoscalerOptions,
          ...options.autoscaler,
          syncMs: scenario.hpaSyncMs,
        }),
      );
      install(apiServer.store, [...(options.customResourceDefinitions ?? []), ...scenario.objects]);
      fleet.startTraffic();
      endFaults = startFaults(scenario.faults, clock, cluster, fleet);
    },
    stopTraffic: () => fleet.stopTraffic(),
    async stop() {
      fleet.stopTraffic();
      endFaults();
      for (const controller of running) controller.stop();
      agenda.stop();
      apiServer.stop();
      await Promise.all(listening.map((server) => server.close()));
    },
    stats() {
      const traffic = fleet.trafficStats();
      const targets = targetStats(cluster, scenario, fleet.cost, clock.now());
      return { atMs: clock.now(), traffic, targets, cost: targets.reduce((total, { cost }) => total + cost, 0) };
    },
    connectService({ namespace, name }, handler) {
      services.set(`${name}.${namespace}`, handler);
    },
    async listenOnLoopback({ kubeconfigPath }) {
      const server = await serveOnLoopback(api, kubeconfigPath);
      listening.push(server);
      return server;
    },
  };
}
