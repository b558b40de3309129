import type { EngineArguments, PastConditions, StatusUpdate, TargetState, Variant } from '../../../src/model/index.ts';
import type { ClusterSnapshot, SnapshotPod, SnapshotVariant } from '../../../src/observe/index.ts';
import { splitTarget } from '../../../src/observe/shared-targets.ts';
import { noonMs } from '../decide/scene.ts';
import type { Faults } from './faults.ts';
import { boundsOf } from './follower.ts';
import type { VariantPlan } from './plan.ts';
import { acceleratorResource, acceleratorsOf, type Room } from './room.ts';
import { isReady, type ScaleTarget, type WorldPod } from './scale-target.ts';

/** What statuses say: by variant key. They outlive the controller. */
export type Statuses = Map<string, { readonly lastDesired?: NonNullable<SnapshotVariant['lastDesired']>; readonly conditions: PastConditions }>;

/** A world's time as the product tells it. */
export function clockOf(atMs: number): number {
  return noonMs + atMs;
}

/** What the API server would show of the world. */
export function snapshotOf(targets: readonly ScaleTarget[], statuses: Statuses, faults: Faults, nowMs: number, room?: Room): ClusterSnapshot {
  const [inventory, quotas] = [room?.pools(), room?.quotas()];
  return { atMs: clockOf(nowMs), variants: targets.flatMap((target) => seenOf(target, statuses, faults, nowMs)), conflicts: [], invalid: [], ...(inventory && { inventory }), ...(quotas && { quotas }) };
}

function seenOf(target: ScaleTarget, statuses: Statuses, faults: Faults, nowMs: number): SnapshotVariant[] {
  const { plan, variants, pods, model } = target;
  const unread = faults.on('target-unread', nowMs, model);
  const isThere = target.exists && unread === undefined;
  const keyOf = ({ name }: VariantPlan): string => `${plan.namespace}/m${model}-${name}`;
  const seen = isThere ? pods : [];
  const shares = splitTarget(
    variants.map((variant) => ({ key: keyOf(variant), accelerator: variant.accelerator, wanted: statuses.get(keyOf(variant))?.lastDesired?.replicas ?? 0 })),
    seen.map((pod) => ({ pod, isLive: pod.terminatingSinceMs === undefined })),
    isThere ? target.spec : 0,
    ({ pod }, accelerator) => Number(pod.scheduledAtMs !== undefined && pod.variant.accelerator === accelerator),
  );
  const targetState: TargetState = isThere
    ? { kind: 'found', replicas: target.spec, readyReplicas: pods.filter((pod) => isReady(pod, nowMs)).length, scalable: true, ...followerOf(target) }
    : { kind: 'missing', why: target.exists ? (unread !== undefined && unread.share < 0.5 ? 'Forbidden' : 'NotYetKnown') : 'NotFound', detail: 'a fault' };
  return variants.map((variant) => {
    const key = keyOf(variant);
    const status = statuses.get(key);
    const share = shares.get(key);
    return {
      variant: variantOf(target, variant, key),
      targetState,
      currentReplicas: share?.replicas ?? 0,
      pods: (share?.pods ?? []).map(({ pod }) => podOf(pod, nowMs)),
      ...(variant.accelerators !== undefined && { request: { resource: acceleratorResource, onPods: [variant.accelerators] } }),
      ...(variant.argumentsKnown && { engineArguments: argumentsOf(variant) }),
      ...(status?.lastDesired && { lastDesired: status.lastDesired }),
      lastConditions: status?.conditions ?? {},
    };
  });
}

function argumentsOf({ server: { maxSequences } }: VariantPlan): EngineArguments {
  return { memoryFraction: 0.9, blockTokens: 16, kvCacheType: 'auto', tensorParallel: 1, maxSequences, maxBatchedTokens: 8192, chunkedPrefill: true, eager: false };
}

function followerOf({ plan, name, variants }: ScaleTarget) {
  if (plan.actuation === 'direct') return {};
  return { scaledBy: `HorizontalPodAutoscaler/${name}`, follower: { name, ...boundsOf(variants), averageValue: 1, tolerance: { up: plan.tolerance, down: plan.tolerance } } };
}

function variantOf({ plan, name, model }: ScaleTarget, variant: VariantPlan, key: string): Variant {
  return {
    key,
    uid: `uid-${key}`,
    namespace: plan.namespace,
    name: `m${model}-${variant.name}`,
    generation: 1,
    createdAtMs: 0,
    target: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    modelID: plan.modelID,
    accelerator: variant.accelerator,
    acceleratorSource: 'Spec',
    acceleratorCount: acceleratorsOf(variant),
    costPerHour: variant.costPerHour,
    minReplicas: variant.minAssumed ? 1 : variant.min,
    ...(variant.minAssumed && { minReplicasAssumed: true }),
    ...(variant.max !== undefined && { maxReplicas: variant.max }),
    role: variant.role ?? 'both',
    engine: 'vllm',
    ...(variant.mode !== 'act' && { policy: { mode: variant.mode } }),
    mode: variant.mode,
    actuation: plan.actuation,
  };
}

function podOf(pod: WorldPod, nowMs: number): SnapshotPod {
  const { name, uid, createdAtMs, scheduledAtMs, terminatingSinceMs, readyAtMs } = pod;
  const scheduled = scheduledAtMs !== undefined;
  const ready = scheduled && readyAtMs <= nowMs;
  return {
    pod: name,
    uid,
    createdAtMs: clockOf(createdAtMs),
    phase: scheduled ? 'Running' : 'Pending',
    scheduled,
    ...(scheduled && { scheduledAtMs: clockOf(scheduledAtMs) }),
    ...(!scheduled && { unschedulable: { sinceMs: clockOf(createdAtMs), message: '0/4 nodes are available.' } }),
    ready,
    ...(ready && { readySinceMs: clockOf(readyAtMs) }),
    terminating: terminatingSinceMs !== undefined,
    ip: scheduled ? '127.0.0.1' : '',
    ports: [],
  };
}

/** Statuses as they are after these updates, where the API server takes them. */
export function written(statuses: Statuses, updates: readonly StatusUpdate[]): void {
  for (const { resource, variant, desired, decidedAtMs, conditions } of updates) {
    statuses.set(resource.key, {
      ...(variant !== undefined && desired !== undefined && { lastDesired: { replicas: desired, atMs: decidedAtMs ?? 0, accelerator: variant.accelerator } }),
      conditions: Object.fromEntries(conditions.map(({ type, status, reason }) => [type, { status, reason }])),
    });
  }
}
