import { orAborted, readText, type Clock } from '../runtime/index.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { errorFromAnswer, errorFromFailure, errorFromNonsense } from './kubernetes-error.ts';
import { groupPath, resources, type ResourceKind } from './resource-kind.ts';

export interface ServedKind {
  readonly resource: ResourceKind;
  /** Whether it has a scale subresource. */
  readonly scalable: boolean;
}

export interface Discovery {
  /**
   * How a kind is served, or `undefined` when the API server does not serve it. The workloads of `apps/v1` are answered without asking; other
   * kinds are asked for and remembered for ten minutes, and one that is not served is asked for again after half a minute.
   * @throws {KubernetesError} when the API server cannot be asked.
   */
  resourceFor(apiVersion: string, kind: string): Promise<ServedKind | undefined>;
  /** After a request was answered with `ResourceUnknown`: what is remembered of this group and version is wrong. */
  forget(apiVersion: string): void;
}

interface Answer {
  readonly kinds: ReadonlyMap<string, ServedKind>;
  readonly askedMs: number;
}

const rememberMs = 10 * 60_000;
const unknownMs = 30_000;
const timeoutMs = 10_000;

const wellKnown: ReadonlyMap<string, ServedKind> = new Map(
  [resources.deployments, resources.replicaSets, resources.statefulSets].map((resource) => [`apps/v1/${resource.kind}`, { resource, scalable: true }]),
);

export function createDiscovery(options: { readonly client: KubernetesClient; readonly clock: Clock }): Discovery {
  const { client, clock } = options;
  const answers = new Map<string, Answer>();
  const asking = new Map<string, Promise<Answer>>();

  async function ask(apiVersion: string): Promise<Answer> {
    const [group, version] = split(apiVersion);
    const attempted = { verb: 'discover', path: groupPath({ group, version }) };
    const limit = new AbortController();
    const cancel = clock.schedule(timeoutMs, () => limit.abort());
    try {
      const { status, headers, body: stream } = await client.raw({ method: 'GET', path: attempted.path, signal: limit.signal });
      const body = await orAborted(readText({ status, headers, body: stream }, 8 * 1024 * 1024), limit.signal);
      const found = status === 404 ? new Map<string, ServedKind>() : status === 200 ? kindsIn(body, group, version) : undefined;
      if (!found) throw status === 200 ? errorFromNonsense(attempted, status, body) : errorFromAnswer(attempted, { status, headers, body });
      return { kinds: found, askedMs: clock.now() };
    } catch (error) {
      throw errorFromFailure(attempted, error);
    } finally {
      cancel();
    }
  }

  /** Callers that want to know the same share one question. */
  function askOnce(apiVersion: string): Promise<Answer> {
    let answer = asking.get(apiVersion);
    if (!answer) {
      answer = ask(apiVersion)
        .then((found) => {
          answers.set(apiVersion, found);
          return found;
        })
        .finally(() => asking.delete(apiVersion));
      asking.set(apiVersion, answer);
    }
    return answer;
  }

  return {
    async resourceFor(apiVersion, kind) {
      const known = wellKnown.get(`${apiVersion}/${kind}`);
      if (known) return known;
      const before = answers.get(apiVersion);
      const ageMs = before ? clock.now() - before.askedMs : Infinity;
      const found = before?.kinds.get(kind);
      if (ageMs < (found ? rememberMs : unknownMs)) return found;
      return (await askOnce(apiVersion)).kinds.get(kind);
    },
    forget: (apiVersion) => void answers.delete(apiVersion),
  };
}

/** `apps/v1` is group and version, `v1` is a version of the core group. */
function split(apiVersion: string): [group: string, version: string] {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
}

interface ListedResource {
  name?: string;
  kind?: string;
  namespaced?: boolean;
}

/** An APIResourceList: `deployments` is a resource, `deployments/scale` one of its subresources. */
function kindsIn(body: string, group: string, version: string): Map<string, ServedKind> | undefined {
  let listed: unknown;
  try {
    listed = (JSON.parse(body) as { resources?: unknown } | null)?.resources;
  } catch {
    return undefined;
  }
  if (!Array.isArray(listed)) return undefined;
  const all = listed as ListedResource[];
  const scalable = new Set(all.flatMap(({ name }) => (name?.endsWith('/scale') ? [name.slice(0, -'/scale'.length)] : [])));
  const kinds = new Map<string, ServedKind>();
  for (const { name, kind, namespaced } of all) {
    if (name === undefined || kind === undefined || name.includes('/')) continue;
    kinds.set(kind, { resource: { group, version, plural: name, kind, namespaced: namespaced === true }, scalable: scalable.has(name) });
  }
  return kinds;
}
