import { targetKey, type Variant } from '../../../model/index.ts';
import { merged, namespaceOf, type Track } from './tracks.ts';

/** A scale target of the variants. */
export interface PastTarget {
  readonly key: string;
  readonly namespace: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly variants: readonly Variant[];
}

export function targetsOf(variants: readonly Variant[]): PastTarget[] {
  const targets = new Map<string, PastTarget & { variants: Variant[] }>();
  for (const variant of variants) {
    const key = targetKey(variant);
    const known = targets.get(key);
    if (known) known.variants.push(variant);
    else targets.set(key, { key, namespace: variant.namespace, ...variant.target, variants: [variant] });
  }
  return [...targets.values()];
}

/** Where the number of replicas of a target comes from. */
export type ReplicaSource = 'kube-state-metrics' | 'wva_current_replicas' | 'pods';

export interface PastReplicas {
  readonly source: ReplicaSource;
  /** `spec.replicas` at each cycle; NaN where it is not known. */
  readonly asked: Float64Array;
  /** How many of them its status called ready; absent where history does not say. */
  readonly ready?: Float64Array;
}

const kubeNames: Readonly<Record<string, { readonly label: string; readonly asked: string; readonly ready: string }>> = {
  Deployment: { label: 'deployment', asked: 'kube_deployment_spec_replicas', ready: 'kube_deployment_status_replicas_ready' },
  StatefulSet: { label: 'statefulset', asked: 'kube_statefulset_replicas', ready: 'kube_statefulset_status_replicas_ready' },
};

/** What was asked of a target: by kube-state-metrics, else by the controller of the time; `undefined` where neither says. */
export function replicasOf(target: PastTarget, tracks: readonly Track[]): PastReplicas | undefined {
  const kube = kubeNames[target.kind];
  const told = (series: string | undefined): Float64Array | undefined =>
    tracks
      .filter(({ name, labels }) => name === series && kube !== undefined && labels[kube.label] === target.name && namespaceOf(labels) === target.namespace)
      .reduce<Float64Array | undefined>((all, { values }) => merged(all, values), undefined);
  const asked = told(kube?.asked);
  const ready = told(kube?.ready);
  if (asked) return { source: 'kube-state-metrics', asked, ...(ready && { ready }) };
  const own = new Map<string, Float64Array>();
  for (const { name, labels, values } of tracks) {
    if (name !== 'wva_current_replicas' || !isOf(target, labels)) continue;
    const accelerator = labels['accelerator_type'] ?? '';
    own.set(accelerator, merged(own.get(accelerator), values));
  }
  if (own.size === 0) return undefined;
  const together = [...own.values()].reduce((all, values) => all.map((value, index) => (Number.isNaN(value) ? (values[index] as number) : value + (Number.isNaN(values[index]) ? 0 : (values[index] as number)))));
  return { source: 'wva_current_replicas', asked: together };
}

/** What the controller of the time desired of a variant. */
export function desiredOf(target: PastTarget, { accelerator }: Variant, tracks: readonly Track[]): Float64Array | undefined {
  return tracks
    .filter(({ name, labels }) => name === 'wva_desired_replicas' && isOf(target, labels) && labels['accelerator_type'] === accelerator)
    .reduce<Float64Array | undefined>((all, { values }) => merged(all, values), undefined);
}

function isOf({ namespace, kind, name }: PastTarget, labels: Readonly<Record<string, string>>): boolean {
  return labels['target_name'] === name && labels['target_kind'] === kind && namespaceOf(labels) === namespace;
}
