import { parseQuantity, type Node, type Pod } from '../../wire/index.ts';
import { keyOf, kinds, splitKey } from './cluster.ts';
import { timeText } from './context.ts';
import type { ControllerContext } from './context.ts';
import { isTerminating, setConditions } from './pod-state.ts';
import { allowsNode, toleratesNode } from './selectors.ts';
import { createWorkQueue } from './work-queue.ts';
import type { Controller } from './work-queue.ts';

/** Binds pods to nodes with room for what they request; those that fit nowhere are tried again when room may have appeared. */
export function startScheduler({ cluster, clock, latencyMs, record }: ControllerContext): Controller {
  const queue = createWorkQueue(clock, latencyMs, reconcile);

  function reconcile(key: string): void {
    const [namespace, name] = splitKey(key);
    const pod = cluster.get<Pod>(kinds.pods, namespace, name);
    if (pod === undefined || pod.spec?.nodeName !== undefined || isTerminating(pod)) return;
    const nodes = cluster.list<Node>(kinds.nodes);
    const free = freeByNode(nodes, cluster.list<Pod>(kinds.pods));
    const wants = requestsOf(pod);
    const obstacles = new Map<string, number>();
    let best: { readonly node: Node; readonly left: number } | undefined;
    for (const node of nodes) {
      const obstacle = whyNot(pod, node, wants, free.get(node.metadata?.name ?? '') ?? new Map());
      if (obstacle !== undefined) {
        obstacles.set(obstacle, (obstacles.get(obstacle) ?? 0) + 1);
        continue;
      }
      // the fullest node that still has room: whole nodes stay free for those who need them whole
      const left = [...wants.keys()].reduce((total, resource) => total + (free.get(node.metadata?.name ?? '')?.get(resource) ?? 0), 0);
      if (best === undefined || left < best.left) best = { node, left };
    }
    if (best === undefined) refuse(pod, nodes.length, obstacles);
    else bind(pod, best.node.metadata?.name ?? '');
  }

  function bind(pod: Pod, nodeName: string): void {
    const bound = cluster.update<Pod>(kinds.pods, { ...pod, spec: { ...pod.spec, containers: pod.spec?.containers ?? [], nodeName } });
    writeCondition(bound, { type: 'PodScheduled', status: 'True' });
    record('default-scheduler', { ...pod, apiVersion: 'v1', kind: 'Pod' }, 'Normal', 'Scheduled', `Successfully assigned ${keyOf(pod)} to ${nodeName}`);
  }

  function refuse(pod: Pod, nodes: number, obstacles: ReadonlyMap<string, number>): void {
    const reasons = [...obstacles].map(([obstacle, count]) => `${count} ${obstacle}`).toSorted().join(', ');
    const message = nodes === 0 ? 'no nodes available to schedule pods' : `0/${nodes} nodes are available: ${reasons}.`;
    writeCondition(pod, { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message });
    record('default-scheduler', { ...pod, apiVersion: 'v1', kind: 'Pod' }, 'Warning', 'FailedScheduling', message);
  }

  function writeCondition(pod: Pod, condition: { type: string; status: 'True' | 'False'; reason?: string; message?: string }): void {
    const conditions = setConditions(pod.status?.conditions, [condition], timeText(clock.now()));
    cluster.updateStatus<Pod>(kinds.pods, { ...pod, status: { phase: 'Pending', ...pod.status, conditions } });
  }

  function retryWaiting(): void {
    for (const pod of cluster.list<Pod>(kinds.pods)) if (pod.spec?.nodeName === undefined) queue.add(keyOf(pod));
  }

  const ends = [
    cluster.watch(kinds.pods, (type, object) => {
      if (type === 'ADDED') queue.add(keyOf(object));
      if (type === 'DELETED') retryWaiting();
    }),
    cluster.watch(kinds.nodes, retryWaiting),
  ];
  return {
    stop() {
      for (const end of ends) end();
      queue.stop();
    },
  };
}

/** What a pod asks for: the larger of its largest init container and the sum of its containers, by resource. */
export function requestsOf(pod: Pod): Map<string, number> {
  const total = new Map<string, number>();
  for (const container of pod.spec?.containers ?? []) {
    for (const [resource, amount] of asked(container)) total.set(resource, (total.get(resource) ?? 0) + amount);
  }
  for (const container of pod.spec?.initContainers ?? []) {
    for (const [resource, amount] of asked(container)) total.set(resource, Math.max(total.get(resource) ?? 0, amount));
  }
  return total;
}

/** A limit without a request is a request too; that is how GPUs are asked for. */
function asked(container: { resources?: { requests?: Record<string, string | number>; limits?: Record<string, string | number> } }): [string, number][] {
  return Object.entries({ ...container.resources?.limits, ...container.resources?.requests }).map(([resource, amount]) => [
    resource,
    parseQuantity(amount) ?? 0,
  ]);
}

function freeByNode(nodes: readonly Node[], pods: readonly Pod[]): Map<string, Map<string, number>> {
  const free = new Map<string, Map<string, number>>();
  for (const node of nodes) {
    const amounts = Object.entries(node.status?.allocatable ?? {}).map(([resource, amount]) => [resource, parseQuantity(amount) ?? 0] as const);
    free.set(node.metadata?.name ?? '', new Map(amounts));
  }
  for (const pod of pods) {
    const room = free.get(pod.spec?.nodeName ?? '');
    if (room === undefined || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') continue;
    for (const [resource, amount] of requestsOf(pod)) room.set(resource, (room.get(resource) ?? 0) - amount);
  }
  return free;
}

/** Why a pod cannot go to a node, in the words of kube-scheduler; `undefined` when it can. */
function whyNot(pod: Pod, node: Node, wants: ReadonlyMap<string, number>, free: ReadonlyMap<string, number>): string | undefined {
  if (node.spec?.unschedulable === true) return 'node(s) were unschedulable';
  if (!toleratesNode(pod.spec, node)) {
    const taint = node.spec?.taints?.find(({ effect }) => effect !== 'PreferNoSchedule');
    return `node(s) had untolerated taint {${taint?.key}: ${taint?.value ?? ''}}`;
  }
  if (!allowsNode(pod.spec, node)) return "node(s) didn't match Pod's node affinity/selector";
  for (const [resource, amount] of wants) if ((free.get(resource) ?? 0) < amount) return `Insufficient ${resource}`;
  return undefined;
}
