import { compareText, inOrder } from '../base/index.ts';
import { targetKey, type FollowingAutoscaler, type ReplicaRequest, type ScaleTarget, type TargetState } from '../model/index.ts';
import type { KubernetesObject, PodTemplateSpec, Scale, Workload } from '../wire/index.ts';
import { acceleratorsOf, requestOf } from './accelerators.ts';
import type { PodIndex } from './attribution.ts';
import type { ClusterObjects, ScaleProblem } from './cluster-objects.ts';
import { followerOf } from './following-autoscaler.ts';
import type { PodFacts } from './pod-facts.ts';
import { isReady } from './snapshot-pod.ts';

/** A scale target, as far as the caches know it, with its pods. */
export interface ResolvedTarget {
  readonly state: TargetState;
  /** Pods that are replicas (leaders of groups) of the target, oldest first. */
  readonly pods: readonly PodFacts[];
  /** What its pods are made from; a target that is known by its scale only has none, and its first pod stands in. */
  readonly template: PodTemplateSpec | undefined;
  /** Accelerators that one replica asks for; 0 when it asks for none. */
  readonly acceleratorsPerReplica: number;
  /** The same by pod; absent when it asks for none. */
  readonly request?: ReplicaRequest;
}

/** Bounds that an autoscaler in the cluster sets to the same target. */
export interface OtherScaler {
  /** `Kind/name`. */
  readonly name: string;
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

/** Looks scale targets up. */
export interface TargetIndex {
  resolve(namespace: string, target: ScaleTarget): ResolvedTarget;
  scalerOf(namespace: string, target: ScaleTarget): OtherScaler | undefined;
}

/** Who else scales a target. */
type Scaled = Pick<Extract<TargetState, { kind: 'found' }>, 'scaledBy' | 'follower'>;

export function indexTargets(objects: ClusterObjects, pods: PodIndex): TargetIndex {
  const workloads = new Map<string, Workload>();
  for (const [kind, list] of [
    ['apps/Deployment', objects.deployments],
    ['apps/StatefulSet', objects.statefulSets],
    ['leaderworkerset.x-k8s.io/LeaderWorkerSet', objects.leaderWorkerSets],
  ] as const) {
    for (const object of list) workloads.set(`${kind}/${object.metadata?.namespace}/${object.metadata?.name}`, object);
  }
  const scalers = indexScalers(objects);
  const followers = new Map<string, FollowingAutoscaler>();
  for (const autoscaler of objects.horizontalPodAutoscalers) {
    const { kind, name } = autoscaler.spec?.scaleTargetRef ?? {};
    const key = `${autoscaler.metadata?.namespace}/${kind}/${name}`;
    const follower = followerOf(autoscaler);
    if (follower && !followers.has(key)) followers.set(key, follower);
  }

  return {
    scalerOf: (namespace, { kind, name }) => scalers.get(`${namespace}/${kind}/${name}`),
    resolve(namespace, target) {
      const key = `${namespace}/${target.kind}/${target.name}`;
      const [scaledBy, follower] = [scalers.get(key)?.name, followers.get(key)];
      const by: Scaled = { ...(scaledBy === undefined ? {} : { scaledBy }), ...(follower && { follower }) };
      const workload = workloads.get(`${groupOf(target.apiVersion)}/${target.kind}/${namespace}/${target.name}`);
      if (workload) return ofWorkload(workload, pods, by);
      return ofScale(objects.otherScales.get(targetKey({ namespace, target })), namespace, target, pods, by);
    },
  };
}

function ofWorkload(workload: Workload, pods: PodIndex, by: Scaled): ResolvedTarget {
  const { spec, status, metadata } = workload;
  const group = spec?.leaderWorkerTemplate;
  // a group without a leader template makes its leader from the workers' template
  const template = group ? (group.leaderTemplate ?? group.workerTemplate) : spec?.template;
  const followers = group ? Math.max(0, (group.size ?? 1) - 1) : 0;
  const request = requestOf(template?.spec, group?.workerTemplate?.spec, followers);
  return {
    state: {
      kind: 'found',
      replicas: spec?.replicas ?? 1,
      readyReplicas: status?.readyReplicas ?? 0,
      scalable: true,
      ...by,
    },
    pods: oldestFirst(pods.ownedBy(metadata?.uid ?? '')),
    template,
    acceleratorsPerReplica: acceleratorsOf(template?.spec) + followers * acceleratorsOf(group?.workerTemplate?.spec),
    ...(request && { request }),
  };
}

function ofScale(
  known: Scale | ScaleProblem | undefined,
  namespace: string,
  target: ScaleTarget,
  pods: PodIndex,
  by: Scaled,
): ResolvedTarget {
  if (known === undefined || 'problem' in known) {
    const state: TargetState = known
      ? { kind: 'missing', why: known.problem, detail: known.detail }
      : { kind: 'missing', why: 'NotFound', detail: `There is no ${target.kind} ${target.name} in namespace ${namespace}.` };
    return { state, pods: [], template: undefined, acceleratorsPerReplica: 0 };
  }
  const selected = oldestFirst(pods.selectedBy(namespace, known.status?.selector ?? ''));
  const first = selected[0]?.pod;
  const template = first?.spec ? { metadata: first.metadata ?? {}, spec: first.spec } : undefined;
  const request = requestOf(template?.spec);
  return {
    state: {
      kind: 'found',
      replicas: known.spec?.replicas ?? 0,
      readyReplicas: selected.filter(({ pod }) => isReady(pod)).length,
      scalable: true,
      ...by,
    },
    pods: selected,
    template,
    acceleratorsPerReplica: acceleratorsOf(template?.spec),
    ...(request && { request }),
  };
}

/** A ScaledObject comes before the HorizontalPodAutoscaler that KEDA makes from it: it is the one that people edit. */
function indexScalers(objects: ClusterObjects): ReadonlyMap<string, OtherScaler> {
  const scalers = new Map<string, OtherScaler>();
  const add = (object: KubernetesObject, kind: string, target: { kind?: string; name?: string } | undefined, min: number, max: number): void => {
    const key = `${object.metadata?.namespace}/${target?.kind ?? 'Deployment'}/${target?.name}`;
    if (!scalers.has(key)) scalers.set(key, { name: `${kind}/${object.metadata?.name}`, minReplicas: min, maxReplicas: max });
  };
  for (const object of objects.scaledObjects) {
    const { scaleTargetRef, minReplicaCount, maxReplicaCount } = object.spec ?? {};
    // KEDA's own defaults
    add(object, 'ScaledObject', scaleTargetRef, minReplicaCount ?? 0, maxReplicaCount ?? 100);
  }
  for (const object of objects.horizontalPodAutoscalers) {
    if (object.spec) add(object, 'HorizontalPodAutoscaler', object.spec.scaleTargetRef, object.spec.minReplicas ?? 1, object.spec.maxReplicas);
  }
  return scalers;
}

function oldestFirst(pods: readonly PodFacts[]): readonly PodFacts[] {
  return inOrder(pods, (a, b) => compareText(a.createdAt, b.createdAt) || compareText(a.name, b.name));
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}
