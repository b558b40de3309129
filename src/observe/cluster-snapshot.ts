import type { Actuation, InvalidVariant, Observation, ReplicaObservation, TargetConflict, VariantObservation } from '../model/index.ts';

/** How the installation looks at the cluster. */
export interface SnapshotOptions {
  /** How decisions reach targets whose resource does not say it itself. */
  readonly actuation: Actuation;
  /** Only resources with this value of the label wva.llmd.ai/controller-instance are ours; unset: all of them. */
  readonly controllerInstance?: string;
  /** Namespaces whose pods are watched; unset or empty: all of them. */
  readonly watchNamespaces?: readonly string[];
}

/** One pod of a variant, before anybody has asked for its metrics. */
export interface SnapshotPod extends Omit<ReplicaObservation, 'readings' | 'outdated'> {
  /** Empty while it has none. */
  readonly ip: string;
  /** Ports to try for /metrics, the likeliest first. */
  readonly ports: readonly number[];
  /** What its engine is made from; absent where nobody knows. */
  readonly revision?: string;
}

export interface SnapshotVariant extends Omit<VariantObservation, 'replicas' | 'unmatchedPods' | 'revision'> {
  readonly pods: readonly SnapshotPod[];
}

/** What the API server knows about the variants and their replicas. JSON-safe. */
export interface ClusterSnapshot {
  readonly atMs: number;
  readonly variants: readonly SnapshotVariant[];
  readonly conflicts: readonly TargetConflict[];
  readonly invalid: readonly InvalidVariant[];
  readonly inventory?: NonNullable<Observation['inventory']>;
  readonly quotas?: NonNullable<Observation['quotas']>;
}
