import { randomInt } from 'node:crypto';
import type { Container, KubernetesObject } from '../../../src/wire/index.ts';
import type { ControlPlane } from './control-plane.ts';

/** A pod, as far as this kubelet reads it. */
export interface KubeletPod extends KubernetesObject {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string; readonly deletionTimestamp?: string; readonly labels?: Record<string, string> };
  readonly spec: { readonly nodeName?: string; readonly containers: Container[] };
  readonly status: { readonly phase?: string; readonly podIP?: string; readonly conditions?: { type: string; status: string }[] };
}

export interface KubeletOptions {
  /** Only pods of these namespaces; all but kube-* unless told. */
  readonly namespaces?: readonly string[];
  /** How long a new pod takes from being seen to Ready; 200 ms unless told. Infinity: never. */
  readonly readyAfterMs?: number | ((pod: KubeletPod) => number);
  /** Each pod is bound to this node (the Node object need not exist). Without it pods have no node. */
  readonly node?: string | ((pod: KubeletPod) => string);
  /** Called before the pod is shown Ready, so that its server can listen on `ip` first. */
  readonly onStart?: (pod: KubeletPod, ip: string) => void | Promise<void>;
  readonly onGone?: (uid: string) => void | Promise<void>;
}

export interface Kubelet {
  /** Names of pods that this kubelet runs now, with their addresses. */
  readonly pods: ReadonlyMap<string, { readonly pod: KubeletPod; readonly ip: string }>;
  stop(): Promise<void>;
}

/**
 * Nothing runs pods beside a bare control plane. This loop does to pods/status what a kubelet does: each new
 * pod becomes Running and Ready with a loopback address of its own, and a pod that is being deleted goes.
 */
export function startKubelet(plane: ControlPlane, options: KubeletOptions = {}): Kubelet {
  // A net of its own, so that two suites at once on one machine do not share addresses.
  const net = `127.${randomInt(20, 250)}.${randomInt(1, 250)}`;
  let lastHost = 0;
  const seen = new Map<string, { sinceMs: number }>();
  const running = new Map<string, { pod: KubeletPod; ip: string }>();
  const stop = new AbortController();

  async function look(): Promise<void> {
    const answer = await plane.request('/api/v1/pods', { timeoutMs: 5000 });
    if (answer.status !== 200) return;
    const pods = answer
      .json<{ items: KubeletPod[] }>()
      .items.filter(({ metadata }) => options.namespaces?.includes(metadata.namespace) ?? !metadata.namespace.startsWith('kube-'));
    const present = new Set(pods.map((pod) => pod.metadata.uid));
    for (const uid of seen.keys()) {
      if (present.has(uid)) continue;
      seen.delete(uid);
      running.delete(uid);
      await options.onGone?.(uid);
    }
    await Promise.all(pods.map(attend));
  }

  async function attend(pod: KubeletPod): Promise<void> {
    const { uid, name, namespace } = pod.metadata;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    if (pod.metadata.deletionTimestamp !== undefined) {
      await plane.request(path, { method: 'DELETE', body: { gracePeriodSeconds: 0, preconditions: { uid } } });
      return;
    }
    const first = seen.get(uid) ?? { sinceMs: Date.now() };
    if (!seen.has(uid)) {
      seen.set(uid, first);
      const node = typeof options.node === 'function' ? options.node(pod) : options.node;
      if (node !== undefined && pod.spec.nodeName === undefined) {
        await plane.request(`${path}/binding`, {
          method: 'POST',
          body: { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { kind: 'Node', name: node } },
        });
      }
    }
    if (running.has(uid) || pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true) return;
    const delay = options.readyAfterMs ?? 200;
    if (Date.now() - first.sinceMs < (typeof delay === 'function' ? delay(pod) : delay)) return;
    const ip = `${net}.${(lastHost = (lastHost % 254) + 1)}`;
    running.set(uid, { pod, ip });
    await options.onStart?.(pod, ip);
    await makePodReady(plane, pod, ip);
  }

  const loop = (async () => {
    while (!stop.signal.aborted) {
      await look().catch(() => undefined); // the API server may be down on purpose
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  })();
  return {
    pods: running,
    async stop() {
      stop.abort();
      await loop;
    },
  };
}

/** Patches pods/status as a kubelet does once every container of the pod is ready. */
export async function makePodReady(plane: ControlPlane, pod: KubeletPod, ip: string): Promise<void> {
  const now = new Date().toISOString().replace(/[.]\d+Z$/, 'Z');
  const condition = (type: string): object => ({ type, status: 'True', lastTransitionTime: now });
  const { name, namespace } = pod.metadata;
  await plane.request(`/api/v1/namespaces/${namespace}/pods/${name}/status`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: {
      status: {
        phase: 'Running',
        podIP: ip,
        podIPs: [{ ip }],
        hostIP: '127.0.0.1',
        startTime: now,
        conditions: [condition('PodScheduled'), condition('Initialized'), condition('ContainersReady'), condition('Ready')],
        containerStatuses: pod.spec.containers.map((container) => ({
          name: container.name,
          image: container.image ?? '',
          imageID: '',
          ready: true,
          started: true,
          restartCount: 0,
          state: { running: { startedAt: now } },
        })),
      },
    },
  });
}
