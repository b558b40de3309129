import { groupBy } from '../base/index.ts';
import type { Pod, Workload } from '../wire/index.ts';
import { matchesLabels, parseLabelSelector } from './label-selector.ts';
import { factsOf, type PodFacts } from './pod-facts.ts';

/** Answers which pods are the replicas of a scale target. */
export interface PodIndex {
  readonly all: readonly PodFacts[];
  /** Pods that are owned by the object with this UID, directly or through ReplicaSets and StatefulSets. */
  ownedBy(uid: string): readonly PodFacts[];
  /** The workers of the group that the pod with this UID leads. */
  workersOf(leaderUid: string): readonly PodFacts[];
  /** Pods of a namespace that a selector written as text matches; none when the selector is empty or malformed. */
  selectedBy(namespace: string, selector: string): readonly PodFacts[];
}

type Lists<T> = Map<string, T[]>;

/**
 * Walks from an object down to what it controls, by UID: an object that was deleted and made anew under
 * the same name has other pods. The walk knows ReplicaSets and StatefulSets only, so that the workers of a
 * LeaderWorkerSet, whose StatefulSet belongs to the leader pod, end there: the leader stands for its group.
 */
export function indexPods(pods: readonly Pod[], replicaSets: readonly Workload[], statefulSets: readonly Workload[]): PodIndex {
  const setsOf: Lists<string> = new Map();
  for (const list of [replicaSets, statefulSets]) {
    for (const { metadata } of list) {
      const owner = metadata?.ownerReferences?.find(({ controller }) => controller)?.uid;
      if (metadata?.uid && owner) append(setsOf, owner, metadata.uid);
    }
  }
  const all = pods.map(factsOf);
  const owned: Lists<PodFacts> = new Map();
  const workers: Lists<PodFacts> = new Map();
  for (const facts of all) if (facts.controller !== undefined) append(facts.isWorker ? workers : owned, facts.controller, facts);

  /** What is controlled by an object and by all sets below it; sets that somebody has made to control each other are met once. */
  function below(lists: Lists<PodFacts>, uid: string): readonly PodFacts[] {
    if (!setsOf.has(uid)) return lists.get(uid) ?? none;
    // a set grows while it is walked, and takes each once
    const met = new Set([uid]);
    const found: PodFacts[] = [];
    for (const one of met) {
      for (const facts of lists.get(one) ?? none) found.push(facts);
      for (const set of setsOf.get(one) ?? []) met.add(set);
    }
    return found;
  }

  let byNamespace: Lists<PodFacts> | undefined;
  /** Few clusters have a target of which only a selector is known. */
  function inNamespace(namespace: string): readonly PodFacts[] {
    byNamespace ??= groupBy(all, (facts) => facts.namespace);
    return byNamespace.get(namespace) ?? none;
  }

  return {
    all,
    ownedBy: (uid) => below(owned, uid),
    workersOf: (leaderUid) => (workers.size === 0 ? none : below(workers, leaderUid)),
    selectedBy(namespace, selector) {
      const requirements = parseLabelSelector(selector);
      if (!requirements || requirements.length === 0) return none;
      return inNamespace(namespace).filter(({ pod }) => matchesLabels(requirements, pod.metadata?.labels ?? {}));
    },
  };
}

const none: readonly PodFacts[] = [];

function append<T>(lists: Lists<T>, key: string, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
