import { resources, startCache, type CacheChange, type KubernetesClient, type ObjectCache, type ResourceKind } from '../kubernetes/index.ts';
import { readKeptDecisions } from '../model/index.ts';
import type { Clock, Log, Random } from '../runtime/index.ts';
import { deletionCostAnnotation, type ConfigMap, type HorizontalPodAutoscaler, type KubernetesObject, type Node, type Pod, type PodSpec, type ResourceQuota, type VariantAutoscaling, type Workload } from '../wire/index.ts';
import { annotationPrefix, isManaged } from './annotated-scalers.ts';
import type { ClusterObjects, ScaledObject } from './cluster-objects.ts';

export interface ClusterCachesOptions {
  readonly client: KubernetesClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  /** Empty: all of them. */
  readonly namespaces: readonly string[];
  /** The ConfigMap with decisions about annotated autoscalers. */
  readonly kept: { readonly namespace: string; readonly name: string; readonly key: string };
  /** Something changed that a decision may depend on; not called for what the controller itself writes. */
  onNews(): void;
}

/** Everything that is watched of the cluster. */
export interface ClusterCaches {
  /** What is known now, without the scales of kinds that are not watched. */
  objects(): Omit<ClusterObjects, 'otherScales'>;
  variantAutoscaling(namespace: string, name: string): VariantAutoscaling | undefined;
  /** The text that the ConfigMap of kept decisions holds; `undefined` where there is none. */
  keptText(): string | undefined;
  /** Why something is not being kept current, in words. */
  problems(): readonly { readonly about: string; readonly message: string }[];
  /** Whether everything that is needed is being kept current; a kind that the API server does not serve has no objects, and that is current. */
  current(): boolean;
  /** What has not been read yet. */
  waitingFor(): readonly string[];
  whenSynced(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

/** One kind in one or several namespaces, read as one list. */
interface Family<T> {
  readonly name: string;
  list(): readonly T[];
  readonly caches: readonly ObjectCache<T>[];
}

const keptPatienceMs = 10_000;

export function startClusterCaches(options: ClusterCachesOptions): ClusterCaches {
  const { client, clock, log, random, namespaces } = options;

  function follow<T extends KubernetesObject>(resource: ResourceKind, keep?: (object: T) => T, isNews: (change: CacheChange<T>) => boolean = () => true): Family<T> {
    const places = resource.namespaced && namespaces.length > 0 ? namespaces : [undefined];
    const caches = places.map((namespace) => {
      const cache = startCache<T>({ client, resource, namespace, clock, log, random: random.fork(`${resource.plural}/${namespace ?? ''}`), ...(keep && { keep }) });
      cache.onChange((change) => {
        if (isNews(change)) options.onNews();
      });
      return cache;
    });
    return { name: resource.plural, caches, list: () => (caches.length === 1 ? (caches[0]?.list() ?? []) : caches.flatMap((cache) => cache.list())) };
  }

  const specs = new Map<string, string>();
  /** Whether what an object asks for is another than when it was seen last; `undefined`: nothing, and it is not remembered. */
  const asksForNew = ({ type, object: { metadata } }: CacheChange<KubernetesObject>, asks: string | undefined): boolean => {
    const uid = metadata?.uid ?? '';
    const before = specs.get(uid);
    if (type === 'removed' || asks === undefined) specs.delete(uid);
    else specs.set(uid, asks);
    return type === 'removed' ? before !== undefined : before !== asks;
  };
  /** Status of our own resources is written by ourselves, every cycle; only specs and labels are news. */
  const specChanged = (change: CacheChange<VariantAutoscaling>): boolean => {
    const { generation, labels, deletionTimestamp } = change.object.metadata ?? {};
    return asksForNew(change, JSON.stringify([generation, labels, deletionTimestamp]));
  };
  /** An autoscaler writes its own status every 15 s: no news to a decision. It is news what one asks for that stands for a variant, and whether it does. */
  const variantChanged = (change: CacheChange<HorizontalPodAutoscaler | ScaledObject>): boolean => {
    const { metadata, spec } = change.object;
    return asksForNew(change, isManaged(change.object) ? JSON.stringify([spec, metadata?.labels, metadata?.annotations, metadata?.deletionTimestamp]) : undefined);
  };

  const variantAutoscalings = follow<VariantAutoscaling>(resources.variantAutoscalings, undefined, specChanged);
  const pods = follow<Pod>(resources.pods, trimPod);
  const deployments = follow<Workload>(resources.deployments, trimWorkload);
  const replicaSets = follow<Workload>(resources.replicaSets, trimReplicaSet, () => false);
  const statefulSets = follow<Workload>(resources.statefulSets, trimWorkload);
  const leaderWorkerSets = follow<Workload>(resources.leaderWorkerSets, trimWorkload);
  const nodes = follow<Node>(resources.nodes, trimNode, () => false);
  const resourceQuotas = follow<ResourceQuota>(resources.resourceQuotas, undefined, () => false);
  const horizontalPodAutoscalers = follow<HorizontalPodAutoscaler>(resources.horizontalPodAutoscalers, trimAutoscaler, variantChanged);
  const scaledObjects = follow<ScaledObject>(resources.scaledObjects, trimAutoscaler, variantChanged);
  const kept = startCache<ConfigMap>({ client, resource: resources.configMaps, namespace: options.kept.namespace, fieldSelector: `metadata.name=${options.kept.name}`, clock, log, random: random.fork('kept') });
  const keptText = (): string | undefined => kept.get(options.kept.namespace, options.kept.name)?.data?.[options.kept.key];
  // nodes and quotas only tell what there is to be had: a controller that may not read them waits for nothing
  const needed: readonly Family<KubernetesObject>[] = [variantAutoscalings, pods, deployments, replicaSets, statefulSets, leaderWorkerSets, horizontalPodAutoscalers, scaledObjects];
  const all = [...needed, nodes, resourceQuotas];
  // most clusters have no LeaderWorkerSet and no KEDA, and miss nothing
  const optional: readonly ObjectCache<KubernetesObject>[] = [...leaderWorkerSets.caches, ...scaledObjects.caches];
  const isWell = (cache: ObjectCache<KubernetesObject>): boolean => cache.problem === undefined || (cache.absent && optional.includes(cache));
  const isOpen = (cache: ObjectCache<KubernetesObject>): boolean => !cache.synced;

  /** A controller that may not read ConfigMaps goes on without what was decided before. */
  async function whenKeptIsRead(signal: AbortSignal): Promise<void> {
    const settled = new AbortController();
    const either = AbortSignal.any([signal, settled.signal]);
    await Promise.race([kept.whenSynced(either), clock.sleep(keptPatienceMs, either)]).finally(() => settled.abort());
  }

  return {
    objects: () => ({
      variantAutoscalings: variantAutoscalings.list(),
      pods: pods.list(),
      deployments: deployments.list(),
      replicaSets: replicaSets.list(),
      statefulSets: statefulSets.list(),
      leaderWorkerSets: leaderWorkerSets.list(),
      nodes: nodes.list(),
      resourceQuotas: resourceQuotas.caches.every(({ synced }) => synced) ? resourceQuotas.list() : undefined,
      horizontalPodAutoscalers: horizontalPodAutoscalers.list(),
      scaledObjects: scaledObjects.list(),
      keptDecisions: new Map(readKeptDecisions(keptText() ?? '').map((decision) => [decision.uid, decision])),
    }),
    keptText,
    variantAutoscaling(namespace, name) {
      for (const cache of variantAutoscalings.caches) {
        const found = cache.get(namespace, name);
        if (found) return found;
      }
      return undefined;
    },
    problems: () => all.flatMap(({ name, caches }) => caches.flatMap((cache) => (isWell(cache) || cache.problem === undefined ? [] : [{ about: name, message: cache.problem }]))),
    current: () => needed.every(({ caches }) => caches.every(isWell)),
    waitingFor: () => needed.filter(({ caches }) => caches.some(isOpen)).map(({ name }) => name),
    async whenSynced(signal) {
      await Promise.all([...needed.flatMap(({ caches }) => caches.map((cache) => cache.whenSynced(signal))), whenKeptIsRead(signal)]);
    },
    async stop() {
      await kept.stop();
      await Promise.all(all.flatMap(({ caches }) => caches.map((cache) => cache.stop())));
    },
  };
}

/** Pods are most of what is cached; of each, what attribution and engine recognition read. */
function trimPod({ apiVersion, kind, metadata, spec, status }: Pod): Pod {
  const cost = metadata?.annotations?.[deletionCostAnnotation];
  const kept = identity({ apiVersion, kind, metadata });
  return {
    ...kept,
    ...(cost !== undefined && { metadata: { ...kept.metadata, annotations: { [deletionCostAnnotation]: cost } } }),
    ...(spec && { spec: trimPodSpec(spec) }),
    status: {
      ...(status?.phase && { phase: status.phase }),
      ...(status?.podIP && { podIP: status.podIP }),
      conditions: (status?.conditions ?? []).filter(({ type }) => type === 'Ready' || type === 'PodScheduled'),
    },
  };
}

function trimPodSpec({ containers, initContainers, nodeName, nodeSelector, affinity }: PodSpec): PodSpec {
  const initial = (initContainers ?? []).filter(({ resources: wanted }) => wanted !== undefined);
  return {
    ...(initial.length > 0 && { initContainers: initial.map(({ name, resources: wanted }) => ({ name, ...definedOnly({ resources: wanted }) })) }),
    containers: containers.map(({ name, image, command, args, ports, resources: wanted }) => ({ name, ...definedOnly({ image, command, args, ports, resources: wanted }) })),
    ...definedOnly({ nodeName, nodeSelector, affinity }),
  };
}

/** Workloads keep their spec, templates included: accelerators, ports and roles stand there. */
function trimWorkload({ apiVersion, kind, metadata, spec, status }: Workload): Workload {
  return { ...identity({ apiVersion, kind, metadata }), ...definedOnly({ spec, status }) };
}

function trimReplicaSet({ apiVersion, kind, metadata }: Workload): Workload {
  return identity({ apiVersion, kind, metadata });
}

function trimNode({ apiVersion, kind, metadata, spec, status }: Node): Node {
  const { allocatable, conditions } = status ?? {};
  const isReady = (conditions ?? []).filter(({ type }) => type === 'Ready');
  return { ...identity({ apiVersion, kind, metadata }), ...definedOnly({ spec }), status: { ...(allocatable && { allocatable }), conditions: isReady } };
}

/** Of an autoscaler's annotations those by which it stands for a variant are read; others are as long as people and tools like. */
function trimAutoscaler<T extends HorizontalPodAutoscaler | ScaledObject>({ apiVersion, kind, metadata, spec }: T): T {
  const annotations = Object.fromEntries(Object.entries(metadata?.annotations ?? {}).filter(([name]) => name.startsWith(annotationPrefix)));
  const kept = identity({ apiVersion, kind, metadata });
  return { ...kept, metadata: { ...kept.metadata, ...(Object.keys(annotations).length > 0 && { annotations }) }, ...definedOnly({ spec }) } as T;
}

function identity({ apiVersion, kind, metadata }: { apiVersion: string | undefined; kind: string | undefined; metadata: KubernetesObject['metadata'] }): KubernetesObject {
  const { annotations: _annotations, ...kept } = metadata ?? {};
  return definedOnly({ apiVersion, kind, metadata: kept });
}

function definedOnly<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
