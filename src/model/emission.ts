import type { ConditionState, TrailStep } from './decision.ts';
import type { KeptDecision } from './kept-decisions.ts';
import type { ReasonCode } from './reasons.ts';
import type { ResourceIdentity, ScaleTarget, Variant } from './variant.ts';

/** The four labels of a replica series, already sanitised. `targetKind` is the plain kind ("Deployment"). */
export interface ReplicaSeries {
  readonly targetName: string;
  readonly targetKind: string;
  readonly namespace: string;
  readonly acceleratorType: string;
  /** Owner, for `wva_variant_info` and for the optional `variant_name` label. */
  readonly variantName: string;
  readonly modelName: string;
  readonly costPerHour: number;
  readonly role: string;
  readonly current: number;
  readonly desired: number;
  /** When `desired` last became another number. */
  readonly decidedAtMs: number;
  /** True when the last decision is being kept because something is not known, or because of a pause. */
  readonly held: boolean;
}

/** Everything that /metrics and the external metrics API say about replicas: replaced as a whole each cycle. */
export interface SeriesSnapshot {
  readonly atMs: number;
  readonly series: readonly ReplicaSeries[];
  /** Where the numbers came from: this process's decisions, or the status that the leader wrote. */
  readonly source: 'decision' | 'status';
}

/** What the status of one resource is to say. */
export interface StatusUpdate {
  readonly resource: ResourceIdentity;
  /** Absent when the spec could not be used: then only the conditions are written and the numbers stay as they are. */
  readonly variant?: Variant;
  readonly current?: number;
  readonly readyReplicas?: number;
  /** Absent with `variant` present: undecided, and the desired allocation is taken out of the status. */
  readonly desired?: number;
  /** The desired count before, if there was one: `desired - previous` is the signed change. */
  readonly previous?: number;
  /** When `desired` last became another number. */
  readonly decidedAtMs?: number;
  readonly reason: ReasonCode;
  readonly trail: readonly TrailStep[];
  /** Without `Actuated`, which act adds; where it is here already, act leaves it as it is. */
  readonly conditions: readonly ConditionState[];
  readonly load: Readonly<Record<string, number | undefined>>;
  /** Why the autoscaler of the target will let the decision be, if it will. */
  readonly notFollowed?: string;
}

export interface EventNote {
  readonly resource: ResourceIdentity;
  readonly type: 'Normal' | 'Warning';
  readonly reason: ReasonCode;
  readonly message: string;
}

/** The count that the scale subresource of a target is to have: the sum over its variants. */
export interface ScaleWrite {
  readonly variantKeys: readonly string[];
  readonly namespace: string;
  readonly target: ScaleTarget;
  readonly replicas: number;
  /** `spec.replicas` when we looked; equal to `replicas` when nothing needs to be written. */
  readonly currentReplicas: number;
}

/** What a pod is to cost when replicas of its Deployment are removed; the cheapest go first. */
export interface DeletionCost {
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  readonly cost: number;
}

/** All that a cycle wants changed in the world, in the order in which it is done: series, deletion costs, scales, statuses, events. */
export interface Emission {
  readonly series: readonly ReplicaSeries[];
  readonly statuses: readonly StatusUpdate[];
  readonly events: readonly EventNote[];
  readonly scales: readonly ScaleWrite[];
  /** Of pods that have another one; absent where there are none, and wherever nothing is removed. */
  readonly deletionCosts?: readonly DeletionCost[];
  /** Decisions about variants without a status, all of them; absent where there are none. */
  readonly kept?: readonly KeptDecision[];
  /** Counted in `wva_replica_scaling_total`: one per variant whose desired count changed. */
  readonly scalings: readonly { readonly series: ReplicaSeries; readonly direction: 'up' | 'down'; readonly reason: ReasonCode }[];
}

/** How often one series' desired count went one way for one reason since this process began to decide. */
export interface ScalingCount {
  readonly series: ReplicaSeries;
  readonly direction: 'up' | 'down';
  readonly reason: string;
  readonly count: number;
}

/** Who answers `external.metrics.k8s.io` in this cluster. */
export type ExternalMetricsOwner =
  | { readonly kind: 'disabled' }
  | { readonly kind: 'ours' }
  | { readonly kind: 'none' }
  /** `service`: `namespace/name`. */
  | { readonly kind: 'other'; readonly service: string }
  | { readonly kind: 'unknown'; readonly why: string };
