import type { ApiObject } from './api-object.ts';
import type { Catalog } from './catalog.ts';
import type { ResourceDefinition } from './definition.ts';
import type { Registry } from './registry.ts';
import type { Shelves } from './shelves.ts';

/**
 * What the controller manager's garbage collector and namespace controller do: dependents follow their owners,
 * the contents of a namespace follow it. Works at once, inside the write that caused it.
 * Returns the function that ends it.
 */
export function startGarbageCollector(shelves: Shelves, catalog: Catalog, registry: Registry): () => void {
  const definitionOf = (shelf: string): ResourceDefinition | undefined => {
    const slash = shelf.indexOf('/');
    return catalog.stored(shelf.slice(0, slash), shelf.slice(slash + 1));
  };
  const everything = (): { definition: ResourceDefinition; object: ApiObject }[] =>
    shelves.names().flatMap((shelf) => {
      const definition = definitionOf(shelf);
      return definition ? shelves.scan(shelf).map((object) => ({ definition, object })) : [];
    });
  const dependentsOf = (uid: string | undefined): { definition: ResourceDefinition; object: ApiObject }[] =>
    everything().filter(({ object }) => (object.metadata.ownerReferences ?? []).some((owner) => owner.uid === uid));
  const exists = (uid: string): boolean => everything().some(({ object }) => object.metadata.uid === uid);

  function remove({ definition, object }: { definition: ResourceDefinition; object: ApiObject }, propagationPolicy: string): void {
    if (object.metadata.deletionTimestamp !== undefined && propagationPolicy !== 'Foreground') return;
    if (!registry.find(definition, object.metadata.namespace, object.metadata.name ?? '')) return;
    registry.remove(definition, object.metadata.namespace, object.metadata.name ?? '', { propagationPolicy });
  }

  function dropFinalizer(definition: ResourceDefinition, object: ApiObject, finalizer: string): void {
    registry.update(
      definition,
      object.metadata.namespace,
      object.metadata.name ?? '',
      (current) => ({ ...current, metadata: { ...current.metadata, finalizers: (current.metadata.finalizers ?? []).filter((each) => each !== finalizer) } }),
      { fieldManager: 'kube-controller-manager' },
    );
  }

  function onDeleted(object: ApiObject): void {
    for (const dependent of dependentsOf(object.metadata.uid)) {
      const others = (dependent.object.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== object.metadata.uid);
      if (!others.some((owner) => exists(owner.uid))) remove(dependent, 'Background');
    }
    for (const owner of object.metadata.ownerReferences ?? []) {
      const found = everything().find((each) => each.object.metadata.uid === owner.uid);
      if (found?.object.metadata.finalizers?.includes('foregroundDeletion')) finishForeground(found.definition, found.object);
    }
    if (object.metadata.namespace !== undefined) finishNamespace(object.metadata.namespace);
  }

  function finishForeground(definition: ResourceDefinition, object: ApiObject): void {
    const blocking = dependentsOf(object.metadata.uid).filter((each) => each.object.metadata.ownerReferences?.some((owner) => owner.uid === object.metadata.uid && owner.blockOwnerDeletion));
    if (blocking.length === 0) dropFinalizer(definition, object, 'foregroundDeletion');
  }

  function orphan(definition: ResourceDefinition, object: ApiObject): void {
    for (const dependent of dependentsOf(object.metadata.uid)) {
      registry.update(
        dependent.definition,
        dependent.object.metadata.namespace,
        dependent.object.metadata.name ?? '',
        (current) => ({ ...current, metadata: { ...current.metadata, ownerReferences: (current.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== object.metadata.uid) } }),
        { fieldManager: 'kube-controller-manager' },
      );
    }
    dropFinalizer(definition, object, 'orphan');
  }

  function finishNamespace(name: string): void {
    const namespace = shelves.read('/namespaces', undefined, name);
    if (namespace?.metadata.deletionTimestamp === undefined) return;
    const inside = everything().filter(({ object }) => object.metadata.namespace === name);
    for (const each of inside) remove(each, 'Background');
    if (everything().some(({ object }) => object.metadata.namespace === name)) return;
    shelves.put('/namespaces', { ...namespace, spec: {} });
    shelves.drop('/namespaces', undefined, name);
  }

  return shelves.subscribeAll((shelf, change) => {
    if (change.type === 'DELETED') {
      if (shelf === 'apiextensions.k8s.io/customresourcedefinitions') return;
      onDeleted(change.object);
      return;
    }
    const { object } = change;
    const definition = definitionOf(shelf);
    if (!definition || object.metadata.deletionTimestamp === undefined || change.previous?.metadata.deletionTimestamp !== undefined) return;
    if (shelf === '/namespaces') finishNamespace(object.metadata.name ?? '');
    else if (object.metadata.finalizers?.includes('foregroundDeletion')) {
      for (const dependent of dependentsOf(object.metadata.uid)) remove(dependent, 'Foreground');
      const still = shelves.read(shelf, object.metadata.namespace, object.metadata.name ?? '');
      if (still) finishForeground(definition, still);
    } else if (object.metadata.finalizers?.includes('orphan')) orphan(definition, object);
  });
}
