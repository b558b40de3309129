import type { KubernetesObject } from '../../wire/index.ts';

/** A resource of the API as controllers name it. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export const kinds = {
  pods: { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true },
  nodes: { group: '', version: 'v1', plural: 'nodes', kind: 'Node', namespaced: false },
  namespaces: { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false },
  events: { group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true },
  deployments: { group: 'apps', version: 'v1', plural: 'deployments', kind: 'Deployment', namespaced: true },
  replicaSets: { group: 'apps', version: 'v1', plural: 'replicasets', kind: 'ReplicaSet', namespaced: true },
  statefulSets: { group: 'apps', version: 'v1', plural: 'statefulsets', kind: 'StatefulSet', namespaced: true },
  autoscalers: {
    group: 'autoscaling',
    version: 'v2',
    plural: 'horizontalpodautoscalers',
    kind: 'HorizontalPodAutoscaler',
    namespaced: true,
  },
} as const satisfies Record<string, Resource>;

/** What controllers ask of the API server, in process. Objects handed out are never edited. */
export interface Cluster {
  list<T extends KubernetesObject>(resource: Resource, namespace?: string): readonly T[];
  get<T extends KubernetesObject>(resource: Resource, namespace: string | undefined, name: string): T | undefined;
  create<T extends KubernetesObject>(resource: Resource, object: T): T;
  /** Replaces everything but the status. */
  update<T extends KubernetesObject>(resource: Resource, object: T): T;
  /** Replaces the status alone; does nothing when it is the same already, or when the object is gone. */
  updateStatus<T extends KubernetesObject>(resource: Resource, object: T): void;
  /** `graceSeconds: 0` removes at once. */
  remove(resource: Resource, namespace: string | undefined, name: string, options?: { readonly graceSeconds?: number }): void;
  /** Calls back on every change from now on; returns what ends it. */
  watch(resource: Resource, onChange: (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubernetesObject) => void): () => void;
}

export function keyOf(object: KubernetesObject): string {
  return `${object.metadata?.namespace ?? ''}/${object.metadata?.name ?? ''}`;
}

export function splitKey(key: string): readonly [namespace: string, name: string] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
}
