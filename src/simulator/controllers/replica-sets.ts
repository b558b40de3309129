import { deletionCostAnnotation, type KubernetesObject, type Pod, type Workload } from '../../wire/index.ts';
import { keyOf, kinds, splitKey } from './cluster.ts';
import type { ControllerContext } from './context.ts';
import { isActive, isAvailable, isOwnedBy, isReady, ownerReference } from './pod-state.ts';
import { nameSuffix } from './template-hash.ts';
import { createWorkQueue } from './work-queue.ts';
import type { Controller } from './work-queue.ts';

/** Keeps as many pods as each ReplicaSet asks for. */
export function startReplicaSets({ cluster, clock, random, latencyMs, record }: ControllerContext): Controller {
  const chance = random.fork('replica-sets');
  const queue = createWorkQueue(clock, latencyMs, reconcile);

  function reconcile(key: string): void {
    const [namespace, name] = splitKey(key);
    const set = cluster.get<Workload>(kinds.replicaSets, namespace, name);
    if (set === undefined || set.metadata?.deletionTimestamp !== undefined) return;
    const owned = cluster.list<Pod>(kinds.pods, namespace).filter((pod) => isOwnedBy(pod, set));
    const active = owned.filter(isActive);
    const wanted = set.spec?.replicas ?? 1;
    for (let missing = wanted - active.length; missing > 0; missing--) {
      const pod = createPod(set, namespace);
      active.push(pod);
      record('replicaset-controller', { ...set, apiVersion: 'apps/v1', kind: 'ReplicaSet' }, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata?.name}`);
    }
    for (const pod of active.toSorted(leastWorthKeeping).slice(0, Math.max(0, active.length - wanted))) {
      cluster.remove(kinds.pods, namespace, pod.metadata?.name ?? '');
      record('replicaset-controller', { ...set, apiVersion: 'apps/v1', kind: 'ReplicaSet' }, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata?.name}`);
    }
    writeStatus(set, namespace);
  }

  function createPod(set: Workload, namespace: string): Pod {
    const template = set.spec?.template;
    const prefix = `${set.metadata?.name}-`;
    return cluster.create<Pod>(kinds.pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        ...(template?.metadata?.labels && { labels: template.metadata.labels }),
        ...(template?.metadata?.annotations && { annotations: template.metadata.annotations }),
        name: `${prefix}${nameSuffix((bound) => chance.integer(bound))}`,
        generateName: prefix,
        namespace,
        ownerReferences: [ownerReference(set, 'apps/v1', 'ReplicaSet')],
      },
      spec: structuredClone(template?.spec ?? { containers: [] }),
      status: { phase: 'Pending' },
    });
  }

  function writeStatus(set: Workload, namespace: string): void {
    const active = cluster.list<Pod>(kinds.pods, namespace).filter((pod) => isOwnedBy(pod, set) && isActive(pod));
    const { minReadySeconds: minReady = 0 } = (set.spec ?? {}) as { minReadySeconds?: number };
    const ready = active.filter(isReady);
    const available = ready.filter((pod) => isAvailable(pod, minReady, clock.now()));
    if (available.length < ready.length) queue.add(keyOf(set), minReady * 1000);
    cluster.updateStatus<Workload>(kinds.replicaSets, {
      ...set,
      status: {
        replicas: active.length,
        ...(active.length > 0 && { fullyLabeledReplicas: active.length }),
        ...(ready.length > 0 && { readyReplicas: ready.length }),
        ...(available.length > 0 && { availableReplicas: available.length }),
        observedGeneration: set.metadata?.generation ?? 1,
      },
    });
  }

  const ends = [
    cluster.watch(kinds.replicaSets, (_, object) => queue.add(keyOf(object))),
    cluster.watch(kinds.pods, (_, object) => {
      const owner = ownerKey(object, 'ReplicaSet');
      if (owner !== undefined) queue.add(owner);
    }),
  ];
  return {
    stop() {
      for (const end of ends) end();
      queue.stop();
    },
  };
}

/** Key of the controlling owner, if it is of this kind. */
export function ownerKey(object: KubernetesObject, kind: string): string | undefined {
  const owner = object.metadata?.ownerReferences?.find((reference) => reference.controller === true && reference.kind === kind);
  return owner === undefined ? undefined : `${object.metadata?.namespace ?? ''}/${owner.name}`;
}

/** Who goes first when there are too many: those without a node, then those not ready, then those of the lowest deletion cost, then the youngest. */
function leastWorthKeeping(a: Pod, b: Pod): number {
  const worth = (pod: Pod): number => (pod.spec?.nodeName === undefined ? 0 : isReady(pod) ? 2 : 1);
  const age = (pod: Pod): string => pod.metadata?.creationTimestamp ?? '';
  const cost = (pod: Pod): number => Number(pod.metadata?.annotations?.[deletionCostAnnotation] ?? 0) || 0;
  return worth(a) - worth(b) || cost(a) - cost(b) || (age(a) < age(b) ? 1 : age(a) > age(b) ? -1 : (a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1);
}
