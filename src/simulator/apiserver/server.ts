import type { Clock, HttpRequest, HttpResponse, Random, Transport } from '../../runtime/index.ts';
import { TransportError } from '../../runtime/index.ts';
import type { APIService } from '../../wire/index.ts';
import { createAggregation } from './aggregation.ts';
import { ApiError, methodNotAllowed, unauthorized, unknownPath, unknownResource } from './api-error.ts';
import { authorize, refusal } from './authorization.ts';
import { createCatalog } from './catalog.ts';
import { furnish } from './bootstrap.ts';
import { definitionsOf } from './crd.ts';
import { discover } from './discovery.ts';
import type { Faults } from './fault.ts';
import { startGarbageCollector } from './garbage-collector.ts';
import { bytesResponse, jsonResponse, negotiate } from './negotiation.ts';
import type { ObjectStore } from './object-store.ts';
import { openApi } from './open-api.ts';
import { createRegistry } from './registry.ts';
import { createStore } from './in-process-store.ts';
import type { RequestInfo } from './request-info.ts';
import { parsePath, verbOf } from './request-info.ts';
import { answerResource } from './resource-requests.ts';
import { impersonated } from './impersonation.ts';
import { createShelves } from './shelves.ts';
import type { UserInfo } from './user.ts';

export interface ApiServerOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Bearer tokens to users, asked at each request. Without it every request is from `system:admin`. */
  readonly tokens?: Readonly<Record<string, UserInfo>> | ((token: string) => UserInfo | undefined);
  /** Reaches the server behind an APIService; undefined where there is none. */
  readonly aggregated?: (apiService: APIService) => Transport | undefined;
  readonly faults?: Faults;
  /** Whether dependents follow their owners and contents their namespace; true unless told. */
  readonly garbageCollection?: boolean;
}

export interface ApiServer {
  /** The whole HTTP API. */
  readonly handle: Transport;
  readonly store: ObjectStore;
  /** Forgets history up to this revision (default: all of it): older watches and continue tokens get 410. */
  compactTo(revision?: number): void;
  /** Replaces the faults; undefined ends them. */
  setFaults(faults: Faults | undefined): void;
  /** Cuts all watches, as a restart does. */
  restart(): void;
  /** Asks the servers behind APIServices now, rather than in half a minute. */
  checkApiServices(): Promise<void>;
  /** Asks no server behind an APIService any more: the last timer that keeps a process alive. */
  stop(): void;
}

const version = {
  major: '1', minor: '36', gitVersion: 'v1.36.3', gitCommit: '', gitTreeState: '', buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'none', compiler: 'none', platform: 'simulator/any',
};
const admin: UserInfo = { username: 'system:admin', groups: ['system:masters', 'system:authenticated'] };
const anonymous: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

/** An API server in this process. It starts with the namespaces and roles that every cluster has. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const { clock, random } = options;
  const shelves = createShelves();
  const catalog = createCatalog();
  const registry = createRegistry(shelves, clock, random.fork('apiserver'));
  const aggregation = createAggregation(shelves, clock, options.aggregated ?? (() => undefined));
  let faults = options.faults;
  let running = new AbortController();

  shelves.subscribe('apiextensions.k8s.io/customresourcedefinitions', ({ type, object }) => {
    const name = object.metadata.name ?? '';
    if (type !== 'DELETED') {
      catalog.setCustom(name, definitionsOf(object));
      return;
    }
    const definition = definitionsOf(object)[0];
    for (const each of definition ? shelves.scan(definition.shelf) : []) shelves.drop(definition?.shelf ?? '', each.metadata.namespace, each.metadata.name ?? '');
    catalog.setCustom(name, []);
  });
  if (options.garbageCollection !== false) startGarbageCollector(shelves, catalog, registry);
  const store = createStore(shelves, catalog, registry);
  furnish(store);

  const userOf = (token: string): UserInfo | undefined => {
    const user = typeof options.tokens === 'function' ? options.tokens(token) : options.tokens?.[token];
    return user && { ...user, groups: [...new Set([...(user.groups ?? []), 'system:authenticated'])] };
  };

  function authenticate(request: HttpRequest): UserInfo {
    if (options.tokens === undefined) return admin;
    const header = request.headers?.['authorization'];
    if (header === undefined) return anonymous;
    const user = userOf(header.replace(/^Bearer /i, ''));
    if (!user) throw unauthorized();
    return user;
  }

  async function answer(request: HttpRequest, path: string, query: URLSearchParams): Promise<HttpResponse> {
    const user = impersonated(authenticate(request), request, shelves);
    const fault = faults?.({ method: request.method, path, query, user: user.username });
    if (fault?.delayMs !== undefined) await clock.sleep(fault.delayMs, request.signal);
    if (fault?.cut && fault.afterMs === undefined) throw new TransportError('Unreachable', 'The connection to the API server was cut.');
    if (fault?.status) {
      const { code, reason = '', message = '', details } = fault.status;
      const retry = details?.retryAfterSeconds;
      return jsonResponse(code, new ApiError(code, reason, message, details).status, retry === undefined ? {} : { 'retry-after': String(retry) });
    }
    const info = parsePath(path);
    permit(user, request, info, path, query);
    const response = await route(request, path, query, info, user);
    return fault?.cut ? { ...response, body: cutAfter(response.body, fault.afterMs ?? 0, clock) } : response;
  }

  function permit(user: UserInfo, request: HttpRequest, info: RequestInfo | undefined, path: string, query: URLSearchParams): void {
    const verb = info?.plural === undefined ? undefined : verbOf(request.method, info, query);
    const asked =
      info?.plural === undefined || verb === undefined
        ? { verb: request.method.toLowerCase(), path }
        : {
            verb,
            group: info.group,
            resource: info.plural,
            ...(info.subresource === undefined ? {} : { subresource: info.subresource }),
            // a namespace is asked for inside itself
            ...(info.namespace === undefined ? (info.plural === 'namespaces' && info.group === '' && info.name !== undefined ? { namespace: info.name } : {}) : { namespace: info.namespace }),
            ...(info.name === undefined ? {} : { name: info.name }),
          };
    if (!authorize(user, asked, shelves).allowed) throw refusal(user, asked);
  }

  async function route(request: HttpRequest, path: string, query: URLSearchParams, info: RequestInfo | undefined, user: UserInfo): Promise<HttpResponse> {
    const probes = ['/healthz', '/livez', '/readyz'];
    if (probes.includes(path)) return bytesResponse(200, 'ok', { 'content-type': 'text/plain; charset=utf-8' });
    if (path === '/version') return jsonResponse(200, version);
    if (path.startsWith('/openapi/')) return openApi(request, path, catalog);
    if (!info) throw unknownPath();
    if (info.group !== '' && aggregation.claims(info.group, info.version)) return aggregation.proxy(request, info.group, info.version, user);
    if (info.plural === undefined) {
      const found = discover(path, catalog, aggregation.remote(), negotiate(request.headers?.['accept'], true));
      if (!found) throw unknownPath();
      return found;
    }
    const definition = catalog.find(info.group, info.version, info.plural);
    const verb = verbOf(request.method, info, query);
    if (!definition) throw catalog.hasVersion(info.group, info.version) ? unknownResource() : unknownPath();
    if (!verb) throw methodNotAllowed();
    return answerResource({ request, info, verb, query, definition, user }, { clock, registry, shelves, userOf, cut: () => running.signal });
  }

  return {
    store,
    async handle(request) {
      const url = new URL(request.url);
      try {
        return await answer(request, url.pathname, url.searchParams);
      } catch (error) {
        if (error instanceof ApiError) return failure(error);
        throw error;
      }
    },
    compactTo: (revision) => shelves.compactTo(revision ?? shelves.revision),
    setFaults: (next) => {
      faults = next;
    },
    restart() {
      running.abort(new Error('the API server restarts'));
      running = new AbortController();
    },
    checkApiServices: () => aggregation.check(),
    stop: () => aggregation.stop(),
  };
}

/** Genuine servers answer an unknown path without JSON where nothing at all is served there. */
function failure(error: ApiError): HttpResponse {
  if (error.code === 404 && error.reason === '') {
    return bytesResponse(404, '404 page not found\n', { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
  }
  const retry = error.status.details?.retryAfterSeconds;
  return jsonResponse(error.code, error.status, retry === undefined ? {} : { 'retry-after': String(retry) });
}

async function* cutAfter(body: AsyncIterable<Uint8Array>, afterMs: number, clock: Clock): AsyncIterable<Uint8Array> {
  let isOver = false;
  const over = clock.sleep(afterMs).then(() => {
    isOver = true;
    return undefined;
  });
  const iterator = body[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([iterator.next(), over]);
    if (isOver || next === undefined) {
      await iterator.return?.();
      throw new TransportError('Unreachable', 'The connection to the API server was cut while it was streaming.');
    }
    if (next.done === true) return;
    yield next.value;
  }
}
