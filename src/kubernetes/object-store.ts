import type { KubernetesObject } from '../wire/index.ts';

export interface CacheChange<T> {
  readonly type: 'added' | 'changed' | 'removed';
  /** As it is now; for `removed`, as it was last seen. */
  readonly object: T;
}

/**
 * Objects by namespace and name. Lists are frozen arrays that stay the same until something in them changes, so that asking often costs nothing
 * and a list that was handed out never changes under its reader.
 */
export interface ObjectStore<T> {
  readonly size: number;
  get(namespace: string, name: string): T | undefined;
  list(namespace?: string): readonly T[];
  put(object: T): CacheChange<T> | undefined;
  remove(object: T): CacheChange<T> | undefined;
  /** What a fresh list says is all there is: tells what appeared, changed and is gone. */
  replaceAll(objects: readonly T[]): CacheChange<T>[];
}

export function createObjectStore<T extends KubernetesObject>(): ObjectStore<T> {
  let namespaces = new Map<string, Map<string, T>>();
  const lists = new Map<string | undefined, readonly T[]>();
  let size = 0;

  function changed(namespace: string): void {
    lists.delete(namespace);
    lists.delete(undefined);
  }

  const store: ObjectStore<T> = {
    get size() {
      return size;
    },
    get: (namespace, name) => namespaces.get(namespace)?.get(name),
    list(namespace) {
      const known = lists.get(namespace);
      if (known) return known;
      const chosen = namespace === undefined ? [...namespaces.values()] : [namespaces.get(namespace) ?? new Map<string, T>()];
      const list = Object.freeze(chosen.flatMap((objects) => [...objects.values()]));
      // a namespace that does not exist must not leave an entry behind for each time somebody asks
      if (namespace === undefined || namespaces.has(namespace)) lists.set(namespace, list);
      return list;
    },
    put(object) {
      const { namespace, name } = keyOf(object);
      let objects = namespaces.get(namespace);
      if (!objects) namespaces.set(namespace, (objects = new Map()));
      const before = objects.get(name);
      if (before && sameVersion(before, object)) return undefined;
      objects.set(name, object);
      if (!before) size++;
      changed(namespace);
      return { type: before ? 'changed' : 'added', object };
    },
    remove(object) {
      const { namespace, name } = keyOf(object);
      const objects = namespaces.get(namespace);
      const before = objects?.get(name);
      if (!objects || !before) return undefined;
      objects.delete(name);
      size--;
      if (objects.size === 0) namespaces.delete(namespace);
      changed(namespace);
      return { type: 'removed', object: before };
    },
    replaceAll(objects) {
      const before = namespaces;
      namespaces = new Map();
      lists.clear();
      size = 0;
      const changes: CacheChange<T>[] = [];
      for (const object of objects) {
        const { namespace, name } = keyOf(object);
        const old = before.get(namespace)?.get(name);
        const change = store.put(old && sameVersion(old, object) ? old : object);
        if (change && !old) changes.push(change);
        else if (change && old && change.object !== old) changes.push({ type: 'changed', object });
      }
      for (const [namespace, olds] of before) {
        for (const [name, old] of olds) if (!store.get(namespace, name)) changes.push({ type: 'removed', object: old });
      }
      return changes;
    },
  };
  return store;
}

function keyOf(object: KubernetesObject): { readonly namespace: string; readonly name: string } {
  return { namespace: object.metadata?.namespace ?? '', name: object.metadata?.name ?? '' };
}

/** The same object in the same version: a list after a lost connection mostly says what is known. */
function sameVersion(a: KubernetesObject, b: KubernetesObject): boolean {
  return a.metadata?.uid === b.metadata?.uid && a.metadata?.resourceVersion !== undefined && a.metadata.resourceVersion === b.metadata?.resourceVersion;
}
