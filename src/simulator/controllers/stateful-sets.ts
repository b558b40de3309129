import type { Pod, Workload } from '../../wire/index.ts';
import { keyOf, kinds, splitKey } from './cluster.ts';
import type { ControllerContext } from './context.ts';
import { isActive, isAvailable, isOwnedBy, isReady, isTerminating, ownerReference } from './pod-state.ts';
import { ownerKey } from './replica-sets.ts';
import { templateHash } from './template-hash.ts';
import { createWorkQueue } from './work-queue.ts';
import type { Controller } from './work-queue.ts';

/**
 * Keeps the numbered pods of each StatefulSet: one after another in order, each ready before the next (or all at once with
 * podManagementPolicy Parallel), removed from the highest number down; a changed template replaces them in that order too.
 */
export function startStatefulSets({ cluster, clock, latencyMs, record }: ControllerContext): Controller {
  const queue = createWorkQueue(clock, latencyMs, reconcile);

  function reconcile(key: string): void {
    const [namespace, name] = splitKey(key);
    const set = cluster.get<Workload>(kinds.statefulSets, namespace, name);
    if (set === undefined || isTerminating(set)) return;
    const revision = `${name}-${templateHash(set.spec?.template)}`;
    step(set, namespace, revision);
    writeStatus(set, namespace, revision);
  }

  function podsOf(set: Workload, namespace: string): Map<number, Pod> {
    const owned = cluster.list<Pod>(kinds.pods, namespace).filter((pod) => isOwnedBy(pod, set));
    return new Map(owned.map((pod) => [ordinalOf(pod), pod]));
  }

  function step(set: Workload, namespace: string, revision: string): void {
    const pods = podsOf(set, namespace);
    const wanted = set.spec?.replicas ?? 1;
    const parallel = (set.spec as { podManagementPolicy?: string } | undefined)?.podManagementPolicy === 'Parallel';
    for (let ordinal = 0; ordinal < wanted; ordinal++) {
      const pod = pods.get(ordinal);
      if (pod === undefined) createPod(set, namespace, ordinal, revision);
      else if (!isActive(pod) && !isTerminating(pod)) cluster.remove(kinds.pods, namespace, pod.metadata?.name ?? '');
      if (!parallel && (pod === undefined || isTerminating(pod) || !isReady(pod))) return;
    }
    const highestFirst = [...pods.entries()].toSorted(([a], [b]) => b - a);
    for (const [ordinal, pod] of highestFirst) {
      const outdated = pod.metadata?.labels?.['controller-revision-hash'] !== revision;
      if (ordinal < wanted && !outdated) continue;
      if (!isTerminating(pod)) remove(set, namespace, pod);
      if (!parallel || ordinal < wanted) return;
    }
  }

  function remove(set: Workload, namespace: string, pod: Pod): void {
    const { name = '' } = pod.metadata ?? {};
    cluster.remove(kinds.pods, namespace, name);
    announce(set, 'SuccessfulDelete', `delete Pod ${name} in StatefulSet ${set.metadata?.name} successful`);
  }

  function createPod(set: Workload, namespace: string, ordinal: number, revision: string): void {
    const template = set.spec?.template;
    const name = `${set.metadata?.name}-${ordinal}`;
    cluster.create<Pod>(kinds.pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        ...(template?.metadata?.annotations && { annotations: template.metadata.annotations }),
        labels: {
          ...template?.metadata?.labels,
          'apps.kubernetes.io/pod-index': String(ordinal),
          'controller-revision-hash': revision,
          'statefulset.kubernetes.io/pod-name': name,
        },
        name,
        namespace,
        ownerReferences: [ownerReference(set, 'apps/v1', 'StatefulSet')],
      },
      spec: structuredClone(template?.spec ?? { containers: [] }),
      status: { phase: 'Pending' },
    });
    announce(set, 'SuccessfulCreate', `create Pod ${name} in StatefulSet ${set.metadata?.name} successful`);
  }

  function announce(set: Workload, reason: string, message: string): void {
    record('statefulset-controller', { ...set, apiVersion: 'apps/v1', kind: 'StatefulSet' }, 'Normal', reason, message);
  }

  function writeStatus(set: Workload, namespace: string, revision: string): void {
    const pods = [...podsOf(set, namespace).values()].filter(isActive);
    const updated = pods.filter((pod) => pod.metadata?.labels?.['controller-revision-hash'] === revision).length;
    const status = {
      observedGeneration: set.metadata?.generation ?? 1,
      replicas: pods.length,
      ...(pods.some(isReady) && { readyReplicas: pods.filter(isReady).length }),
      ...(updated > 0 && { currentReplicas: updated, updatedReplicas: updated }),
      availableReplicas: pods.filter((pod) => isAvailable(pod, 0, clock.now())).length,
      currentRevision: revision,
      updateRevision: revision,
      collisionCount: 0,
    };
    cluster.updateStatus<Workload>(kinds.statefulSets, { ...set, status });
  }

  const ends = [
    cluster.watch(kinds.statefulSets, (_, object) => queue.add(keyOf(object))),
    cluster.watch(kinds.pods, (_, object) => {
      const owner = ownerKey(object, 'StatefulSet');
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

function ordinalOf(pod: Pod): number {
  return Number(/-(\d+)$/.exec(pod.metadata?.name ?? '')?.[1] ?? -1);
}
