import type { Clock, Transport } from '../runtime/index.ts';
import type { KubernetesObject } from '../wire/index.ts';
import type { Scenario } from './scenario.ts';
import type { WorldStats } from './statistics.ts';

export interface WorldOptions {
  readonly seed: string | number;
  readonly clock: Clock;
  readonly scenario: Scenario;
  /** Installed before the scenario's objects: the product's own CRD, and any other. */
  readonly customResourceDefinitions?: readonly KubernetesObject[];
}

export interface World {
  /**
   * Reaches everything in this world by host: the API server at `apiServerUrl`, pods at `http://<pod IP>:8000`,
   * and services given to `connectService` at `https://<name>.<namespace>.svc`.
   */
  readonly transport: Transport;
  readonly apiServerUrl: string;
  /** Creates the scenario's objects and sets controllers, traffic and faults going. */
  start(): void;
  stop(): Promise<void>;
  stats(): WorldStats;
  /** Makes a server of the caller reachable as a Service of this cluster, also as an aggregated API. */
  connectService(service: { readonly namespace: string; readonly name: string }, handler: Transport): void;
  /** Serves the API server on a loopback port, for real kubectl; writes a kubeconfig to `kubeconfigPath`. */
  listenOnLoopback(options: { readonly kubeconfigPath: string }): Promise<{ readonly url: string; close(): Promise<void> }>;
}
