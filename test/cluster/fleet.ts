import { servePage, startKubelet, type ControlPlane, type Kubelet, type KubeletOptions, type KubeletPod, type PageServer } from '../support/genuine/index.ts';
import { createEnginePage, type EnginePage } from './engine-page.ts';

export interface FleetOptions {
  /** Of the served model; the pods' /metrics carry it. */
  readonly model: string;
  readonly namespace: string;
  readonly readyAfterMs?: KubeletOptions['readyAfterMs'];
  /** The node a pod is bound to. */
  readonly node?: (pod: KubeletPod) => string;
  /** The port in the pod template. */
  readonly port?: number;
  /** How much of the arrivals a pod gets beside the others; 1 each unless told. */
  readonly share?: (pod: KubeletPod) => number;
}

export interface Fleet {
  readonly kubelet: Kubelet;
  /** Arrivals a second over the whole fleet, shared by its servers. */
  setRate(requestsPerSecond: number): void;
  readonly servers: number;
  /** What all servers hold, the queues included. */
  readonly inFlight: number;
  stop(): Promise<void>;
}

/** A server that speaks vLLM's metrics behind each pod of the namespace, on the pod's own loopback address. */
export function startFleet(plane: ControlPlane, options: FleetOptions): Fleet {
  const servers = new Map<string, { engine: EnginePage; page: PageServer; share: number }>();
  let rate = 0;
  const kubelet = startKubelet(plane, {
    namespaces: [options.namespace],
    readyAfterMs: options.readyAfterMs ?? 200,
    ...(options.node === undefined ? {} : { node: options.node }),
    async onStart(pod, ip) {
      const engine = createEnginePage(options.model);
      servers.set(pod.metadata.uid, { engine, page: await servePage(() => engine.text(), ip, options.port ?? 8000), share: options.share?.(pod) ?? 1 });
    },
    async onGone(uid) {
      await servers.get(uid)?.page.close();
      servers.delete(uid);
    },
  });
  let lastMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    const shares = [...servers.values()].reduce((total, { share }) => total + share, 0);
    for (const { engine, share } of servers.values()) engine.advance((rate * share) / shares, (nowMs - lastMs) / 1000);
    lastMs = nowMs;
  }, 100);
  return {
    kubelet,
    setRate: (given) => {
      rate = given;
    },
    get servers() {
      return servers.size;
    },
    get inFlight() {
      return [...servers.values()].reduce((total, { engine }) => total + engine.inFlight, 0);
    },
    async stop() {
      clearInterval(timer);
      await kubelet.stop();
      await Promise.all([...servers.values()].map(({ page }) => page.close()));
    },
  };
}
