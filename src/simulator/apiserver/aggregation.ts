import type { Clock, HttpRequest, HttpResponse, Transport } from '../../runtime/index.ts';
import { readText } from '../../runtime/index.ts';
import type { APIService } from '../../wire/index.ts';
import type { ApiObject } from './api-object.ts';
import { timeText } from './api-object.ts';
import type { RemoteGroup, RemoteResource } from './discovery.ts';
import { bytesResponse } from './negotiation.ts';
import type { Shelves } from './shelves.ts';
import type { UserInfo } from './user.ts';

/** How often a server behind an APIService is asked whether it still answers. */
const CHECK_MS = 30_000;
const CHECK_LIMIT_MS = 5_000;

export interface Aggregation {
  /** Whether a server of its own stands behind this group and version. */
  claims(group: string, version: string): boolean;
  proxy(request: HttpRequest, group: string, version: string, user: UserInfo): Promise<HttpResponse>;
  remote(): readonly RemoteGroup[];
  /** Checks all servers now. */
  check(): Promise<void>;
  stop(): void;
}

const shelf = 'apiregistration.k8s.io/apiservices';

/** Passes requests on to the servers behind APIServices, and keeps their Available condition true to what is seen. */
export function createAggregation(shelves: Shelves, clock: Clock, reach: (apiService: APIService) => Transport | undefined): Aggregation {
  const seen = new Map<string, RemoteGroup>();
  let scheduled = false;
  let stopped = false;
  let cancel = (): void => {};

  const services = (): ApiObject[] => shelves.scan(shelf).filter((object) => (object['spec'] as APIService['spec'])?.service !== undefined);
  const find = (group: string, version: string): ApiObject | undefined => services().find((object) => {
    const spec = object['spec'] as NonNullable<APIService['spec']>;
    return (spec.group ?? '') === group && spec.version === version;
  });

  async function look(object: ApiObject): Promise<void> {
    const spec = object['spec'] as NonNullable<APIService['spec']>;
    const { group = '', version = '' } = spec;
    const url = `https://${spec.service?.name}.${spec.service?.namespace}.svc:${spec.service?.port ?? 443}/apis/${group}/${version}`;
    let resources: RemoteResource[] | undefined;
    let problem = `failing or missing response from ${url}`;
    const transport = reach(object);
    if (transport) {
      const limit = new AbortController();
      const cancel = clock.schedule(CHECK_LIMIT_MS, () => limit.abort(new Error('the server took too long to answer')));
      try {
        const headers = { accept: 'application/json', ...userHeaders({ username: 'system:kube-aggregator', groups: ['system:masters'] }) };
        const response = await transport({ method: 'GET', url, headers, signal: limit.signal });
        const text = await readText(response);
        if (response.status === 200) resources = (JSON.parse(text) as { resources?: RemoteResource[] }).resources ?? [];
        else problem += `: bad status from ${url}: ${response.status}`;
      } catch (error) {
        problem += `: ${error instanceof Error ? error.message : String(error)}`;
      } finally {
        cancel();
      }
    }
    seen.set(`${group}/${version}`, { group, version, available: resources !== undefined, resources: resources ?? [] });
    const condition = resources
      ? { type: 'Available', status: 'True', reason: 'Passed', message: 'all checks passed' }
      : transport
        ? { type: 'Available', status: 'False', reason: 'FailedDiscoveryCheck', message: problem }
        : { type: 'Available', status: 'False', reason: 'ServiceNotFound', message: `service/${spec.service?.name} in "${spec.service?.namespace}" is not present` };
    setCondition(object.metadata.name ?? '', condition);
  }

  function setCondition(name: string, condition: { type: string; status: string; reason: string; message: string }): void {
    const current = shelves.read(shelf, undefined, name);
    if (!current) return;
    const old = ((current['status'] ?? {}) as { conditions?: Record<string, string>[] }).conditions?.find((each) => each['type'] === 'Available');
    if (old?.['status'] === condition.status && old['reason'] === condition.reason && old['message'] === condition.message) return;
    const lastTransitionTime = old?.['status'] === condition.status ? old['lastTransitionTime'] : timeText(clock.now());
    shelves.put(shelf, { ...current, status: { conditions: [{ ...condition, lastTransitionTime }] } });
  }

  async function check(): Promise<void> {
    await Promise.all(services().map((object) => look(object)));
  }

  function keepChecking(): void {
    if (scheduled || stopped || services().length === 0) return;
    scheduled = true;
    cancel = clock.schedule(CHECK_MS, () => {
      scheduled = false;
      void check().then(keepChecking);
    });
  }

  shelves.subscribe(shelf, (change) => {
    const spec = change.object['spec'] as NonNullable<APIService['spec']>;
    if (change.type === 'DELETED') {
      seen.delete(`${spec.group}/${spec.version}`);
      return;
    }
    if (JSON.stringify(change.previous?.['spec']) !== JSON.stringify(spec) && spec.service) void look(change.object);
    keepChecking();
  });

  return {
    check,
    stop() {
      stopped = true;
      cancel();
    },
    claims: (group, version) => find(group, version) !== undefined,
    remote: () => services().map((object) => {
      const { group = '', version = '' } = object['spec'] as NonNullable<APIService['spec']>;
      return seen.get(`${group}/${version}`) ?? { group, version, available: false, resources: [] };
    }),
    async proxy(request, group, version, user) {
      const object = find(group, version);
      const transport = object && reach(object);
      if (!object || !transport) return bytesResponse(503, 'service unavailable\n', { 'content-type': 'text/plain; charset=utf-8' });
      const spec = object['spec'] as NonNullable<APIService['spec']>;
      const { pathname, search } = new URL(request.url);
      const { authorization: _token, host: _host, ...headers } = request.headers ?? {};
      try {
        return await transport({ ...request, url: `https://${spec.service?.name}.${spec.service?.namespace}.svc:${spec.service?.port ?? 443}${pathname}${search}`, headers: { ...headers, ...userHeaders(user) } });
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        return bytesResponse(503, `error trying to reach service: ${why}`, { 'content-type': 'text/plain; charset=utf-8' });
      }
    },
  };
}

/** The front proxy's word for who asks. Several groups are one header, separated as HTTP joins repeated ones. */
function userHeaders(user: UserInfo): Record<string, string> {
  const extra = Object.entries(user.extra ?? {}).map(([name, values]) => [`x-remote-extra-${name.toLowerCase()}`, values.join(', ')] as const);
  return { 'x-remote-user': user.username, ...(user.uid ? { 'x-remote-uid': user.uid } : {}), 'x-remote-group': (user.groups ?? []).join(', '), ...Object.fromEntries(extra) };
}
