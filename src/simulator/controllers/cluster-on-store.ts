import type { ObjectStore } from '../apiserver/index.ts';
import type { KubernetesObject } from '../../wire/index.ts';
import type { Cluster } from './cluster.ts';

/** The simulated API server's own store, as controllers see it. */
export function clusterOnStore(store: ObjectStore): Cluster {
  return {
    list: <T extends KubernetesObject>(resource: { group: string; plural: string }, namespace?: string) =>
      store.list<T>(resource, namespace),
    get: <T extends KubernetesObject>(resource: { group: string; plural: string }, namespace: string | undefined, name: string) =>
      store.get<T>(resource, name, namespace),
    create: (resource, object) => store.create(resource, object),
    update: (resource, object) => store.update(resource, object),
    updateStatus(resource, object) {
      const { name = '', namespace } = object.metadata ?? {};
      if (store.get(resource, name, namespace) !== undefined) store.update(resource, withoutVersion(object), { subresource: 'status' });
    },
    remove(resource, namespace, name, options) {
      store.remove(resource, name, namespace, options?.graceSeconds === undefined ? {} : { gracePeriodSeconds: options.graceSeconds });
    },
    watch: (resource, onChange) => store.watch(resource, ({ type, object }) => onChange(type, object)),
  };
}

/** Status is written by one controller each, so the last look is good enough and no write is refused as stale. */
function withoutVersion<T extends KubernetesObject>(object: T): T {
  const { resourceVersion: _, ...metadata } = object.metadata ?? {};
  return { ...object, metadata };
}
