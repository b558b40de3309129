import { compareText, groupBy } from '../base/index.ts';
import { targetKey, type InvalidVariant, type PastConditions, type Variant } from '../model/index.ts';
import { controllerInstanceLabel, type Node, type ParsedVariantAutoscaling, type VariantAutoscaling } from '../wire/index.ts';
import { declarations, type Declaration } from './annotated-scalers.ts';
import { describes, productOf } from './accelerators.ts';
import { indexPods, type PodIndex } from './attribution.ts';
import type { ClusterObjects } from './cluster-objects.ts';
import type { ClusterSnapshot, SnapshotOptions, SnapshotVariant } from './cluster-snapshot.ts';
import { findConflicts } from './conflicts.ts';
import { engineArgumentsOf } from './engine-arguments.ts';
import { servedModelOf } from './engines.ts';
import { instant } from './instant.ts';
import { takeInventory } from './inventory.ts';
import { offlineProfileOf } from './offline-profile.ts';
import type { PodFacts } from './pod-facts.ts';
import { readQuotas } from './quotas.ts';
import { splitTarget } from './shared-targets.ts';
import { snapshotPod } from './snapshot-pod.ts';
import { indexTargets, type OtherScaler, type ResolvedTarget } from './targets.ts';
import { identityOf, variantOf } from './variants.ts';

interface Candidate {
  readonly resource: ParsedVariantAutoscaling;
  readonly variant: Variant;
  readonly target: ResolvedTarget;
  readonly scaler: OtherScaler | undefined;
  readonly lastDesired: SnapshotVariant['lastDesired'];
}

/**
 * One frozen look at what the API server has told us: which variants there are, whose pods are whose. Pure:
 * the same objects in any order give the same snapshot. Whatever a resource says, the others are looked at.
 * @param declared the variants that these objects declare, where they are known already.
 */
export function takeSnapshot(objects: ClusterObjects, options: SnapshotOptions, nowMs: number, declared: readonly Declaration[] = declarations(objects)): ClusterSnapshot {
  const pods = indexPods(objects.pods, objects.replicaSets, objects.statefulSets);
  const targets = indexTargets(objects, pods);
  const nodes = new Map(objects.nodes.map((node) => [node.metadata?.name ?? '', node]));
  const candidates: Candidate[] = [];
  const invalid: InvalidVariant[] = [];
  for (const declaration of declared) {
    const { object, parsed } = declaration;
    if (!isOurs(object, options)) continue;
    const identity = identityOf(declaration);
    if (!parsed.ok) {
      invalid.push({ resource: identity, problems: parsed.problems, lastConditions: conditionsOf(object) });
      continue;
    }
    const resource = parsed.value;
    const { namespace } = resource.metadata;
    const target = targets.resolve(namespace, resource.spec.scaleTargetRef);
    const scaler = targets.scalerOf(namespace, resource.spec.scaleTargetRef);
    const variant = variantOf(resource, identity, target, scaler, nodes, options);
    const lastDesired = declaration.scaler === undefined ? statusDesiredOf(resource) : keptDesiredOf(variant, objects);
    candidates.push({ resource, variant, target, scaler, lastDesired });
  }
  const inventory = takeInventory({
    nodes: objects.nodes,
    pods: pods.all,
    accelerators: candidates.map(({ variant }) => variant.accelerator),
    ofVariants: podsOfReplicas(candidates, pods),
    complete: (options.watchNamespaces ?? []).length === 0,
  });
  const conflicts = findConflicts(candidates.map(({ variant }) => variant));
  const suppressed = new Map(conflicts.flatMap(({ winner, losers }) => losers.map((loser) => [loser, winner] as const)));
  const variants = [...groupBy(candidates, ({ variant }) => targetKey(variant)).values()].flatMap((sharers) =>
    observeTarget(sharers, suppressed, nodes, pods),
  );
  return {
    atMs: nowMs,
    variants: variants.toSorted((a, b) => compareText(a.variant.key, b.variant.key)),
    conflicts,
    invalid: invalid.toSorted((a, b) => compareText(a.resource.key, b.resource.key)),
    ...(inventory && { inventory }),
    ...(objects.resourceQuotas && { quotas: readQuotas(objects.resourceQuotas) }),
  };
}

/** All variants of one target. Those that lost a conflict are shown what the winner has. */
function observeTarget(sharers: readonly Candidate[], suppressed: ReadonlyMap<string, string>, nodes: ReadonlyMap<string, Node>, index: PodIndex): SnapshotVariant[] {
  const owners = sharers.filter(({ variant }) => !suppressed.has(variant.key));
  const [first] = sharers;
  if (!first) return [];
  const { state, pods } = first.target;
  const replicas = state.kind === 'found' ? state.replicas : 0;
  const shares = splitTarget(
    owners.map(({ variant, lastDesired }) => ({ key: variant.key, accelerator: variant.accelerator, wanted: lastDesired?.replicas ?? 0 })),
    pods,
    replicas,
    ({ node }, accelerator) => describes(accelerator, productOf(nodes.get(node)) ?? ''),
  );
  return sharers.map(({ resource, variant, target, scaler, lastDesired }) => {
    const suppressedBy = suppressed.get(variant.key);
    const share = shares.get(suppressedBy ?? variant.key);
    const engineArguments = engineArgumentsOf(first.target.template?.spec, variant.engine);
    const offlineProfile = offlineProfileOf(resource.spec);
    const servedAs = resource.spec.modelID === undefined ? undefined : servedModelOf(first.target.template?.spec);
    return {
      variant: owners.length > 1 ? boundsOfSharer(variant, resource, scaler) : variant,
      targetState: target.state,
      currentReplicas: share?.replicas ?? 0,
      pods: (share?.pods ?? []).map((pod) => snapshotPod(pod, index.workersOf(pod.uid))),
      ...(servedAs !== undefined && servedAs !== variant.modelID && { servedAs }),
      ...(engineArguments && { engineArguments }),
      ...(target.request && { request: target.request }),
      ...(offlineProfile && { offlineProfile }),
      ...(lastDesired === undefined ? {} : { lastDesired }),
      lastConditions: conditionsOf(resource),
      ...(suppressedBy === undefined ? {} : { suppressedBy }),
    };
  });
}

/**
 * The minimum of a target's autoscaler, or 1 by default, is about the target as a whole. Given to each of its
 * variants it would ask for a pod on every accelerator, which nobody can place: the pod lands on another accelerator,
 * is missing again here, and is asked for again. Only a minimum that the resource itself names is its own.
 */
function boundsOfSharer(variant: Variant, resource: ParsedVariantAutoscaling, scaler: OtherScaler | undefined): Variant {
  const max = resource.spec.maxReplicas ?? scaler?.maxReplicas;
  return { ...variant, minReplicas: resource.spec.minReplicas ?? 0, ...(max === undefined ? {} : { maxReplicas: max }) };
}

/** All pods that replicas are made of, the workers of groups included. */
function podsOfReplicas(candidates: readonly Candidate[], index: PodIndex): Set<PodFacts> {
  const found = new Set<PodFacts>();
  for (const { target } of candidates) {
    for (const pod of target.pods) {
      found.add(pod);
      for (const worker of index.workersOf(pod.uid)) found.add(worker);
    }
  }
  return found;
}

function isOurs({ metadata }: VariantAutoscaling, { controllerInstance }: SnapshotOptions): boolean {
  if (metadata?.deletionTimestamp !== undefined) return false;
  return controllerInstance === undefined || metadata?.labels?.[controllerInstanceLabel] === controllerInstance;
}

/**
 * The last decision that status holds, if it was made for this spec: after an edit that we did not see (the
 * controller was down) the number may be about another target.
 */
function statusDesiredOf({ metadata, status }: ParsedVariantAutoscaling): SnapshotVariant['lastDesired'] {
  const allocation = status?.desiredOptimizedAlloc;
  if (allocation?.numReplicas === undefined) return undefined;
  if (status?.observedGeneration !== undefined && status.observedGeneration !== metadata.generation) return undefined;
  const atMs = instant(allocation.lastUpdate?.updateTime) ?? instant(allocation.lastRunTime) ?? 0;
  return { replicas: allocation.numReplicas, atMs, accelerator: allocation.accelerator ?? '' };
}

/** The last decision about an annotated autoscaler, if it was made for this target. */
function keptDesiredOf(variant: Variant, { keptDecisions }: ClusterObjects): SnapshotVariant['lastDesired'] {
  const kept = keptDecisions?.get(variant.uid);
  if (kept?.target !== targetKey(variant)) return undefined;
  return { replicas: kept.replicas, atMs: kept.atMs, accelerator: kept.accelerator };
}

function conditionsOf({ status }: VariantAutoscaling): PastConditions {
  const conditions = Array.isArray(status?.conditions) ? status.conditions : [];
  return Object.fromEntries(conditions.map(({ type, status, reason }) => [type, { status, reason: reason ?? '' }]));
}
