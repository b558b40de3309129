import type { KubernetesObject } from '../wire/index.ts';
import type { ObjectStore, StoreResource } from './apiserver/index.ts';

/** Plurals of the kinds that are not simply the kind in small letters with an s. */
const irregular: Readonly<Record<string, string>> = { NetworkPolicy: 'networkpolicies', Endpoints: 'endpoints' };

/** Creates objects of any kind that the API server knows, status included where they come with one. */
export function install(store: ObjectStore, objects: readonly KubernetesObject[]): void {
  for (const object of objects) {
    const resource = resourceOf(object);
    const created = store.create<KubernetesObject>(resource, object);
    if ('status' in object) {
      store.update(resource, { ...object, metadata: { ...object.metadata, ...created.metadata } }, { subresource: 'status' });
    }
  }
}

function resourceOf({ apiVersion = 'v1', kind = '' }: KubernetesObject): StoreResource {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return { group, plural: irregular[kind] ?? `${kind.toLowerCase()}s` };
}
