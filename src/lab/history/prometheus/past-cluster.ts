import { noObjects, takeSnapshot, type ClusterObjects, type ClusterSnapshot, type ScaleProblem, type SnapshotOptions } from '../../../observe/index.ts';
import type { PodAddress } from '../../../prometheus/index.ts';
import type { Pod, Scale, VariantAutoscaling, Workload } from '../../../wire/index.ts';
import type { Segment } from '../column-chunk.ts';
import type { Answers } from './answers.ts';
import { podsOf, targetOf, type PastPod } from './past-pods.ts';
import { desiredOf, replicasOf, targetsOf, type PastReplicas, type PastTarget, type ReplicaSource } from './past-targets.ts';
import { changes, tracksOf } from './tracks.ts';

export interface PastClusterOptions {
  /** Resources, targets and autoscalers as they are today: history has their numbers, and not their specs. */
  readonly objects: ClusterObjects;
  readonly snapshot: SnapshotOptions;
  readonly stepMs: number;
}

/** What the API server knew during a stretch, as far as series tell. */
export interface PastStretch {
  readonly segments: readonly Segment[];
  /** Every pod of the variants, for who asks what it said. */
  readonly pods: readonly (PodAddress & { readonly createdAtMs: number })[];
}

export interface PastCluster {
  read(answers: Answers, timesMs: Float64Array): PastStretch;
  /** Where numbers came from, by target. */
  sources(): ReadonlyMap<string, ReplicaSource>;
  /** Engines that serve somewhere in these namespaces and are no variant's. */
  strangers(): readonly string[];
}

interface Owned {
  readonly pod: PastPod;
  readonly target: PastTarget;
  readonly createdAtMs: number;
}

const watchedLists: Readonly<Record<string, 'deployments' | 'statefulSets' | 'leaderWorkerSets'>> = {
  'apps/Deployment': 'deployments',
  'apps/StatefulSet': 'statefulSets',
  'leaderworkerset.x-k8s.io/LeaderWorkerSet': 'leaderWorkerSets',
};
const targetLabel = 'wva.llmd.ai/history-target';

/**
 * Writes the objects down that the API server must have had, at every cycle at which something changed, and takes the product's own
 * snapshot of them. Stretches are given in their order.
 */
export function createPastCluster({ objects, snapshot: options, stepMs }: PastClusterOptions): PastCluster {
  const today = takeSnapshot(objects, options, 0);
  const targets = targetsOf(today.variants.map(({ variant }) => variant));
  const accelerators = new Map(today.variants.map(({ variant }) => [variant.key, variant.accelerator]));
  const fromStatus = new Set(today.variants.filter(({ variant }) => variant.acceleratorSource === 'Status').map(({ variant }) => variant.key));
  const resources = new Map<string, { readonly desired: number; readonly resource: VariantAutoscaling }>();
  const firstSeenMs = new Map<string, number>();
  const readySinceMs = new Map<string, number>();
  const sources = new Map<string, ReplicaSource>();
  const strangers = new Set<string>();
  let isFirst = true;

  function createdAt(pod: PastPod, timesMs: Float64Array): number {
    if (pod.createdSeconds !== undefined) return pod.createdSeconds * 1000;
    const key = `${pod.namespace}/${pod.name}`;
    const known = firstSeenMs.get(key);
    if (known !== undefined) return known;
    const cycle = timesMs.findIndex((_, index) => isThere(pod, index));
    // one that was there when history began may be of any age
    const atMs = isFirst && cycle <= 0 ? 0 : (timesMs[Math.max(0, cycle)] ?? 0) - stepMs;
    firstSeenMs.set(key, atMs);
    return atMs;
  }

  function read(answers: Answers, timesMs: Float64Array): PastStretch {
    const targetTracks = tracksOf(answers.targets, timesMs, stepMs);
    const owned: Owned[] = [];
    for (const pod of podsOf(tracksOf(answers.pods, timesMs, stepMs), tracksOf(answers.presence, timesMs, stepMs))) {
      const target = targetOf(pod, targets);
      if (target) owned.push({ pod, target, createdAtMs: createdAt(pod, timesMs) });
      else if (pod.presence) strangers.add(`${pod.namespace}/${pod.name}`);
    }
    const asked = new Map(targets.map((target) => [target.key, askedOf(target)]));
    const desired = new Map(targets.flatMap((target) => target.variants.map((variant) => [variant.key, desiredOf(target, variant, targetTracks)] as const)));

    function askedOf(target: PastTarget): PastReplicas {
      const told = replicasOf(target, targetTracks);
      sources.set(target.key, told?.source ?? 'pods');
      if (told) return told;
      const own = owned.filter((one) => one.target === target).map(({ pod }) => pod);
      // where no engine of any target is seen, it is not the pods that are gone
      const asked = Float64Array.from(timesMs, (_, cycle) => (owned.some(({ pod }) => isThere(pod, cycle)) ? own.filter((pod) => isThere(pod, cycle)).length : Number.NaN));
      return { source: 'pods', asked };
    }

    const watched = [...[...asked.values()].flatMap(({ asked: replicas, ready }) => [replicas, ready]), ...desired.values(), ...owned.flatMap(({ pod }) => [pod.info ?? pod.presence, pod.placed, pod.ready, pod.readySinceSeconds, pod.deleted, pod.pending, pod.finished])];
    const changed = changes(timesMs.length, watched.filter((values) => values !== undefined));
    const segments: Segment[] = [];
    for (let cycle = 0; cycle < timesMs.length; cycle++) {
      if (changed[cycle] === 0) continue;
      const atMs = timesMs[cycle] as number;
      segments.push({ fromCycle: cycle, snapshot: snapshotAt(cycle, atMs, owned, asked, desired) });
    }
    isFirst = false;
    return { segments, pods: addressesOf(segments) };
  }

  /** Where history does not say when a pod became ready: when it is seen to be, unless it was as history began. */
  function readySince(pod: PastPod, cycle: number, atMs: number): number | undefined {
    if (!isReady(pod, cycle)) {
      readySinceMs.delete(pod.uid);
      return undefined;
    }
    const told = pod.readySinceSeconds?.[cycle] ?? Number.NaN;
    if (!Number.isNaN(told)) return told * 1000;
    const known = readySinceMs.get(pod.uid) ?? (isFirst && cycle === 0 ? Number.NaN : atMs);
    readySinceMs.set(pod.uid, known);
    return Number.isNaN(known) ? undefined : known;
  }

  function snapshotAt(cycle: number, atMs: number, owned: readonly Owned[], asked: ReadonlyMap<string, PastReplicas>, desired: ReadonlyMap<string, Float64Array | undefined>): ClusterSnapshot {
    const there = owned.filter(({ pod }) => isThere(pod, cycle));
    const lists: { deployments: Workload[]; statefulSets: Workload[]; leaderWorkerSets: Workload[] } = { deployments: [], statefulSets: [], leaderWorkerSets: [] };
    const otherScales = new Map<string, Scale | ScaleProblem>();
    for (const target of targets) {
      const told = asked.get(target.key);
      const replicas = told?.asked[cycle] ?? Number.NaN;
      const list = watchedLists[`${target.apiVersion.split('/')[0]}/${target.kind}`];
      if (Number.isNaN(replicas)) otherScales.set(target.key, { problem: 'NotYetKnown', detail: 'History does not say how many replicas it asked for.' });
      else if (list) {
        const status = told?.ready?.[cycle] ?? Number.NaN;
        const readyReplicas = Number.isNaN(status) ? there.filter((one) => one.target === target && isReady(one.pod, cycle)).length : status;
        lists[list].push(workloadOf(target, list, replicas, readyReplicas));
      } else otherScales.set(target.key, { spec: { replicas }, status: { replicas, selector: `${targetLabel}=${selectorValue(target)}` } });
    }
    const variantAutoscalings = objects.variantAutoscalings.map((resource) => {
      const key = `${resource.metadata?.namespace}/${resource.metadata?.name}`;
      const number = desired.get(key)?.[cycle] ?? Number.NaN;
      const last = resources.get(key);
      // an object that stays the same is checked once
      if (last && Object.is(last.desired, number)) return last.resource;
      const then = resourceAt(resource, number, accelerators.get(key) ?? '', fromStatus.has(key), atMs);
      resources.set(key, { desired: number, resource: then });
      return then;
    });
    const { nodes, horizontalPodAutoscalers, scaledObjects } = objects;
    const pods = there.map((one) => podAt(one, cycle, readySince(one.pod, cycle, atMs)));
    const { inventory: _, ...seen } = takeSnapshot({ ...noObjects, ...lists, variantAutoscalings, nodes, horizontalPodAutoscalers, scaledObjects, otherScales, pods }, options, atMs);
    // the nodes are today's, and who else held their accelerators then, nobody wrote down
    return seen;
  }

  function workloadOf(target: PastTarget, list: 'deployments' | 'statefulSets' | 'leaderWorkerSets', replicas: number, readyReplicas: number): Workload {
    const known = objects[list].find(({ metadata }) => metadata?.name === target.name && metadata.namespace === target.namespace);
    const { name, namespace } = target;
    return { ...known, metadata: { ...known?.metadata, name, namespace, uid: target.key }, spec: { ...known?.spec, replicas }, status: { readyReplicas } };
  }

  function addressesOf(segments: readonly Segment[]): PastStretch['pods'] {
    const pods = new Map<string, PastStretch['pods'][number]>();
    for (const { snapshot } of segments) {
      for (const { variant, pods: own } of snapshot.variants) {
        for (const { pod, uid, ip, ports, createdAtMs } of own) {
          pods.set(uid, { namespace: variant.namespace, pod, uid, ip, ports, engine: variant.engine, modelID: variant.modelID, ready: true, createdAtMs });
        }
      }
    }
    return [...pods.values()];
  }

  return { read, sources: () => sources, strangers: () => [...strangers] };
}

function isThere({ info, presence }: PastPod, cycle: number): boolean {
  const values = info ?? presence;
  return values !== undefined && !Number.isNaN(values[cycle]);
}

/** Without kube-state-metrics an engine that is scraped counts as ready. */
function isReady({ ready, info, presence }: PastPod, cycle: number): boolean {
  if (ready) return ready[cycle] === 1;
  return info === undefined && presence !== undefined && !Number.isNaN(presence[cycle]);
}

function selectorValue({ kind, name }: PastTarget): string {
  return `${kind}.${name}`;
}

function podAt({ pod, target, createdAtMs }: Owned, cycle: number, readySinceMs: number | undefined): Pod {
  const ready = isReady(pod, cycle);
  const scheduled = ready || (pod.info === undefined ? true : pod.placed !== undefined && !Number.isNaN(pod.placed[cycle]));
  const finished = pod.finished?.[cycle] === 1;
  const pending = pod.pending === undefined ? !scheduled : pod.pending[cycle] === 1;
  const deleted = pod.deleted?.[cycle];
  return {
    metadata: {
      name: pod.name,
      namespace: target.namespace,
      uid: pod.uid,
      creationTimestamp: new Date(createdAtMs).toISOString(),
      labels: { [targetLabel]: selectorValue(target) },
      ownerReferences: [{ apiVersion: target.apiVersion, kind: target.kind, name: target.name, uid: target.key, controller: true }],
      ...(deleted === undefined || Number.isNaN(deleted) ? {} : { deletionTimestamp: new Date(deleted * 1000).toISOString() }),
    },
    spec: { containers: [], ...(scheduled ? { nodeName: pod.node === '' ? 'unknown' : pod.node } : {}) },
    status: {
      phase: finished ? 'Succeeded' : pending ? 'Pending' : 'Running',
      podIP: pod.ip,
      conditions: [
        ...(scheduled && pod.scheduledSeconds !== undefined ? [{ type: 'PodScheduled', status: 'True' as const, lastTransitionTime: new Date(pod.scheduledSeconds * 1000).toISOString() }] : []),
        { type: 'Ready', status: ready ? 'True' : 'False', ...(readySinceMs === undefined ? {} : { lastTransitionTime: new Date(readySinceMs).toISOString() }) },
      ],
    },
  };
}

/**
 * The resource as it was: its spec of today, and of its status only what was desired at the time. An accelerator that only the
 * status of today knows is known from there in the past too.
 */
function resourceAt(resource: VariantAutoscaling, desired: number, accelerator: string, isFromStatus: boolean, atMs: number): VariantAutoscaling {
  const { deletionTimestamp: _gone, ...metadata } = resource.metadata ?? {};
  const { status: _today, ...rest } = resource;
  if (Number.isNaN(desired)) return { ...rest, metadata, ...(isFromStatus ? { status: { desiredOptimizedAlloc: { accelerator } } } : {}) };
  return { ...rest, metadata, status: { desiredOptimizedAlloc: { accelerator, numReplicas: desired, lastRunTime: new Date(atMs).toISOString() } } };
}
