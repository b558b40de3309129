import type { Analyzer } from './policy.ts';
import type { MissingReason } from './reading.ts';

/**
 * The arithmetic behind one decision, as data: what went in, what a replica was thought to carry and how that is known, what the load needs, and what was chosen
 * before what else. What is per model is the same in the decisions of all its variants. JSON-safe: what is not known, or has no limit, is absent.
 */
export interface DecisionBasis {
  readonly analyzer: Analyzer;
  /** What the load was read from, of all variants of the model's part. */
  readonly inputs: readonly BasisInput[];
  /** What the requests of late are like; of the analyzer `learned`, as are the next three. */
  readonly requests?: RequestShape;
  /** Of one replica of this variant. */
  readonly capacity?: ReplicaCapacity;
  /** Absent where nobody tells the rate of requests. */
  readonly need?: Need;
  /** Absent where nothing was weighed: the decision is held, or there is no load at all. */
  readonly choice?: ChoiceBasis;
  /** Of the other analyzers. */
  readonly analysis?: AnalysisBasis;
}

export interface BasisInput {
  /** Sums over replicas, but for the use of KV caches, which is a mean, and the slowest latencies: the highest mean that a replica has. */
  readonly name: 'arrivalsPerSecond' | 'waiting' | 'running' | 'kvUsedFraction' | 'slowestTtftSeconds' | 'slowestItlSeconds';
  readonly from: 'router' | 'replicas';
  readonly freshness: 'fresh' | 'stale' | 'missing';
  readonly value?: number;
  /** Of the oldest sample in it, by the sample's own time. */
  readonly ageMs?: number;
  /** Why it is missing. */
  readonly why?: MissingReason;
  /** How many of the serving replicas tell it as fresh as that. */
  readonly told?: number;
  readonly of?: number;
}

export interface RequestShape {
  readonly meanPromptTokens: number;
  readonly meanGenerationTokens: number;
  readonly prefixHitFraction: number;
  /** In the KV cache for each running sequence. */
  readonly residentTokens: number;
}

/** Whether a replica's engine was told how many sequences to run at once; or most engines run as many by themselves; or its replicas were seen to. */
export type BatchSource = 'Argument' | 'Assumed' | 'Seen';

/** What one replica of a variant may be given, and how that is known. */
export interface ReplicaCapacity {
  /** From its own replicas; from another variant and data sheets; or not at all. */
  readonly known: 'Learned' | 'Guessed' | 'Unknown';
  /** Key of that variant. */
  readonly guessedFrom?: string;
  /** Requests per second with headroom for chance and for the reserve, and the same in the worst case that removals are weighed by. */
  readonly sustainedPerSecond?: number;
  readonly surelyPerSecond?: number;
  /** Requests per second with no headroom, and what keeps it from more. */
  readonly fullPerSecond?: number;
  readonly limitedBy?: 'KvCache' | 'InterTokenLatency' | 'TimeToFirstToken' | 'Sequences' | 'Prefill';
  /** Sequences that run then, and requests that may wait beside them within the TTFT target. */
  readonly sequences?: number;
  readonly queue?: number;
  /** Sequences that its engine runs at once at the most, and how that is known; only of a replica that answers. */
  readonly batch?: { readonly most: number; readonly from: BatchSource };
  /** That one prompt takes it; only of a replica that computes prompts and answers nothing, which has no sequences. */
  readonly promptSeconds?: number;
  readonly kvCapacityTokens?: number;
  readonly law?: CapacityLaw;
  readonly startup: {
    readonly medianMs: number;
    /** Nine of ten are ready by then. */
    readonly lateMs: number;
    /** Starts that it was learned from; 0: it is assumed. */
    readonly seen: number;
  };
}

/** Time of one iteration: base + per running sequence + per 1000 tokens in the KV cache + per 1000 prompt tokens computed. */
export interface CapacityLaw {
  readonly baseMs: number;
  readonly perSequenceMs: number;
  readonly perResidentMs: number;
  readonly perPromptMs: number;
  /** Minutes of one replica that it was learned from; older ones count less. */
  readonly windows: number;
  /** Standard deviation of the time at the full batch, as a share of it. */
  readonly deviationFraction: number;
}

/** What the load needs until a replica that is asked for now serves, requests per second. `totalPerSecond` is what arrives and what drains the queue that is there or foreseen. */
export interface Need {
  /** Where arrivals are counted. */
  readonly source: 'router' | 'replicas';
  readonly totalPerSecond: number;
  readonly arrivingPerSecond: number;
  readonly backlogPerSecond: number;
  /** Requests that wait, those that will wait besides by the time that a replica which is asked for now serves, and those that may. */
  readonly waiting: number;
  readonly foreseenWaiting: number;
  readonly allowedWaiting: number;
  /** Since the look before. */
  readonly measuredPerSecond: number;
  /** The mean since it last changed, with its standard deviation; `before` it, where it changed at once. */
  readonly levelPerSecond: number;
  readonly levelDeviationPerSecond: number;
  readonly levelSinceMs: number;
  readonly beforePerSecond?: number;
  /** Present where the load returns to a mean faster than replicas start: what is expected by then and reckoned with, that mean, and the part of a difference to it that stays, 0..1. */
  readonly expectedPerSecond?: number;
  readonly meanPerSecond?: number;
  readonly stayingFraction?: number;
  /** The most that the total may in truth be, and the level to which the load may drift back: removals are weighed by the higher one. */
  readonly atMostPerSecond: number;
  readonly mayReturnToPerSecond: number;
  /** A rise that has to be borne before new replicas serve, and what of it the trend alone brings. */
  readonly reservePerSecond: number;
  readonly trendPerSecond: number;
  readonly horizonMs: number;
  /** The share of requests that may miss a target until then, 0..1: headroom is for the others. It follows from the SLO and from what is left of its error budget. */
  readonly lateAllowedFraction: number;
  /** The requests of the last hours, older ones counting less, and those of them that missed a target; absent where nobody tells. */
  readonly answered?: { readonly requests: number; readonly late: number };
}

/** So many replicas of each variant, and what they cost together. */
export interface MixBasis {
  /** In the order of the choice's `variants`. */
  readonly replicas: readonly number[];
  readonly costPerHour: number;
  readonly carriesPerSecond: number;
  /** Whether that is as much as is needed. */
  readonly enough: boolean;
}

export interface ChoiceBasis {
  /** What was weighed: what to add to what there is, what of it to keep, or any mix in its stead. */
  readonly among: 'Additions' | 'Removals' | 'AnyMix';
  /** Keys of the variants that share the work. */
  readonly variants: readonly string[];
  /** What it had to carry. */
  readonly neededPerSecond: number;
  readonly chosen: MixBasis;
  /** The cheapest other one that would do, of those from which nothing could be left out; absent: there is none. */
  readonly runnerUp?: MixBasis;
  /** A cheaper mix that is not changed to, and why. */
  readonly notWorthIt?: { readonly mix: MixBasis; readonly savingPerHour: number; readonly because: 'SavesTooLittle' | 'PaysBackTooSlowly' };
}

/** What an analyzer other than `learned` reckoned, in its own unit of capacity. */
export interface AnalysisBasis {
  readonly unit: 'replicas' | 'tokens' | 'tokens/s' | 'requests/s';
  /** Of the replicas that serve. */
  readonly serving: number;
  /** Called for, where that is more than serves; enough after a removal, where one is allowed. */
  readonly required?: number;
  readonly sufficient?: number;
  /** Of one replica of this variant. */
  readonly perReplica?: number;
  readonly keep?: 'HeldMetricsPartial' | 'HeldSaturated';
}
