import { groupBy } from '../base/index.ts';
import { unknownLabel, type AcceleratorSource, type ResourceIdentity, type Role, type Variant } from '../model/index.ts';
import { acceleratorLabel, type Node, type ParsedVariantAutoscaling } from '../wire/index.ts';
import { policyOfResource } from './resource-policy.ts';
import { affineAccelerator, normalizeAccelerator, productOf, selectedAccelerator } from './accelerators.ts';
import type { Declaration } from './annotated-scalers.ts';
import type { SnapshotOptions } from './cluster-snapshot.ts';
import { engineOf, servedModelOf } from './engines.ts';
import { instant } from './instant.ts';
import type { PodFacts } from './pod-facts.ts';
import type { OtherScaler, ResolvedTarget } from './targets.ts';

const roleLabel = 'llm-d.ai/role';

export function identityOf({ object, scaler, isNamesake }: Declaration): ResourceIdentity {
  const { namespace = '', name = '', uid = '', generation = 0 } = object.metadata ?? {};
  // what is remembered is remembered by key: one that only shares a name must not share a memory
  const key = isNamesake ? `${namespace}/${name} (${scaler?.kind})` : `${namespace}/${name}`;
  return { key, uid, namespace, name, generation, ...(scaler && { scaler }) };
}

/** A resource and its target made into a variant, bounds still as if the target were its own. */
export function variantOf(
  resource: ParsedVariantAutoscaling,
  identity: ResourceIdentity,
  target: ResolvedTarget,
  scaler: OtherScaler | undefined,
  nodes: ReadonlyMap<string, Node>,
  options: SnapshotOptions,
): Variant {
  const { spec } = resource;
  const pod = target.template?.spec;
  const max = spec.maxReplicas ?? scaler?.maxReplicas;
  const said = policyOfResource(spec);
  return {
    ...identity,
    createdAtMs: instant(resource.metadata.creationTimestamp) ?? 0,
    target: spec.scaleTargetRef,
    modelID: spec.modelID ?? servedModelOf(pod) ?? '',
    ...acceleratorOf(resource, target, nodes),
    acceleratorCount: spec.acceleratorCount ?? (target.acceleratorsPerReplica || 1),
    costPerHour: Number(spec.variantCost),
    minReplicas: spec.minReplicas ?? (spec.scaleToZero?.enabled ? 0 : (scaler?.minReplicas ?? 1)),
    ...(spec.minReplicas === undefined && { minReplicasAssumed: true as const }),
    ...(max === undefined ? {} : { maxReplicas: max }),
    role: spec.role ?? roleOf(target.template?.metadata?.labels?.[roleLabel]),
    engine: spec.engine === 'auto' ? engineOf(pod) : spec.engine,
    ...(said && { policy: said }),
    mode: said?.mode ?? 'act',
    actuation: spec.actuation ?? options.actuation,
  };
}

/**
 * Asks, in this order: the spec, the label of the first releases, the pods' node selector, their node
 * affinity, the nodes they run on, what status says was found before.
 */
function acceleratorOf(
  resource: ParsedVariantAutoscaling,
  target: ResolvedTarget,
  nodes: ReadonlyMap<string, Node>,
): { accelerator: string; acceleratorSource: AcceleratorSource } {
  const pod = target.template?.spec;
  const { desiredOptimizedAlloc, currentAlloc } = resource.status ?? {};
  const answers: readonly [AcceleratorSource, () => string | undefined][] = [
    ['Spec', () => resource.spec.accelerator],
    ['Label', () => resource.metadata.labels?.[acceleratorLabel]],
    ['NodeSelector', () => selectedAccelerator(pod)],
    ['NodeAffinity', () => affineAccelerator(pod)],
    ['Nodes', () => commonestProduct(target.pods, nodes)],
    ['Status', () => desiredOptimizedAlloc?.accelerator || currentAlloc?.accelerator],
  ];
  for (const [acceleratorSource, ask] of answers) {
    const accelerator = ask()?.trim();
    if (accelerator && accelerator !== unknownLabel) return { accelerator, acceleratorSource };
  }
  return { accelerator: unknownLabel, acceleratorSource: 'Unknown' };
}

function commonestProduct(pods: readonly PodFacts[], nodes: ReadonlyMap<string, Node>): string | undefined {
  const products = pods
    .map(({ node }) => productOf(nodes.get(node)))
    .filter((product) => product !== undefined)
    .map(normalizeAccelerator);
  const counted = [...groupBy(products, (product) => product).values()];
  return counted.toSorted((a, b) => b.length - a.length || ((a[0] as string) < (b[0] as string) ? -1 : 1))[0]?.[0];
}

function roleOf(label: string | undefined): Role {
  return label === 'prefill' || label === 'decode' ? label : 'both';
}
