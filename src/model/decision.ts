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

export type ConditionType =
  | 'Ready'
  | 'TargetResolved'
  | 'MetricsAvailable'
  | 'OptimizationReady'
  | 'TargetConflict'
  | 'Actuated';

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
  readonly variants: Readonly<Record<string, VariantMemory>>;
}

export interface VariantMemory {
  readonly uid: string;
  readonly desired: number;
  readonly decidedAtMs: number;
  /** Recommendations of the recent past, oldest first, for the stabilisation of scale-down. */
  readonly recommendations: readonly { readonly atMs: number; readonly replicas: number }[];
}

export const emptyMemory: Memory = { variants: {} };
