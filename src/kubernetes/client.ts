import type { KubernetesList, Status, WatchEvent } from '../wire/index.ts';
import { abortable, orAborted, readText, systemClock, type Clock, type HttpRequest, type Transport } from '../runtime/index.ts';
import { jsonLines } from './json-lines.ts';
import type { KubernetesClient, ListOptions, WatchOptions } from './kubernetes-client.ts';
import { errorFromAnswer, errorFromFailure, errorFromNonsense, errorFromStatus, isKubernetesError, type Attempted } from './kubernetes-error.ts';
import { limitedTo, linkedTo } from './request-limit.ts';
import { resourcePath, type ResourceKind } from './resource-kind.ts';

/** One finished request, for meters. A watch counts when its stream ends. */
export interface RequestNote {
  readonly verb: string;
  /** Plural with its subresource, `deployments/scale`; `raw` for raw requests. */
  readonly resource: string;
  /** HTTP status, 0 when no answer came. */
  readonly status: number;
  readonly durationMs: number;
}

export interface KubernetesClientOptions {
  readonly transport: Transport;
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly clock?: Clock;
  readonly userAgent?: string;
  /** For everything but watches and raw requests, the body included. Default 30 s. */
  readonly requestTimeoutMs?: number;
  onRequest?(note: RequestNote): void;
}

const patchTypes = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** client-go's page size: about 1 MB of pods. */
const pageSize = 500;
const maxPatienceMs = 5000;
const maxResends = 2;

interface Sent extends Attempted {
  readonly method: HttpRequest['method'];
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly unread?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export function createKubernetesClient(options: KubernetesClientOptions): KubernetesClient {
  const clock = options.clock ?? systemClock;
  const timeoutMs = options.requestTimeoutMs ?? 30_000;
  const userAgent = options.userAgent ?? 'workload-variant-autoscaler';

  function note(attempted: Attempted, status: number, startedMs: number): void {
    const plural = attempted.resource?.plural ?? 'raw';
    const resource = attempted.subresource === undefined ? plural : `${plural}/${attempted.subresource}`;
    options.onRequest?.({ verb: attempted.verb, resource, status, durationMs: clock.now() - startedMs });
  }

  function httpRequest(sent: Sent, signal: AbortSignal): HttpRequest {
    const query = new URLSearchParams(Object.entries(sent.query ?? {}).filter((pair): pair is [string, string] => pair[1] !== undefined)).toString();
    const path = sent.resource ? resourcePath(sent.resource, sent) : (sent.path ?? '/');
    return {
      method: sent.method,
      url: `${options.baseUrl}${path}${query === '' ? '' : `?${query}`}`,
      headers: {
        accept: 'application/json',
        'user-agent': userAgent,
        ...(sent.body !== undefined && { 'content-type': sent.contentType ?? 'application/json' }),
      },
      ...(sent.body !== undefined && { body: JSON.stringify(sent.body) }),
      signal,
    };
  }

  async function once<T>(sent: Sent): Promise<T> {
    const startedMs = clock.now();
    const limit = limitedTo(timeoutMs, clock, sent.signal);
    let status = 0;
    let isRead = false;
    try {
      const response = await orAborted(options.transport(httpRequest(sent, limit.signal)), limit.signal);
      status = response.status;
      const body = await orAborted(readText(response), limit.signal);
      isRead = true;
      if (status < 200 || status > 299) throw errorFromAnswer(sent, { status, headers: response.headers, body });
      // an answer holds the whole object: to parse a thousand statuses anew took as long as to write them out
      if (sent.unread === true && body.startsWith('{')) return undefined as T;
      return parse<T>(sent, status, body);
    } catch (error) {
      throw errorFromFailure(sent, limit.explain(error));
    } finally {
      // an abort makes an error with its stack, for each of the thousands of requests of a cycle: 12 µs, a quarter of what one takes
      if (isRead) limit.release();
      else limit.end();
      note(sent, status, startedMs);
    }
  }

  async function send<T>(sent: Sent): Promise<T> {
    for (let resends = 0; ; resends++) {
      try {
        return await once<T>(sent);
      } catch (error) {
        const waitMs = isKubernetesError(error, 429) ? error.retryAfterMs : undefined;
        if (waitMs === undefined || waitMs > maxPatienceMs || resends === maxResends || sent.signal?.aborted) throw error;
        await clock.sleep(waitMs, sent.signal).catch(() => {
          throw error;
        });
      }
    }
  }

  async function listAll<T>(resource: ResourceKind, list: ListOptions): Promise<KubernetesList<T>> {
    for (let restarts = 0; ; restarts++) {
      // paging that keeps expiring gives way to one long answer
      const limit = restarts < 2 ? { limit: pageSize } : {};
      let page = await client.list<T>(resource, { limit: 0, ...list, ...limit });
      const items = page.items;
      try {
        for (let next = page.metadata?.continue; next; next = page.metadata?.continue) {
          page = await client.list<T>(resource, { ...list, limit: pageSize, continue: next });
          for (const item of page.items) items.push(item);
        }
        return { ...page, items };
      } catch (error) {
        if (!isKubernetesError(error, 410) || restarts === 2) throw error;
      }
    }
  }

  const client: KubernetesClient = {
    get: (resource, name, get = {}) => send({ verb: 'get', method: 'GET', resource, name, ...get }),

    list<T>(resource: ResourceKind, list: ListOptions = {}): Promise<KubernetesList<T>> {
      if (list.limit === undefined && list.continue === undefined) return listAll<T>(resource, list);
      const query = {
        labelSelector: list.labelSelector,
        fieldSelector: list.fieldSelector,
        limit: list.limit ? String(list.limit) : undefined,
        continue: list.continue,
        // the continue token carries its version; giving both is an error
        resourceVersion: list.continue === undefined ? list.resourceVersion : undefined,
      };
      const sent: Sent = { verb: 'list', method: 'GET', resource, namespace: list.namespace, signal: list.signal, query };
      return send<KubernetesList<T>>(sent).then((page) => wholeList(sent, page));
    },

    create: (resource, object, write = {}) =>
      send({ verb: 'create', method: 'POST', resource, ...write, body: object, query: { fieldManager: write.fieldManager } }),

    replace: (resource, name, object, write = {}) =>
      send({ verb: 'update', method: 'PUT', resource, name, ...write, body: object, query: { fieldManager: write.fieldManager } }),

    patch: (resource, name, body, patch) =>
      send({
        verb: 'patch',
        method: 'PATCH',
        resource,
        name,
        namespace: patch.namespace,
        subresource: patch.subresource,
        signal: patch.signal,
        body,
        contentType: patchTypes[patch.type],
        unread: patch.unread,
        query: { fieldManager: patch.fieldManager, force: patch.force === true ? 'true' : undefined },
      }),

    async delete(resource, name, options = {}) {
      const body = options.propagationPolicy && { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: options.propagationPolicy };
      await send({ verb: 'delete', method: 'DELETE', resource, name, ...options, ...(body && { body }) });
    },

    async *watch<T>(resource: ResourceKind, watch: WatchOptions = {}): AsyncGenerator<WatchEvent<T>> {
      const startedMs = clock.now();
      const attempted = { verb: 'watch', resource, namespace: watch.namespace };
      const query = {
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion: watch.resourceVersion,
        labelSelector: watch.labelSelector,
        fieldSelector: watch.fieldSelector,
        timeoutSeconds: watch.timeoutSeconds === undefined ? undefined : String(watch.timeoutSeconds),
      };
      const stop = linkedTo(watch.signal);
      let status = 0;
      try {
        const response = await orAborted(options.transport(httpRequest({ ...attempted, method: 'GET', query }, stop.signal)), stop.signal);
        status = response.status;
        if (status !== 200) throw errorFromAnswer(attempted, { status, headers: response.headers, body: await orAborted(readText(response, 1024 * 1024), stop.signal) });
        watch.onOpen?.();
        for await (const line of jsonLines(abortable(response.body, stop.signal))) yield watchEvent<T>(attempted, line);
      } catch (error) {
        const failure = errorFromFailure(attempted, error);
        if (failure.status !== 0) status = failure.status;
        throw failure;
      } finally {
        // also when the consumer stops early: frees the connection
        stop.end();
        note(attempted, status, startedMs);
      }
    },

    async raw(request) {
      const startedMs = clock.now();
      const attempted = { verb: request.method, path: request.path.split('?')[0] ?? request.path };
      try {
        const response = await options.transport({
          method: request.method,
          url: `${options.baseUrl}${request.path}`,
          headers: { accept: 'application/json', 'user-agent': userAgent, ...request.headers },
          ...(request.body !== undefined && { body: request.body }),
          ...(request.signal && { signal: request.signal }),
        });
        note(attempted, response.status, startedMs);
        return response;
      } catch (error) {
        note(attempted, 0, startedMs);
        throw errorFromFailure(attempted, error);
      }
    },
  };
  return client;
}

function parse<T>(sent: Sent, status: number, body: string): T {
  try {
    return JSON.parse(body) as T;
  } catch {
    throw errorFromNonsense(sent, status, body);
  }
}

/** Some servers write an empty list as null; anything else that is no list of objects is no answer. */
function wholeList<T>(sent: Sent, page: KubernetesList<T> | null): KubernetesList<T> {
  const items: unknown = page?.items ?? (page && 'items' in page ? [] : undefined);
  if (page && Array.isArray(items) && items.every((item) => typeof item === 'object' && item !== null)) return { ...page, items: items as T[] };
  throw errorFromNonsense(sent, 200, JSON.stringify(page));
}

function watchEvent<T>(attempted: Attempted, line: unknown): WatchEvent<T> {
  const event = line as Partial<WatchEvent<T>> | null;
  if (event?.type === undefined || typeof event.object !== 'object' || event.object === null) throw errorFromNonsense(attempted, 200, JSON.stringify(line));
  if (event.type === 'ERROR') throw errorFromStatus(attempted, event.object as unknown as Status);
  return event as WatchEvent<T>;
}
