import { createKubernetesClient, type KubernetesClient } from '../../src/kubernetes/index.ts';
import { textResponse, type Transport } from '../../src/runtime/index.ts';

export interface Question {
  readonly path: string;
  readonly body: { readonly spec: Record<string, unknown> };
}

/** What an extension of the API server asks it about its callers, and nothing more. */
export interface DelegatingCluster {
  readonly client: KubernetesClient;
  /** Of ConfigMap kube-system/extension-apiserver-authentication. */
  trust: Record<string, string>;
  /** Tokens and whose they are. */
  readonly tokens: Map<string, { username: string; groups?: string[] }>;
  allows(spec: { user: string; groups: string[]; resourceAttributes?: Record<string, string>; nonResourceAttributes?: Record<string, string> }): boolean;
  /** Every review that was asked for. */
  readonly questions: Question[];
  /** `false`: no answer to anything. */
  reachable: boolean;
  /** Waited for before each review is answered. */
  beforeReview(): Promise<void>;
  /** Objects by path, for plain GET, POST, PUT and merge PATCH with versions. */
  readonly objects: Map<string, { metadata: { name: string; resourceVersion?: string }; [field: string]: unknown }>;
  /** Called before each write, for races. */
  beforeWrite(): void;
}

export function createDelegatingCluster(clock?: Parameters<typeof createKubernetesClient>[0]['clock']): DelegatingCluster {
  let version = 0;
  const transport: Transport = async ({ method, url, body }) => {
    if (!cluster.reachable) throw new Error('connection refused');
    const { pathname } = new URL(url);
    const sent = body === undefined ? undefined : (JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body)) as Question['body'] & { metadata?: { name: string; resourceVersion?: string } });
    const answer = (status: number, value: object): ReturnType<Transport> => Promise.resolve(textResponse(status, JSON.stringify(value), { 'content-type': 'application/json' }));
    const refuse = (code: number, reason: string): ReturnType<Transport> => answer(code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: `${reason} at ${pathname}`, reason, code });
    if (pathname.endsWith('/extension-apiserver-authentication')) return answer(200, { metadata: { name: 'extension-apiserver-authentication' }, data: cluster.trust });
    if (pathname.endsWith('reviews') && sent !== undefined) {
      cluster.questions.push({ path: pathname, body: sent });
      await cluster.beforeReview();
      if (pathname.endsWith('/tokenreviews')) {
        const user = cluster.tokens.get(String(sent.spec['token']));
        return answer(201, { ...sent, status: user === undefined ? { authenticated: false } : { authenticated: true, user } });
      }
      return answer(201, { ...sent, status: { allowed: cluster.allows(sent.spec as Parameters<DelegatingCluster['allows']>[0]) } });
    }
    if (method === 'GET') {
      const found = cluster.objects.get(pathname);
      return found ? answer(200, found) : refuse(404, 'NotFound');
    }
    cluster.beforeWrite();
    if (sent === undefined) return refuse(400, 'BadRequest');
    const path = method === 'POST' ? `${pathname}/${sent.metadata?.name}` : pathname;
    const found = cluster.objects.get(path);
    if (method === 'POST' && found) return refuse(409, 'AlreadyExists');
    if (method !== 'POST' && !found) return refuse(404, 'NotFound');
    const expected = sent.metadata?.resourceVersion;
    if (found && expected !== undefined && expected !== found.metadata.resourceVersion) return refuse(409, 'Conflict');
    const written = (method === 'PATCH' ? merge(found ?? {}, sent) : structuredClone(sent)) as { metadata: { name: string; resourceVersion?: string } };
    written.metadata.resourceVersion = String(++version);
    cluster.objects.set(path, written);
    return answer(200, written);
  };
  const cluster: DelegatingCluster = {
    client: createKubernetesClient({ transport, baseUrl: 'https://cluster.test', ...(clock && { clock }) }),
    trust: {},
    tokens: new Map(),
    allows: () => true,
    questions: [],
    reachable: true,
    beforeReview: () => Promise.resolve(),
    objects: new Map(),
    beforeWrite: () => {},
  };
  return cluster;
}

function merge(into: object, patch: object): object {
  const merged: Record<string, unknown> = { ...into };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else if (typeof value === 'object' && !Array.isArray(value)) merged[key] = merge((merged[key] as object | undefined) ?? {}, value as object);
    else merged[key] = value;
  }
  return merged;
}

