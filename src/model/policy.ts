import type { Mode } from './mode.ts';
import type { ScheduledBounds } from './schedule.ts';

/** Thresholds of the saturation analyzer (fields of the saturation scaling ConfigMap). */
export interface SaturationPolicy {
  /** A replica is saturated from this KV cache use on, 0..1. */
  readonly kvCacheThreshold: number;
  /** A replica is saturated from this many waiting requests on. */
  readonly queueLengthThreshold: number;
  /** Scale up when the mean spare KV fraction falls below this. */
  readonly kvSpareTrigger: number;
  /** Scale up when the mean spare queue falls below this. */
  readonly queueSpareTrigger: number;
}

/** The band of use that analyzers which compare demand with capacity keep a model in. */
export interface UtilizationPolicy {
  /** More capacity is called for above this share of it. */
  readonly scaleUpThreshold: number;
  /** Capacity may go as long as the rest stays below this share. */
  readonly scaleDownBoundary: number;
}

/** What users of a model are to notice. Where neither time is given, saturation is what is kept away from. */
export interface Slo {
  /** Time to the first token. */
  readonly ttftSeconds?: number;
  /** Mean time between the tokens of one answer. */
  readonly itlSeconds?: number;
  /** Share of the requests that are to meet both. */
  readonly attainment: number;
}

/** Which law decides: ours, which learns what replicas carry, or one of those that released versions had. */
export const analyzers = ['learned', 'percent', 'tokens', 'throughput', 'queueing'] as const;
export type Analyzer = (typeof analyzers)[number];

/** All that may be said about deciding for one variant, with every question answered. Options that are fixed at start live in `config`. */
export interface Policy {
  readonly analyzer: Analyzer;
  readonly slo: Slo;
  readonly saturation: SaturationPolicy;
  readonly utilization: UtilizationPolicy;
  /** Weight of a model when accelerators are scarce. */
  readonly priority: number;
  /** Whether more than what is free on today's nodes is never asked for. False where nodes come when pods wait for them. */
  readonly limitToInventory: boolean;
  /** Whether what a model runs beyond its fair share of what is scarce may be taken back for others. */
  readonly reclaim: boolean;
  readonly mode: Mode;
  /** Bounds for some hours of the week; at most one entry holds at a time. */
  readonly schedule: readonly ScheduledBounds[];
  /** Whether the last replica may go. */
  readonly scaleToZero: boolean;
  /** How long there must have been no request before it does. */
  readonly retentionMs: number;
  /** How long a replica takes to start, until one has been seen to. */
  readonly startupMs?: number;
  /** Whether load is foreseen, besides being followed. */
  readonly forecast: boolean;
  /** A reading older than this is stale and never a reason to scale down. One for all. */
  readonly staleAfterMs: number;
  /** Replicas are removed only after the recommendation has been lower for this long. */
  readonly scaleDownStabilizationMs: number;
  /** A pod that is not ready after this long no longer counts as capacity to come. */
  readonly pendingExpiryMs: number;
  /** A variant with a replica that the scheduler has refused for this long is given up for others. */
  readonly unschedulableExpiryMs: number;
  /** At most this fraction of a variant's replicas (and at least one) is removed at a time. */
  readonly scaleDownMaxFraction: number;
  /** At most this factor of growth of a model's replicas per decision (and at least one replica). */
  readonly scaleUpMaxFactor: number;
  /** Removal is weighed with this fraction of load added: what remains never shares it out perfectly. */
  readonly scaleDownMargin: number;
  /** Whether pods are told which of them go first when some are removed: those with the least work in flight. Needs the right to write to pods. */
  readonly podDeletionCost: boolean;
}

/** What one layer says: any of the questions, and of the grouped ones any part. A list is said whole. */
export type PolicyLayer = {
  readonly [K in keyof Policy]?: Policy[K] extends readonly unknown[] | string | undefined ? Policy[K] : Policy[K] extends object ? Partial<Policy[K]> : Policy[K];
};

export const defaultPolicy: Policy = {
  analyzer: 'learned',
  slo: { attainment: 0.99 },
  saturation: { kvCacheThreshold: 0.8, queueLengthThreshold: 5, kvSpareTrigger: 0.1, queueSpareTrigger: 3 },
  utilization: { scaleUpThreshold: 0.85, scaleDownBoundary: 0.7 },
  priority: 1,
  limitToInventory: false,
  reclaim: false,
  mode: 'act',
  schedule: [],
  scaleToZero: false,
  retentionMs: 600_000,
  forecast: true,
  staleAfterMs: 60_000,
  scaleDownStabilizationMs: 120_000,
  pendingExpiryMs: 600_000,
  unschedulableExpiryMs: 120_000,
  scaleDownMaxFraction: 0.25,
  scaleUpMaxFactor: 2,
  scaleDownMargin: 0.15,
  podDeletionCost: false,
};
