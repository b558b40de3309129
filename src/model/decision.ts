import type { QueueingMemory, TakenBack, ThroughputMemory, TokensMemory } from './analyzer-memory.ts';
import type { DecisionBasis } from './basis.ts';
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
export const conditionTypes = ['Ready', 'TargetResolved', 'MetricsAvailable', 'OptimizationReady', 'AcceleratorsAvailable', 'TargetConflict', 'Actuated'] as const;

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
  /** The arithmetic behind it; absent where nothing was reckoned, and in records of format 1. */
  readonly basis?: DecisionBasis;
}

/** What the controller remembers from cycle to cycle. Plain data, JSON-safe. */
export interface Memory {
  /** By variant key, `namespace/name`. */
  readonly variants: Readonly<Record<string, VariantMemory>>;
  /** By the work that variants share: role, namespace and model. */
  readonly models: Readonly<Record<string, ModelMemory>>;
}

/** What is remembered of the requests of one model's part. */
export interface ModelMemory {
  readonly shape: ShapeMemory;
  /** Absent while no rate of arrivals has been known. */
  readonly demand?: DemandMemory;
  /** Absent while no rate of arrivals has been known. */
  readonly restraint?: RestraintMemory;
  /** Present while replicas stand still, and for a look after it. */
  readonly standstill?: StandstillMemory;
  /** Since when no request has come, run or waited. */
  readonly idleSinceMs?: number;
  /** Absent while nobody has told how long requests take, and where there are no targets. */
  readonly budget?: ErrorBudget;
  /** Absent while never more than one variant was at work. */
  readonly spread?: SpreadMemory;
}

/** How far apart the replicas of several variants were by each measure by which a router may give requests: squared logarithms of the largest by the smallest, added up; older ones count less. */
export interface SpreadMemory {
  /** Requests in flight on one replica. */
  readonly inFlight: number;
  /** Requests that come to one replica. */
  readonly requests: number;
  /** Requests in flight by what its cache holds. */
  readonly cache: number;
  /** How many looks that was. */
  readonly looks: number;
  readonly atMs: number;
}

/** Replicas whose pages show the same again and again although they say that they run requests. */
export interface StandstillMemory {
  /** How many do. */
  readonly replicas: number;
  /** When one was seen to move again, by the time of its sample. */
  readonly movedAtMs?: number;
}

/** What keeps from removing replicas that would be called back. */
export interface RestraintMemory {
  /** Replicas that were decided last, of all variants together. */
  readonly decided: number;
  /** Requests per second that a removal of the last look had to leave carried, and that all replicas were thought to carry. */
  readonly weighed: number;
  readonly carried: number;
  /** The last removal, where none was called back since: what it was weighed by, and what was thought to be carried before it. */
  readonly removal?: { readonly atMs: number; readonly weighed: number; readonly carried: number; readonly drifted: boolean };
  /** What the replicas were thought to carry that a load turned out to need: fewer were tried, requests waited, and they were called back although no more came than had been weighed. */
  readonly needed?: { readonly atMs: number; readonly perSecond: number; readonly carried: number };
  /** Removals that were called back soon, for more came than had been weighed; older ones count less. */
  readonly undone: number;
  /** Pairs of a time and the requests per second that came then, highest and oldest first: the levels from which the load has drifted down. */
  readonly levels: readonly number[];
  readonly atMs: number;
}

/** Requests that were answered, and those of them that missed a target; older ones count less. */
export interface ErrorBudget {
  readonly requests: number;
  readonly late: number;
  readonly atMs: number;
}

/** Sums over what has not been forgotten: of `requests` that ended, and of sequences that ran, weighted by seconds. */
export interface ShapeMemory {
  readonly requests: number;
  readonly promptTokens: number;
  readonly generationTokens: number;
  readonly hitTokens: number;
  /** Windows, and the squared deviations of their mean prompts, each times its requests: the variance of prompts. */
  readonly windows: number;
  readonly promptSquares: number;
  /** Sequence seconds, and token seconds in the KV cache of them. */
  readonly running: number;
  readonly resident: number;
  /** Tokens that an answer of today has at least, by those that are generated for each request that comes; only of servers that do nothing else. */
  readonly answersAtLeast?: number;
  /** Tokens that a prompt of today has at least, by those of the last minute; only of servers that compute nothing else. */
  readonly promptsAtLeast?: number;
  readonly atMs: number;
}

export interface DemandMemory {
  /** Pairs of a time and the requests per second since the one before, of the last minutes, oldest first: `[atMs, rate, atMs, rate, ...]`. */
  readonly rates: readonly number[];
  /** Variance of the rates by that of Poisson arrivals, 1 or more. */
  readonly dispersion: number;
  /** Increases that are over, oldest first. */
  readonly rises: readonly Rise[];
  /** The increase that is going on. */
  readonly rising?: Rise;
  /** Forecasts whose time has not come, `[dueMs, rate of then, forecast]`, oldest first. */
  readonly forecasts: readonly (readonly [number, number, number])[];
  /** Squared errors of past forecasts, and of having said that nothing will change; what is older counts less. */
  readonly forecastErrors: { readonly trend: number; readonly none: number };
  /** When the load was first seen. */
  readonly sinceMs: number;
  /** Requests that came since then; what is older counts less. */
  readonly requests: number;
  /** The highest rate from which the load has come down again, and when it did. */
  readonly peak?: { readonly perSecond: number; readonly atMs: number };
  /** The highest rate since it last came down. */
  readonly climb: number;
  /** Absent where the load was seen for the first time. */
  readonly reversion?: Reversion;
}

/** How a load goes on from the level that it has. */
export interface Reversion {
  /** Levels whose time has not come, oldest first: when it will, the level, the mean of then, and what was foretold where something was. */
  readonly open: readonly (readonly [dueMs: number, perSecond: number, mean: number, forecast?: number])[];
  /** A level, the one that followed a horizon later, and the mean at the level's time, of the last two hours: three numbers each, oldest first. */
  readonly seen: readonly number[];
  /** Levels of the last minutes, one each, oldest first, and their mean. */
  readonly lately: readonly number[];
  readonly mean: number;
  /** Squared errors of past forecasts, and of having said that nothing will change; what is older counts less. */
  readonly errors: { readonly reverting: number; readonly none: number };
  /** How many forecasts were held against what came. */
  readonly judged: number;
  /** Absent while little is known. */
  readonly law?: ReversionLaw;
  /** Present where the law is believed. By how much more came than it expected, requests per second, the most first; and the sum of all that came. */
  readonly beyond?: { readonly excesses: readonly number[]; readonly came: number };
}

export interface ReversionLaw {
  /** The part of a difference to the mean that stays for one horizon, 0..1. */
  readonly stays: number;
  /** The part of the minutes in which the level crossed its mean. */
  readonly crossed: number;
  /** The furthest below the mean and above it that levels were, requests per second. */
  readonly lowest: number;
  readonly highest: number;
}

/** An increase of the rate within one start-up time, beyond noise. */
export interface Rise {
  readonly atMs: number;
  /** Requests per second. */
  readonly increase: number;
  /** The rate before it. */
  readonly from: number;
  /** Standard deviation of the increase as it was measured. */
  readonly deviation: number;
  /** By how much it is likelier than none: the logarithm of the ratio. */
  readonly evidence: number;
}

/** Evidence about the time of an iteration: a Gaussian over its four parameters in information form. */
export interface LawMemory {
  readonly prior: { readonly mean: readonly number[]; readonly deviation: readonly number[] };
  /** Upper triangle, row by row. */
  readonly precision: readonly number[];
  readonly pull: readonly number[];
  /** Windows of a minute that it was learned from. */
  readonly windows: number;
  readonly atMs: number;
}

/** Sequences that the engine of a replica runs at once. */
export interface SequencesMemory {
  /** The most that one replica was seen to run. */
  readonly most: number;
  /** Looks at which as many ran while others waited that there was room for; how often the batch was replaced meanwhile; and the time of the newest such sample. */
  readonly looks?: number;
  readonly renewals?: number;
  readonly atMs?: number;
}

/** Times from creation to readiness of the newest pods. */
export interface StartupMemory {
  /** Pods that are there and have been counted. */
  readonly uids: readonly string[];
  readonly timesMs: readonly number[];
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
  /** Replicas that held accelerators when its target was last read, where they were more than `desired`: some were ending. */
  readonly holds?: number;
  /** Since when others have held beyond their fair share what it lacks. */
  readonly claimedSinceMs?: number;
  /** Since when the scale target has not been there. */
  readonly targetGoneSinceMs?: number;
  /** KV cache of one replica in tokens, as last reported. */
  readonly kvCapacityTokens?: number;
  /** What the engine is made from of which `law`, `startup` and `sequences` tell, and when it became that; absent while it has never been another one. */
  readonly revision?: string;
  readonly revisedAtMs?: number;
  readonly law?: LawMemory;
  readonly startup?: StartupMemory;
  readonly sequences?: SequencesMemory;
  /** Of the analyzers of the same names. */
  readonly tokens?: TokensMemory;
  readonly throughput?: ThroughputMemory;
  readonly queueing?: QueueingMemory;
  readonly takenBack?: TakenBack;
  /** No node takes its pods: others are asked for until then. The wait doubles each time. */
  readonly avoided?: {
    readonly sinceMs: number;
    readonly untilMs: number;
    readonly waitMs: number;
    /** Replicas without a node, and those that had one. */
    readonly refused: number;
    readonly placed: number;
    /** What the scheduler said of the first; empty where it said nothing. */
    readonly message: string;
    /** The inventory showed no room for one. */
    readonly hadNoRoom?: boolean;
  };
  readonly conditions: PastConditions;
}

export const emptyMemory: Memory = { variants: {}, models: {} };
