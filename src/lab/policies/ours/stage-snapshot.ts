import type { AcceleratorPool, Actuation, EngineArguments, Variant } from '../../../model/index.ts';
import type { ClusterSnapshot, SnapshotPod, SnapshotVariant } from '../../../observe/index.ts';
import { profileOf } from '../../scenario/index.ts';
import type { PolicyStage, StageAccelerators, StagePod, StageVariant } from '../../stage/policy-stage.ts';

/**
 * The stage as the product's caches would show it: a VariantAutoscaling and a Deployment for each variant, with its pods.
 * In a cluster `takeSnapshot` makes this out of API objects.
 */
export function snapshotOfStage(stage: PolicyStage, actuation: Actuation): ClusterSnapshot {
  const pools = stage.accelerators();
  return {
    atMs: stage.now(),
    variants: stage.variants.map((variant) => seen(stage, variant, actuation)),
    conflicts: [],
    invalid: [],
    ...(pools.length > 0 && { inventory: pools.map(poolOf) }),
  };
}

/** The stage has no nodes: as if all accelerators of a name were on one. */
function poolOf({ accelerator, capacity, held }: StageAccelerators): AcceleratorPool {
  const free = capacity - held;
  return { accelerator, products: [accelerator], nodes: 1, capacity, usedByVariants: held, usedByOthers: 0, freeOnNodes: free > 0 ? [free] : [], complete: true };
}

/** The resource's name: variants of different models may have the same one in a scenario. */
export function resourceName(variant: StageVariant): string {
  return variant.key.replaceAll('/', '-');
}

function seen(stage: PolicyStage, of: StageVariant, actuation: Actuation): SnapshotVariant {
  const { spec, ready, pods } = stage.replicas(of.key);
  return {
    variant: variantOf(of, actuation),
    targetState: { kind: 'found', replicas: spec, readyReplicas: ready, scalable: true, ...(actuation === 'metric' && { scaledBy: `HorizontalPodAutoscaler/${resourceName(of)}` }) },
    currentReplicas: spec,
    pods: pods.map((pod) => podOf(pod, of.accelerator)),
    engineArguments: engineArgumentsOf(of),
    lastConditions: {},
  };
}

/** What the manifest of a server with these limits would say. The size of its cache is the engine's to measure. */
function engineArgumentsOf({ variant, acceleratorsPerReplica }: StageVariant): EngineArguments {
  const { maxSequences, tokenBudget, blockTokens, maxModelTokens } = profileOf(variant).serving;
  return { memoryFraction: 0.9, blockTokens, kvCacheType: 'auto', tensorParallel: acceleratorsPerReplica, maxSequences, maxBatchedTokens: tokenBudget, maxContextTokens: maxModelTokens, chunkedPrefill: true, eager: false };
}

function variantOf(of: StageVariant, actuation: Actuation): Variant {
  const { model, variant, accelerator, acceleratorsPerReplica, costPerHour } = of;
  const name = resourceName(of);
  return {
    key: `${model.namespace}/${name}`,
    uid: `uid-${name}`,
    namespace: model.namespace,
    name,
    generation: 1,
    createdAtMs: 0,
    target: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    modelID: model.id,
    accelerator,
    acceleratorSource: 'Spec',
    acceleratorCount: acceleratorsPerReplica,
    costPerHour,
    minReplicas: variant.minReplicas,
    maxReplicas: variant.maxReplicas,
    role: variant.role,
    engine: 'vllm',
    policy: {
      priority: model.priority,
      scaleToZero: model.variants.every(({ minReplicas }) => minReplicas === 0),
      slo: model.slo.tpotSeconds === undefined ? { ttftSeconds: model.slo.ttftSeconds } : { ttftSeconds: model.slo.ttftSeconds, itlSeconds: model.slo.tpotSeconds },
    },
    mode: 'act',
    actuation,
  };
}

/** The stage's scheduler looks at a pod in the moment in which it is made: one without accelerators was refused then. */
function podOf({ name, uid, createdAtMs, scheduled, scheduledAtMs, ready, readySinceMs, terminating }: StagePod, accelerator: string): SnapshotPod {
  return {
    pod: name,
    uid,
    createdAtMs,
    phase: ready || terminating ? 'Running' : 'Pending',
    scheduled,
    ...(scheduledAtMs === undefined ? {} : { scheduledAtMs }),
    ...(scheduled || terminating ? {} : { unschedulable: { sinceMs: createdAtMs, message: `No node has as many free accelerators ${accelerator} as the pod asks for.` } }),
    ready,
    ...(readySinceMs === undefined ? {} : { readySinceMs }),
    terminating,
    ip: scheduled ? '127.0.0.1' : '',
    ports: [],
  };
}
