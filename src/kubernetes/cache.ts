import type { KubernetesObject, WatchEvent } from '../wire/index.ts';
import { createBackoff, type Clock, type Log, type Random } from '../runtime/index.ts';
import type { KubernetesClient, WatchOptions } from './kubernetes-client.ts';
import { isKubernetesError, KubernetesError } from './kubernetes-error.ts';
import { createObjectStore, type CacheChange } from './object-store.ts';
import { apiVersionOf, type ResourceKind } from './resource-kind.ts';

/** All objects of one kind, kept current by a list and a watch. */
export interface ObjectCache<T> {
  /** The first whole list has been read, or the API server has said that it does not serve this kind (then the cache is empty and `absent`). */
  readonly synced: boolean;
  /** The API server does not serve this kind. It is asked again every half minute; a CustomResourceDefinition may come later. */
  readonly absent: boolean;
  /**
   * When the API server last said anything about this kind; what is read from the cache is as old as this, or newer. Where nothing
   * changes that is once a minute, so only an age beyond 75 s means something.
   */
  readonly lastContactMs?: number | undefined;
  /** Why the cache is not being kept current at the moment, in words. */
  readonly problem?: string | undefined;
  /** Objects of one namespace, or all. The array stays the same until one of its objects changes. */
  list(namespace?: string): readonly T[];
  /** Cluster-wide kinds have the namespace ''. */
  get(namespace: string, name: string): T | undefined;
  /** The listener is called for each change, after the change. It must not throw. */
  onChange(listener: (change: CacheChange<T>) => void): () => void;
  /** Rejects with the signal's reason. */
  whenSynced(signal?: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

export interface CacheOptions<T> {
  readonly client: KubernetesClient;
  readonly resource: ResourceKind;
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  /**
   * What to keep of an object, to save memory: name, namespace, uid and resourceVersion at least. `metadata.managedFields` is
   * dropped before it.
   */
  readonly keep?: (object: T) => T;
  /** Objects a page. Default 500. */
  readonly pageSize?: number;
}

/**
 * After how long the server is asked to end a watch; up to a third more, by chance. client-go takes 5 to 10 minutes and trusts in bookmarks meanwhile,
 * but a genuine server (1.36, etcd 3.4) was seen to send none in two minutes for kinds that do not change. An end that is due is a sign of life.
 */
const watchSeconds = 45;
/** A watch that has said nothing, its end included, for this long hangs on a dead connection. */
const silenceMs = 75_000;
/** A watch that lived this long was a good one: the next begins at once and back-off starts afresh. */
const goodWatchMs = 5000;
/** Some problems end by a person's doing only; asking more often would only fill two logs. */
const slowMs = 30_000;
/** After a restart an API server can say for a while that it does not serve a custom kind. Objects that are known go only when it insists. */
const absentAfterMs = 60_000;

/**
 * Lists in pages, then watches with bookmarks from the version of the list, and goes on for ever: a broken connection, 429, 5xx or nonsense is waited
 * out with jittered back-off and the watch resumed where it was, 410 is answered by a new list (which also finds what was deleted
 * meanwhile), as is a history that runs backwards; a kind that is not served is asked for again. What is known stays readable all the while, with its age.
 */
export function startCache<T extends KubernetesObject>(options: CacheOptions<T>): ObjectCache<T> {
  const { client, resource, clock, log, random } = options;
  const store = createObjectStore<T>();
  const listeners = new Set<(change: CacheChange<T>) => void>();
  const stopped = new AbortController();
  const firstSync = Promise.withResolvers<void>();
  const backoff = createBackoff(random, { initialMs: 500, maxMs: 10_000 });
  const where = { namespace: options.namespace, labelSelector: options.labelSelector, fieldSelector: options.fieldSelector };
  const what = `${resource.plural}${options.namespace === undefined ? '' : ` in namespace "${options.namespace}"`}`;
  const named = { resource: resource.plural, ...(options.namespace !== undefined && { namespace: options.namespace }) };

  let synced = false;
  let absent = false;
  let lastContactMs: number | undefined;
  let problem: { readonly text: string; readonly reason: string; readonly sinceMs: number } | undefined;
  /** Where the next watch begins; none means that a list is needed. */
  let version: string | undefined;
  let missingSinceMs: number | undefined;
  /** The last watch said nothing at all, which is also what a server does that has never reached our version. */
  let mute = false;
  /** Watches in a row that the server could not begin in time. */
  let timeouts = 0;

  function tell(changes: readonly CacheChange<T>[]): void {
    for (const change of changes) for (const listener of listeners) listener(change);
  }

  function kept(object: T): T {
    if (object.metadata && 'managedFields' in object.metadata) delete object.metadata.managedFields;
    // items of a list come without these two, events of a watch with them
    object.apiVersion ??= apiVersionOf(resource);
    object.kind ??= resource.kind;
    return options.keep ? options.keep(object) : object;
  }

  /** The API server spoke to us. */
  function contact(): void {
    lastContactMs = clock.now();
    missingSinceMs = undefined;
    absent = false;
    if (!problem) return;
    log.info({ ...named, reason: problem.reason, forMs: clock.now() - problem.sinceMs }, `The cache of ${what} is current again.`);
    problem = undefined;
  }

  function becameSynced(): void {
    if (synced) return;
    synced = true;
    firstSync.resolve();
  }

  async function readAll(): Promise<void> {
    for (let restarts = 0; ; restarts++) {
      const objects: T[] = [];
      // a list whose pages keep expiring is asked for in one piece
      const limit = restarts < 2 ? (options.pageSize ?? 500) : 0;
      try {
        let next: string | undefined;
        let listed: string | undefined;
        do {
          const page = await client.list<T>(resource, { ...where, limit, ...(next && { continue: next }), signal: stopped.signal });
          lastContactMs = clock.now();
          for (const item of page.items) objects.push(kept(item));
          next = page.metadata?.continue;
          listed = page.metadata?.resourceVersion;
        } while (next);
        version = listed;
        contact();
        tell(store.replaceAll(objects));
        becameSynced();
        return;
      } catch (error) {
        if (!isKubernetesError(error, 410) || restarts >= 2) throw error;
      }
    }
  }

  /** A version that runs backwards is another history: etcd was restored from a backup. */
  function compare(next: string | undefined): void {
    if (next === undefined || version === undefined || !isOlder(next, version)) return;
    log.warn({ ...named, version, next }, `The history of ${what} runs backwards (from ${version} to ${next}): it was restored, and is read anew.`);
    throw new KubernetesError(`The history of ${what} runs backwards.`, { status: 410, reason: 'Expired', retryable: true });
  }

  /** Asks for one object, to see which version the server has reached. */
  async function probe(): Promise<void> {
    const page = await client.list<T>(resource, { ...where, limit: 1, signal: stopped.signal });
    // a sign of life, but a problem that a watch has is over only when a watch works
    lastContactMs = clock.now();
    mute = false;
    compare(page.metadata?.resourceVersion);
  }

  function take(event: WatchEvent<T>): void {
    const next = event.object.metadata?.resourceVersion;
    if (event.type === 'BOOKMARK') compare(next);
    version = next ?? version;
    if (event.type === 'BOOKMARK') return;
    const object = kept(event.object);
    const change = event.type === 'DELETED' ? store.remove(object) : store.put(object);
    if (change) tell([change]);
  }

  async function follow(): Promise<void> {
    const startedMs = clock.now();
    mute = true;
    const quiet = new AbortController();
    const end = (): void => quiet.abort();
    stopped.signal.addEventListener('abort', end, { once: true });
    let silent = false;
    let cancel = (): void => {};
    const heard = (): void => {
      cancel();
      cancel = clock.schedule(silenceMs, () => {
        silent = true;
        end();
      });
    };
    heard();
    const watch: WatchOptions = {
      ...where,
      ...(version !== undefined && { resourceVersion: version }),
      timeoutSeconds: watchSeconds + random.integer(watchSeconds / 3),
      signal: quiet.signal,
      onOpen() {
        heard();
        contact();
        timeouts = 0;
      },
    };
    try {
      for await (const event of client.watch<T>(resource, watch)) {
        heard();
        contact();
        mute = false;
        take(event);
      }
      if (clock.now() - startedMs >= goodWatchMs) {
        contact();
        backoff.reset();
      } else {
        throw new KubernetesError(`The watch of ${what} was ended as soon as it began.`, { status: 200, reason: 'CutShort', retryable: true });
      }
    } catch (error) {
      if (clock.now() - startedMs >= goodWatchMs) backoff.reset();
      if (!silent) throw error;
      throw new KubernetesError(`Nothing was heard in the watch of ${what} for ${silenceMs / 1000} s; it is opened anew.`, {
        status: 0,
        reason: 'Silent',
        retryable: true,
        cause: error,
      });
    } finally {
      cancel();
      stopped.signal.removeEventListener('abort', end);
    }
  }

  /** What an error means for the cache, and how long to wait. */
  function afterError(error: KubernetesError): number {
    const waitMs = backoff.next(error.retryAfterMs);
    if (error.status === 410) {
      version = undefined;
      return waitMs;
    }
    // also an answer for a version that the server has not reached: after a restore from a backup
    if (error.status === 504 && ++timeouts >= 3) version = undefined;
    // a kind that is not installed is no trouble by itself: LeaderWorkerSets and KEDA are for those who have them
    if (error.reason === 'ResourceUnknown' && store.size === 0) {
      if (error.reason !== problem?.reason) log.info({ ...named, reason: error.reason }, `The API server does not serve ${what} (yet); it is asked again every half minute.`);
    } else if (error.reason !== problem?.reason) log.warn({ ...named, reason: error.reason, status: error.status }, `${error.message} The cache of ${what} keeps what it knows and goes on trying.`);
    problem = { text: error.message, reason: error.reason, sinceMs: problem?.sinceMs ?? clock.now() };
    if (error.reason === 'ResourceUnknown') return afterAbsence(waitMs);
    missingSinceMs = undefined;
    return error.status === 403 || error.status === 401 ? Math.max(waitMs, slowMs / 2 + (random.next() * slowMs) / 2) : waitMs;
  }

  function afterAbsence(waitMs: number): number {
    missingSinceMs ??= clock.now();
    if (store.size > 0 && clock.now() - missingSinceMs < absentAfterMs) return waitMs;
    // an answer, if not the one hoped for: there are none of these
    lastContactMs = clock.now();
    backoff.reset();
    absent = true;
    version = undefined;
    tell(store.replaceAll([]));
    becameSynced();
    return slowMs * (0.75 + random.next() / 4);
  }

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      try {
        if (version === undefined) await readAll();
        else if (mute) await probe();
        await follow();
      } catch (error) {
        if (stopped.signal.aborted) return;
        if (!(error instanceof KubernetesError)) throw error;
        await clock.sleep(afterError(error), stopped.signal).catch(() => {});
      }
    }
  }

  const running = run();
  return {
    get synced() {
      return synced;
    },
    get absent() {
      return absent;
    },
    get lastContactMs() {
      return lastContactMs;
    },
    get problem() {
      return problem?.text;
    },
    list: (namespace) => store.list(namespace),
    get: (namespace, name) => store.get(namespace, name),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    whenSynced(signal) {
      if (signal === undefined) return firstSync.promise;
      return new Promise((resolve, reject) => {
        const onAbort = (): void => reject(signal.reason as Error);
        if (signal.aborted) onAbort();
        signal.addEventListener('abort', onAbort, { once: true });
        void firstSync.promise.then(resolve).finally(() => signal.removeEventListener('abort', onAbort));
      });
    },
    async stop() {
      stopped.abort(new Error('The cache was stopped.'));
      await running;
    },
  };
}

/** Versions are decimal numbers that grow, of any length, where they can be compared at all. */
function isOlder(a: string, b: string): boolean {
  if (!/^\d+$/.test(a) || !/^\d+$/.test(b)) return false;
  return a.length === b.length ? a < b : a.length < b.length;
}
