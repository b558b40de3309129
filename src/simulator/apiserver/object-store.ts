import type { KubernetesObject } from '../../wire/index.ts';

/** Names a kind of object; the version is the stored one, whatever is said here. */
export interface StoreResource {
  readonly group: string;
  readonly plural: string;
}

export interface StoreChange<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
  /** What lay there before; absent for ADDED. */
  readonly previous?: T;
}

/**
 * The API server's objects without HTTP, for controllers that live in the same process. The same defaults,
 * validation, generations and resource versions as over HTTP. Objects are frozen: write a new value.
 * Writes throw {@link ApiError}; all of it is synchronous, so two steps of one controller are never torn apart.
 */
export interface ObjectStore {
  /** The revision of the last write, as text. */
  readonly resourceVersion: string;
  /** A namespace that is not said is `default`. */
  get<T extends KubernetesObject>(resource: StoreResource, name: string, namespace?: string): T | undefined;
  /** In order of namespace and name; of all namespaces when none is said. */
  list<T extends KubernetesObject>(resource: StoreResource, namespace?: string): readonly T[];
  create<T extends KubernetesObject>(resource: StoreResource, object: T): T;
  /** With metadata.resourceVersion a stale write throws 409; without it the last writer wins. An update that changes nothing writes nothing. */
  update<T extends KubernetesObject>(resource: StoreResource, object: T, options?: { subresource?: 'status' }): T;
  /** Deletes, or marks for deletion while finalizers remain. False when there is no such object. */
  remove(resource: StoreResource, name: string, namespace?: string, options?: { gracePeriodSeconds?: number }): boolean;
  /** Calls after each write, in order of the writes. Does not replay what is there already. */
  watch<T extends KubernetesObject>(resource: StoreResource, listener: (change: StoreChange<T>) => void): () => void;
}
