import type { ConditionState, TrailStep } from './decision.ts';
import type { ReasonCode } from './reasons.ts';
import type { ScaleTarget, Variant } from './variant.ts';

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
  /** When the decision was made; 0 age is this cycle. */
  readonly decidedAtMs: number;
}

/** Everything that /metrics and the external metrics API say about replicas: replaced as a whole each cycle. */
export interface SeriesSnapshot {
  readonly atMs: number;
  readonly series: readonly ReplicaSeries[];
  /** Where the numbers came from: this process's decisions, or the status that the leader wrote. */
  readonly source: 'decision' | 'status';
}

export interface StatusUpdate {
  readonly variant: Variant;
  readonly current: number;
  readonly readyReplicas: number;
  readonly desired?: number;
  readonly reason: ReasonCode;
  readonly trail: readonly TrailStep[];
  readonly conditions: readonly ConditionState[];
  readonly load: Readonly<Record<string, number | undefined>>;
}

export interface EventNote {
  readonly variant: Variant;
  readonly type: 'Normal' | 'Warning';
  readonly reason: ReasonCode;
  readonly message: string;
}

export interface ScaleWrite {
  readonly variantKeys: readonly string[];
  readonly namespace: string;
  readonly target: ScaleTarget;
  readonly replicas: number;
}

/** All that a cycle wants changed in the world, in the order in which it is done: series, statuses, events, scales. */
export interface Emission {
  readonly series: readonly ReplicaSeries[];
  readonly statuses: readonly StatusUpdate[];
  readonly events: readonly EventNote[];
  readonly scales: readonly ScaleWrite[];
  /** Counted in `wva_replica_scaling_total`: one per variant whose desired count changed. */
  readonly scalings: readonly { readonly series: ReplicaSeries; readonly direction: 'up' | 'down'; readonly reason: ReasonCode }[];
}
