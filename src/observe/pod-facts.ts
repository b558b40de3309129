import type { Pod } from '../wire/index.ts';
import { acceleratorRequests } from './accelerators.ts';
import type { SnapshotPod } from './cluster-snapshot.ts';

/** What a pod's object alone says of whose it is and what it holds. */
export interface PodFacts {
  readonly pod: Pod;
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** As the API server writes it, which is in the order of time. */
  readonly createdAt: string;
  /** UID of the object that controls it. */
  readonly controller: string | undefined;
  /** It is part of a group that another pod leads. */
  readonly isWorker: boolean;
  /** It has not ended, and nobody has asked it to. */
  readonly isLive: boolean;
  /** Empty while it has none. */
  readonly node: string;
  /** Accelerators by resource; one that is ending holds them to the end, and one that has ended holds none. */
  readonly holds: ReadonlyMap<string, number>;
  /** What a snapshot says of it where it stands alone; read when it is first asked for, which is never for most pods of a cluster. */
  alone: SnapshotPod | undefined;
}

const workerIndex = 'leaderworkerset.sigs.k8s.io/worker-index';
const nothing: ReadonlyMap<string, number> = new Map();
const known = new WeakMap<Pod, PodFacts>();

/** Pods are taken as immutable, and most are the same for many looks: each is read once, and every walk of a look goes over its facts. */
export function factsOf(pod: Pod): PodFacts {
  let facts = known.get(pod);
  if (facts === undefined) known.set(pod, (facts = readFacts(pod)));
  return facts;
}

function readFacts(pod: Pod): PodFacts {
  const { metadata, spec, status } = pod;
  const ended = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return {
    pod,
    uid: metadata?.uid ?? '',
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    createdAt: metadata?.creationTimestamp ?? '',
    controller: metadata?.ownerReferences?.find((owner) => owner.controller)?.uid,
    isWorker: (metadata?.labels?.[workerIndex] ?? '0') !== '0',
    isLive: !ended && metadata?.deletionTimestamp === undefined,
    node: spec?.nodeName ?? '',
    holds: ended ? nothing : acceleratorRequests(spec),
    alone: undefined,
  };
}
