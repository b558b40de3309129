import { isKubernetesError, type KubernetesClient, resources } from '../../kubernetes/index.ts';
import type { ExternalMetricsOwner } from '../../model/index.ts';
import type { Clock, Log } from '../../runtime/index.ts';
import type { APIService } from '../../wire/index.ts';

export const apiServiceName = 'v1beta1.external.metrics.k8s.io';

export interface OwnershipOptions {
  readonly client: KubernetesClient;
  readonly clock: Clock;
  readonly log: Log;
  /** Our own Service, which the APIService must point to for it to be ours. */
  readonly service: { readonly namespace: string; readonly name: string; readonly port?: number };
  /** The CA bundle that callers need; `undefined`: somebody else sees to it. */
  bundle(): string | undefined;
  /** Only the leader writes. */
  leading(): boolean;
  /**
   * Creates the APIService where there is none. Off by default: it is cluster-wide, the manifests bring it, and a
   * controller needs no right to create it.
   */
  readonly register?: boolean;
}

export interface Ownership {
  current(): ExternalMetricsOwner;
  /** Looks, and writes what is to be written; also happens by itself every 30 s. */
  check(): Promise<ExternalMetricsOwner>;
  stop(): Promise<void>;
}

const checkMs = 30_000;
const publishAttempts = 5;

/** Sees to our APIService, and never to anybody else's. */
export function followOwnership(options: OwnershipOptions): Ownership {
  const { client, clock, log } = options;
  let owner: ExternalMetricsOwner = { kind: 'unknown', why: 'APIService v1beta1.external.metrics.k8s.io has not been read yet.' };
  const stopping = new AbortController();

  async function look(attempt = 1): Promise<ExternalMetricsOwner> {
    try {
      const apiService = await client.get<APIService>(resources.apiServices, apiServiceName, { signal: stopping.signal });
      const found = ownerOf(apiService, options.service);
      if (found.kind !== 'ours' || !options.leading()) return found;
      // A new APIService changes several times in its first second, as the API server says in its status whether it can
      // be reached. Who was overtaken looks again at once: whose it is may have changed too.
      return (await publish(apiService)) === 'overtaken' && attempt < publishAttempts ? await look(attempt + 1) : found;
    } catch (error) {
      if (!isKubernetesError(error, 404)) return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) };
      return options.register === true && options.leading() ? await register() : { kind: 'none' };
    }
  }

  /** Writes the bundle into our APIService where it differs, unless that has changed since it was read. */
  async function publish({ spec, metadata }: APIService): Promise<'overtaken' | undefined> {
    const bundle = options.bundle();
    if (bundle === undefined) return undefined;
    const caBundle = Buffer.from(bundle).toString('base64');
    if (spec?.caBundle === caBundle && spec.insecureSkipTLSVerify !== true) return undefined;
    try {
      // the resource version makes sure that it still points to us when this is written
      const patch = { metadata: { resourceVersion: metadata?.resourceVersion }, spec: { caBundle, insecureSkipTLSVerify: null } };
      await client.patch(resources.apiServices, apiServiceName, patch, { type: 'merge', signal: stopping.signal });
      log.info({}, `The CA bundle was written into APIService ${apiServiceName}.`);
      return undefined;
    } catch (error) {
      if (isKubernetesError(error, 409)) return 'overtaken';
      const message = error instanceof Error ? error.message : String(error);
      log.warn({ error: message }, `The CA bundle could not be written into APIService ${apiServiceName}; the API server may refuse to talk to us until it is. It is tried again in ${checkMs / 1000} s.`);
      return undefined;
    }
  }

  async function register(): Promise<ExternalMetricsOwner> {
    const { namespace, name, port = 443 } = options.service;
    const bundle = options.bundle();
    const apiService: APIService = {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: apiServiceName, labels: { 'app.kubernetes.io/name': 'workload-variant-autoscaler' } },
      spec: {
        group: 'external.metrics.k8s.io',
        version: 'v1beta1',
        service: { namespace, name, port },
        groupPriorityMinimum: 100,
        versionPriority: 100,
        ...(bundle !== undefined && { caBundle: Buffer.from(bundle).toString('base64') }),
      },
    };
    try {
      await client.create(resources.apiServices, apiService, { signal: stopping.signal });
      return { kind: 'ours' };
    } catch (error) {
      // 409: somebody was faster; the next look says who
      return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) };
    }
  }

  async function check(): Promise<ExternalMetricsOwner> {
    const found = await look();
    if (JSON.stringify(found) !== JSON.stringify(owner) && !stopping.signal.aborted) {
      owner = found;
      if (found.kind === 'ours') log.info({ owner: found }, describeOwner(found));
      else log.warn({ owner: found }, describeOwner(found));
    }
    return owner;
  }

  async function follow(): Promise<void> {
    for (;;) {
      await check();
      await clock.sleep(checkMs, stopping.signal);
    }
  }
  const following = follow().catch(() => {});

  return {
    current: () => owner,
    check,
    async stop() {
      stopping.abort();
      await following;
    },
  };
}

export function ownerOf(apiService: APIService, service: { readonly namespace: string; readonly name: string }): ExternalMetricsOwner {
  const held = apiService.spec?.service;
  if (held === undefined) return { kind: 'other', service: 'the API server itself' };
  return held.namespace === service.namespace && held.name === service.name ? { kind: 'ours' } : { kind: 'other', service: `${held.namespace}/${held.name}` };
}

/** What it means for the user, in sentences. */
export function describeOwner(owner: ExternalMetricsOwner): string {
  const ways =
    'Replicas can still follow the metric wva_desired_replicas through Prometheus (with prometheus-adapter, or with a KEDA trigger that ' +
    'queries it), or be written directly (spec.actuation: direct).';
  switch (owner.kind) {
    case 'ours':
      return `The external metrics API of this cluster is answered by this controller.`;
    case 'disabled':
      return `The external metrics API is switched off in this installation. ${ways}`;
    case 'none':
      return `No APIService ${apiServiceName} exists, so nobody answers the external metrics API. Apply the one in the manifests to let an HPA ask this controller. ${ways}`;
    case 'other':
      return `The external metrics API of this cluster belongs to ${owner.service}, and is left to it. ${ways}`;
    case 'unknown':
      return `Who answers the external metrics API of this cluster is not known: ${owner.why}`;
  }
}
