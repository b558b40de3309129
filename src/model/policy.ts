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

/** What may change while the process runs. Options that are fixed at start live in `config`. */
export interface Policy {
  readonly saturation: SaturationPolicy;
  /** Overrides by `{modelID}#{namespace}`, field by field. */
  readonly overrides: Readonly<Record<string, Partial<SaturationPolicy>>>;
  /** A reading older than this is stale and never a reason to scale down. */
  readonly staleAfterMs: number;
  /** Replicas are removed only after the recommendation has been lower for this long. */
  readonly scaleDownStabilizationMs: number;
  /** A pod that is not ready after this long no longer counts as capacity to come. */
  readonly pendingExpiryMs: number;
  /** At most this fraction of a variant's replicas (and at least one) is removed at a time. */
  readonly scaleDownMaxFraction: number;
  /** At most this factor of growth of a model's replicas per decision (and at least one replica). */
  readonly scaleUpMaxFactor: number;
  /** Removal is weighed with this fraction of load added: what remains never shares it out perfectly. */
  readonly scaleDownMargin: number;
}

export const defaultPolicy: Policy = {
  saturation: { kvCacheThreshold: 0.8, queueLengthThreshold: 5, kvSpareTrigger: 0.1, queueSpareTrigger: 3 },
  overrides: {},
  staleAfterMs: 60_000,
  scaleDownStabilizationMs: 120_000,
  pendingExpiryMs: 600_000,
  scaleDownMaxFraction: 0.25,
  scaleUpMaxFactor: 2,
  scaleDownMargin: 0.15,
};
