import type { Condition, Node, Pod } from '../../wire/index.ts';
import { keyOf, kinds, splitKey } from './cluster.ts';
import { timeText } from './context.ts';
import type { ControllerContext } from './context.ts';
import { isTerminating, setConditions } from './pod-state.ts';
import { createWorkQueue } from './work-queue.ts';
import type { Controller } from './work-queue.ts';

/** What runs inside the pods. */
export interface PodRuntime {
  /** Milliseconds from its start to ready; `undefined`: it never gets ready. */
  startupMs(pod: Pod): number | undefined;
  /** The containers start; the pod has its IP. */
  start(pod: Pod, node: Node | undefined): void;
  /** It may get requests from now on. */
  admit(key: string): void;
  /** It gets no more requests, and calls `done` when those it has are answered. */
  drain(key: string, done: () => void): void;
  /** It ends now; what is in it is lost. */
  kill(key: string): void;
}

/** Kubernetes gives a pod this long to end by itself, unless it says otherwise. */
const defaultGraceSeconds = 30;
/** From bound to running: image there already, sandbox and network set up. */
const sandboxMs = 300;
/** A node that is lost has its pods removed after this long, so that their owners replace them. */
const evictionMs = 5000;

interface RunningPod {
  readonly uid: string;
  stage: 'creating' | 'starting' | 'ready' | 'stopping';
  cancel: () => void;
}

/**
 * All kubelets of the cluster: pods that were bound get an address, run, become ready, and end gently: their endpoint goes
 * first, then their requests are answered or their grace ends, then they are gone.
 */
export function startKubelets({ cluster, clock, latencyMs, record }: ControllerContext, runtime: PodRuntime): Controller {
  const queue = createWorkQueue(clock, latencyMs, reconcile);
  const pods = new Map<string, RunningPod>();
  let addresses = 0;

  function reconcile(key: string): void {
    const [namespace, name] = splitKey(key);
    const pod = cluster.get<Pod>(kinds.pods, namespace, name);
    const known = pods.get(key);
    if (known !== undefined && pod?.metadata?.uid !== known.uid) {
      // taken out of the API by force: the container is killed, with what is in it
      stop(key, known, 0);
      return;
    }
    if (pod === undefined || pod.spec?.nodeName === undefined) return;
    if (isTerminating(pod)) {
      if (known === undefined) cluster.remove(kinds.pods, namespace, name, { graceSeconds: 0 });
      else stop(key, known, graceMs(pod));
      return;
    }
    if (known === undefined && (pod.status?.phase ?? 'Pending') === 'Pending') create(key, pod);
  }

  function create(key: string, pod: Pod): void {
    const running: RunningPod = { uid: pod.metadata?.uid ?? '', stage: 'creating', cancel: () => {} };
    pods.set(key, running);
    write(pod, 'Pending', false, {});
    running.cancel = clock.schedule(sandboxMs, () => run(key, running));
  }

  function run(key: string, running: RunningPod): void {
    const pod = current(key, running);
    if (pod === undefined) return;
    running.stage = 'starting';
    const podIP = nextAddress(addresses++);
    const started = write(pod, 'Running', false, { podIP, podIPs: [{ ip: podIP }], hostIP: '127.0.0.1' });
    record('kubelet', { ...started, apiVersion: 'v1', kind: 'Pod' }, 'Normal', 'Started', 'Container started');
    runtime.start(started, cluster.get<Node>(kinds.nodes, undefined, started.spec?.nodeName ?? ''));
    const startupMs = runtime.startupMs(started);
    if (startupMs !== undefined) running.cancel = clock.schedule(Math.max(0, startupMs - sandboxMs), () => becomeReady(key, running));
  }

  function becomeReady(key: string, running: RunningPod): void {
    const pod = current(key, running);
    if (pod === undefined || isTerminating(pod) || !nodeIsReady(pod)) return;
    running.stage = 'ready';
    write(pod, 'Running', true, {});
    runtime.admit(key);
  }

  function stop(key: string, running: RunningPod, withinMs: number): void {
    if (running.stage === 'stopping') return;
    const unborn = running.stage === 'creating';
    running.stage = 'stopping';
    running.cancel();
    const gone = (): void => {
      running.cancel();
      if (pods.get(key) !== running) return;
      pods.delete(key);
      runtime.kill(key);
      const [namespace, name] = splitKey(key);
      const left = cluster.get<Pod>(kinds.pods, namespace, name);
      if (left?.metadata?.uid === running.uid) cluster.remove(kinds.pods, namespace, name, { graceSeconds: 0 });
      else if (left !== undefined) queue.add(key);
    };
    if (unborn) {
      gone();
      return;
    }
    running.cancel = clock.schedule(withinMs, gone);
    runtime.drain(key, () => clock.schedule(0, gone));
  }

  function current(key: string, running: RunningPod): Pod | undefined {
    const [namespace, name] = splitKey(key);
    const pod = cluster.get<Pod>(kinds.pods, namespace, name);
    return pod?.metadata?.uid === running.uid ? pod : undefined;
  }

  function write(pod: Pod, phase: 'Pending' | 'Running', ready: boolean, more: object): Pod {
    const now = timeText(clock.now());
    const answer = ready ? {} : { reason: 'ContainersNotReady', message: `containers with unready status: [${containerNames(pod).join(' ')}]` };
    const status: Condition['status'] = ready ? 'True' : 'False';
    const written: Pod = {
      ...pod,
      status: {
        ...pod.status,
        phase,
        startTime: pod.status?.startTime ?? now,
        ...more,
        conditions: setConditions(
          pod.status?.conditions,
          [
            { type: 'Initialized', status: 'True' },
            { type: 'Ready', status, ...answer },
            { type: 'ContainersReady', status, ...answer },
          ],
          now,
        ),
        containerStatuses: (pod.spec?.containers ?? []).map(({ name, image = '' }) => ({
          name,
          image,
          imageID: '',
          ready,
          started: ready,
          restartCount: 0,
          state: phase === 'Running' ? { running: { startedAt: startedAt(pod, name) ?? now } } : { waiting: { reason: 'ContainerCreating' } },
        })),
      },
    };
    cluster.updateStatus<Pod>(kinds.pods, written);
    return written;
  }

  function nodeIsReady(pod: Pod): boolean {
    const node = cluster.get<Node>(kinds.nodes, undefined, pod.spec?.nodeName ?? '');
    return node?.status?.conditions?.every(({ type, status }) => type !== 'Ready' || status === 'True') ?? false;
  }

  /** The node does not answer: what ran there is gone, though its pods stand in the API until they are removed. */
  function onNode(node: Node): void {
    for (const pod of cluster.list<Pod>(kinds.pods)) {
      const key = keyOf(pod);
      const running = pods.get(key);
      if (pod.spec?.nodeName !== node.metadata?.name || running === undefined || nodeIsReady(pod)) continue;
      running.cancel();
      runtime.kill(key);
      if (pod.status?.phase === 'Running') write(pod, 'Running', false, {});
      running.cancel = clock.schedule(evictionMs, () => {
        pods.delete(key);
        if (current(key, running)) cluster.remove(kinds.pods, pod.metadata?.namespace, pod.metadata?.name ?? '', { graceSeconds: 0 });
      });
    }
  }

  const ends = [
    cluster.watch(kinds.pods, (_, object) => queue.add(keyOf(object))),
    cluster.watch(kinds.nodes, (_, object) => onNode(object)),
  ];
  return {
    stop() {
      for (const end of ends) end();
      queue.stop();
      for (const { cancel } of pods.values()) cancel();
    },
  };
}

/** When a container was started, once it has been. */
function startedAt(pod: Pod, container: string): string | undefined {
  const state: { running?: { startedAt?: string } } = pod.status?.containerStatuses?.find(({ name }) => name === container)?.state ?? {};
  return state.running?.startedAt;
}

/** 127.1.0.1 and on, 254 to a block: every one of them is a loopback address on Linux. */
function nextAddress(index: number): string {
  const within = index % (254 * 254);
  return `127.1.${Math.floor(within / 254)}.${(within % 254) + 1}`;
}

function graceMs(pod: Pod): number {
  const meta = pod.metadata as { deletionGracePeriodSeconds?: number } | undefined;
  const spec = pod.spec as { terminationGracePeriodSeconds?: number } | undefined;
  return 1000 * (meta?.deletionGracePeriodSeconds ?? spec?.terminationGracePeriodSeconds ?? defaultGraceSeconds);
}

function containerNames(pod: Pod): readonly string[] {
  return (pod.spec?.containers ?? []).map(({ name }) => name);
}
