import type { ReasonCode } from './reasons.ts';
import type { Variant } from './variant.ts';

/** One change (or deliberate non-change) of the number of replicas. `to` of a step is `from` of the next. */
export interface TrailStep {
  readonly from: number;
  readonly to: number;
  readonly reason: ReasonCode;
  /** A sentence with the numbers that led to it. */
  readonly sentence: string;
}

/** All conditions of a resource, in the order in which people read them: the summary first. */
export const conditionTypes = ['Ready', 'TargetResolved', 'MetricsAvailable', 'OptimizationReady', 'TargetConflict', 'Actuated'] as const;

export type ConditionType = (typeof conditionTypes)[number];

/** What a condition said before: enough to see whether it changed. */
export type PastConditions = Readonly<Partial<Record<ConditionType, { readonly status: ConditionState['status']; readonly reason: string }>>>;

export interface ConditionState {
  readonly type: ConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: ReasonCode;
  readonly message: string;
}

/** What was decided about one variant. The trail adds up from `current` to `desired`. */
export interface Decision {
  readonly variant: Variant;
  readonly current: number;
  readonly readyReplicas: number;
  /** `undefined`: undecided. No series is served for it. */
  readonly desired?: number;
  /** The desired count before this decision (memory, else status), if there was one. */
  readonly previous?: number;
  /** Key of the variant that owns the target and accelerator when this one is suppressed by a conflict. */
  readonly suppressedBy?: string;
  /** True when the last decision was kept because something was not known, or because of a pause. */
  readonly held: boolean;
  readonly reason: ReasonCode;
  readonly trail: readonly TrailStep[];
  readonly conditions: readonly ConditionState[];
  /** Summaries for status: what this variant's replicas showed, where known. */
  readonly load: {
    readonly arrivalsPerSecond?: number;
    readonly meanPromptTokens?: number;
    readonly meanGenerationTokens?: number;
    readonly ttftSeconds?: number;
    readonly itlSeconds?: number;
    readonly kvUsedFraction?: number;
    readonly waiting?: number;
  };
}

/** What the controller remembers from cycle to cycle. Plain data, JSON-safe. */
export interface Memory {
  /** By variant key, `namespace/name`. */
  readonly variants: Readonly<Record<string, VariantMemory>>;
}

/** Forgotten as a whole when the resource, its target or its accelerator becomes another one. */
export interface VariantMemory {
  readonly uid: string;
  /** `targetKey` of the variant when this was remembered. */
  readonly target: string;
  readonly accelerator: string;
  /** The last decision; `undefined` while nothing has been decided. */
  readonly desired?: number;
  /** When `desired` last became another number. */
  readonly decidedAtMs: number;
  /** Recommendations of the recent past, oldest first, for the stabilisation of scale-down. */
  readonly recommendations: readonly { readonly atMs: number; readonly replicas: number }[];
  /** Since when the target has asked for more replicas than there are pods. */
  readonly podsShortSinceMs?: number;
  /** Since when the scale target has not been there. */
  readonly targetGoneSinceMs?: number;
  /** KV cache of one replica in tokens, as last reported. */
  readonly kvCapacityTokens?: number;
  readonly conditions: PastConditions;
}

export const emptyMemory: Memory = { variants: {} };
