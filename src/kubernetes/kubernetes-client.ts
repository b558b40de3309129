import type { HttpRequest, HttpResponse } from '../runtime/index.ts';
import type { KubernetesList, WatchEvent } from '../wire/index.ts';
import type { ResourceKind } from './resource-kind.ts';

export interface ObjectOptions {
  readonly namespace?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface GetOptions extends ObjectOptions {
  readonly subresource?: string;
}

export interface ListOptions extends ObjectOptions {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** With `limit` or `continue`: that one page. Without: everything, fetched in pages of 500. */
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
}

export interface WriteOptions extends ObjectOptions {
  readonly subresource?: string;
  readonly fieldManager?: string;
}

export interface PatchOptions extends WriteOptions {
  readonly type: 'merge' | 'json' | 'strategic' | 'apply';
  /** With `apply`: takes fields over from other managers. */
  readonly force?: boolean;
  /** Nobody reads the answer, so it is not parsed, and nothing is given back. */
  readonly unread?: boolean;
}

export interface DeleteOptions extends ObjectOptions {
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
}

export interface WatchOptions extends ObjectOptions {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly resourceVersion?: string;
  /** After which the server ends the stream by itself. */
  readonly timeoutSeconds?: number;
  /** The server accepted the watch; events may be long in coming. */
  onOpen?(): void;
}

export interface RawRequest {
  readonly method: HttpRequest['method'];
  /** Begins with a slash; with its query. */
  readonly path: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * The API server through one Transport. Everything rejects with `KubernetesError` and nothing else. A request that the server turned
 * away with 429 and a Retry-After of at most 5 s is sent again, twice at most; all other trying again is the caller's.
 */
export interface KubernetesClient {
  get<T>(resource: ResourceKind, name: string, options?: GetOptions): Promise<T>;
  list<T>(resource: ResourceKind, options?: ListOptions): Promise<KubernetesList<T>>;
  create<T>(resource: ResourceKind, object: T, options?: WriteOptions): Promise<T>;
  replace<T>(resource: ResourceKind, name: string, object: T, options?: WriteOptions): Promise<T>;
  patch<T>(resource: ResourceKind, name: string, body: unknown, options: PatchOptions): Promise<T>;
  delete(resource: ResourceKind, name: string, options?: DeleteOptions): Promise<void>;
  /** Ends when the server ends it; throws what an ERROR event carries, and `Unreachable` when the stream breaks off. */
  watch<T>(resource: ResourceKind, options?: WatchOptions): AsyncIterable<WatchEvent<T>>;
  /** Any answer is an answer here, 500 too: rejects only when none came. No time limit but the signal's. */
  raw(request: RawRequest): Promise<HttpResponse>;
}
