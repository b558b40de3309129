import { compareText } from '../../base/index.ts';
import type { ApiObject } from './api-object.ts';
import { freezeJson } from './api-object.ts';

/** One change of one object. `previous` is what lay there before. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly revision: number;
  readonly object: ApiObject;
  readonly previous: ApiObject | undefined;
}

/**
 * The database under the API: shelves of frozen objects by `namespace/name`, one revision counter for all of
 * them, and a history from which watches start. A shelf is named `group/plural`.
 */
export interface Shelves {
  readonly revision: number;
  /** The database is compacted up to here: older tokens are worth nothing. */
  readonly compactedRevision: number;
  /** Changes of this shelf at or before this revision are forgotten. */
  forgottenRevision(shelf: string): number;
  read(shelf: string, namespace: string | undefined, name: string): ApiObject | undefined;
  /** In order of `namespace/name`; the list is shared, do not edit it. */
  scan(shelf: string): readonly ApiObject[];
  /** Writes, stamping the new revision as resourceVersion; returns the frozen object. */
  put(shelf: string, object: ApiObject): ApiObject;
  drop(shelf: string, namespace: string | undefined, name: string): ApiObject | undefined;
  /** Changes after `revision`, oldest first. */
  since(shelf: string, revision: number): readonly Change[];
  subscribe(shelf: string, listener: (change: Change) => void): () => void;
  /** Hears of every shelf. */
  subscribeAll(listener: (shelf: string, change: Change) => void): () => void;
  names(): readonly string[];
  compactTo(revision: number): void;
}

/** Changes kept per shelf; a watch from further back gets 410, as from the genuine server's watch cache. */
const HISTORY_LENGTH = 5000;

interface Shelf {
  readonly objects: Map<string, ApiObject>;
  sorted: readonly ApiObject[] | undefined;
  history: Change[];
  forgotten: number;
  readonly listeners: Set<(change: Change) => void>;
}

export function createShelves(): Shelves {
  const shelves = new Map<string, Shelf>();
  const everywhere = new Set<(shelf: string, change: Change) => void>();
  const undelivered: { name: string; shelf: Shelf; change: Change }[] = [];
  let revision = 1;
  let compactedRevision = 0;
  let delivering = false;

  function shelfOf(name: string): Shelf {
    let shelf = shelves.get(name);
    if (!shelf) {
      shelf = { objects: new Map(), sorted: undefined, history: [], forgotten: 0, listeners: new Set() };
      shelves.set(name, shelf);
    }
    return shelf;
  }

  const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;

  // A listener may write; its changes wait in line, so that everybody sees the same order.
  function deliver(name: string, shelf: Shelf, change: Change): void {
    shelf.sorted = undefined;
    shelf.history.push(change);
    if (shelf.history.length > 2 * HISTORY_LENGTH) {
      const forgotten = shelf.history.splice(0, HISTORY_LENGTH);
      shelf.forgotten = forgotten.at(-1)?.revision ?? shelf.forgotten;
    }
    undelivered.push({ name, shelf, change });
    if (delivering) return;
    delivering = true;
    try {
      for (let next = undelivered.shift(); next; next = undelivered.shift()) {
        for (const listener of next.shelf.listeners) listener(next.change);
        for (const listener of everywhere) listener(next.name, next.change);
      }
    } finally {
      delivering = false;
    }
  }

  return {
    get revision() {
      return revision;
    },
    get compactedRevision() {
      return compactedRevision;
    },
    forgottenRevision: (shelf) => Math.max(compactedRevision, shelfOf(shelf).forgotten),
    read: (shelf, namespace, name) => shelfOf(shelf).objects.get(keyOf(namespace, name)),
    scan(name) {
      const shelf = shelfOf(name);
      shelf.sorted ??= [...shelf.objects].toSorted(([a], [b]) => compareText(a, b)).map(([, object]) => object);
      return shelf.sorted;
    },
    put(name, object) {
      const shelf = shelfOf(name);
      const key = keyOf(object.metadata.namespace, object.metadata.name ?? '');
      const previous = shelf.objects.get(key);
      revision += 1;
      const stored = freezeJson({ ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } });
      shelf.objects.set(key, stored);
      deliver(name, shelf, { type: previous ? 'MODIFIED' : 'ADDED', revision, object: stored, previous });
      return stored;
    },
    drop(shelfName, namespace, name) {
      const shelf = shelfOf(shelfName);
      const key = keyOf(namespace, name);
      const previous = shelf.objects.get(key);
      if (!previous) return undefined;
      shelf.objects.delete(key);
      revision += 1;
      const object = freezeJson({ ...previous, metadata: { ...previous.metadata, resourceVersion: String(revision) } });
      deliver(shelfName, shelf, { type: 'DELETED', revision, object, previous });
      return object;
    },
    since: (shelf, after) => shelfOf(shelf).history.filter((change) => change.revision > after),
    subscribe(shelf, listener) {
      const { listeners } = shelfOf(shelf);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    subscribeAll(listener) {
      everywhere.add(listener);
      return () => everywhere.delete(listener);
    },
    names: () => [...shelves.keys()],
    compactTo(target) {
      compactedRevision = Math.max(compactedRevision, Math.min(target, revision));
      for (const shelf of shelves.values()) {
        shelf.history = shelf.history.filter((change) => change.revision > compactedRevision);
      }
    },
  };
}
