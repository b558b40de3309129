import { assert } from '../../base/index.ts';
import type { KubernetesObject } from '../../wire/index.ts';
import type { ApiObject } from './api-object.ts';
import type { Catalog } from './catalog.ts';
import type { ObjectStore, StoreResource } from './object-store.ts';
import type { Registry } from './registry.ts';
import type { Shelves } from './shelves.ts';

/** The registry's objects for controllers in the same process. */
export function createStore(shelves: Shelves, catalog: Catalog, registry: Registry): ObjectStore {
  const definitionOf = (resource: StoreResource): NonNullable<ReturnType<Catalog['stored']>> => {
    const definition = catalog.stored(resource.group, resource.plural);
    assert(definition, `The resource ${resource.plural} of group "${resource.group}" should be served before it is used.`);
    return definition;
  };
  const asObject = (object: KubernetesObject): ApiObject => ({ ...object, metadata: { ...object.metadata } }) as ApiObject;
  return {
    get resourceVersion() {
      return String(shelves.revision);
    },
    get: (resource, name, namespace) => registry.find(definitionOf(resource), namespace ?? 'default', name) as never,
    list: (resource, namespace) => registry.scan(definitionOf(resource), namespace) as never,
    create(resource, object) {
      const definition = definitionOf(resource);
      const copy = asObject(object);
      if (definition.namespaced) copy.metadata.namespace ??= 'default';
      return registry.create(definition, copy, { fieldManager: 'in-process', inProcess: true }) as never;
    },
    update(resource, object, updateOptions) {
      const definition = definitionOf(resource);
      const copy = asObject(object);
      const namespace = definition.namespaced ? (copy.metadata.namespace ?? 'default') : undefined;
      const context = { fieldManager: 'in-process', subresource: updateOptions?.subresource };
      return registry.update(definition, namespace, copy.metadata.name ?? '', (current) => latest(copy, current), context) as never;
    },
    remove(resource, name, namespace, removeOptions) {
      const definition = definitionOf(resource);
      const within = definition.namespaced ? (namespace ?? 'default') : undefined;
      if (!registry.find(definition, within, name)) return false;
      registry.remove(definition, within, name, removeOptions ?? {});
      return true;
    },
    watch: (resource, listener) => shelves.subscribe(definitionOf(resource).shelf, ({ type, object, previous }) => listener({ type, object, ...(previous ? { previous } : {}) } as never)),
  };
}

/** An update without a version of its own is meant for whatever lies there. */
function latest(object: ApiObject, current: ApiObject): ApiObject {
  const { resourceVersion } = current.metadata;
  return object.metadata.resourceVersion || resourceVersion === undefined ? object : { ...object, metadata: { ...object.metadata, resourceVersion } };
}
