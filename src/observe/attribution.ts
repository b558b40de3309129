import type { Pod, Workload } from '../wire/index.ts';
import { matchesLabels, parseLabelSelector } from './label-selector.ts';

/** Answers which pods are the replicas of a scale target. */
export interface PodIndex {
  /** Pods that are owned by the object with this UID, directly or through ReplicaSets and StatefulSets. */
  ownedBy(uid: string): readonly Pod[];
  /** The workers of the group that the pod with this UID leads. */
  workersOf(leaderUid: string): readonly Pod[];
  /** Pods of a namespace that a selector written as text matches; none when the selector is empty or malformed. */
  selectedBy(namespace: string, selector: string): readonly Pod[];
}

// pod -> ReplicaSet -> Deployment is 2, pod -> StatefulSet -> LeaderWorkerSet is 2; more is somebody's operator
const mostHops = 8;
const workerIndex = 'leaderworkerset.sigs.k8s.io/worker-index';

/**
 * Walks from every pod up through its controllers, by UID: an object that was deleted and made anew under
 * the same name has other pods. The walk knows ReplicaSets and StatefulSets only, so that the workers of a
 * LeaderWorkerSet, whose StatefulSet belongs to the leader pod, end there: the leader stands for its group.
 */
export function indexPods(pods: readonly Pod[], replicaSets: readonly Workload[], statefulSets: readonly Workload[]): PodIndex {
  const ownerOf = new Map<string, string>();
  for (const object of [...replicaSets, ...statefulSets]) {
    const owner = controllerOf(object);
    if (object.metadata?.uid && owner) ownerOf.set(object.metadata.uid, owner);
  }
  const owned = new Map<string, Pod[]>();
  const workers = new Map<string, Pod[]>();
  const byNamespace = new Map<string, Pod[]>();
  for (const pod of pods) {
    append(byNamespace, pod.metadata?.namespace ?? '', pod);
    const lists = (pod.metadata?.labels?.[workerIndex] ?? '0') === '0' ? owned : workers;
    const seen = new Set<string>();
    for (let uid = controllerOf(pod); uid !== undefined && !seen.has(uid) && seen.size < mostHops; uid = ownerOf.get(uid)) {
      seen.add(uid);
      append(lists, uid, pod);
    }
  }
  return {
    ownedBy: (uid) => owned.get(uid) ?? [],
    workersOf: (leaderUid) => workers.get(leaderUid) ?? [],
    selectedBy(namespace, selector) {
      const requirements = parseLabelSelector(selector);
      if (!requirements || requirements.length === 0) return [];
      return (byNamespace.get(namespace) ?? []).filter((pod) => matchesLabels(requirements, pod.metadata?.labels ?? {}));
    },
  };
}

function controllerOf(object: Pod | Workload): string | undefined {
  return object.metadata?.ownerReferences?.find((owner) => owner.controller)?.uid;
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
