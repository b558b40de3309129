/** Seconds (TTFT, TPOT) at quantiles over all requests that got so far; absent where there were none. */
export interface LatencyQuantiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** How one policy did in one scenario with one seed, all models together or one of them. */
export interface Scores {
  readonly requests: number;
  readonly completed: number;
  /** Ended without a whole answer: lost with their pod, turned away, timed out. */
  readonly failed: number;
  /** Requests within both SLOs, of all that came. Failed ones are misses. */
  readonly attainment: number;
  /** Requests within both SLOs per second of the episode. */
  readonly goodputPerSecond: number;
  readonly ttftSeconds?: LatencyQuantiles;
  readonly tpotSeconds?: LatencyQuantiles;
  /** From creation to the end of each pod: starting and draining ones included. */
  readonly replicaHours: number;
  readonly gpuHours: number;
  readonly money: number;
  /** Money below which no plan reaches this attainment: a relaxed programme over the load's own time (src/lab/bounds). Several accelerators included. */
  readonly leastMoney: number;
  /** Time average of provisioned pods (not the draining ones, as published runs count). */
  readonly averageReplicas: number;
  readonly peakReplicas: number;
  /** How often a spec.replicas changed, and how often, while the load lasted, in the other direction than the time before. */
  readonly changes: number;
  readonly reversals: number;
  /** Seconds with more ready replicas than the load of the moment needs, and with fewer. Against the model's own capacity at its SLO. */
  readonly overNeedSeconds: number;
  readonly underNeedSeconds: number;
  readonly outputTokens: number;
  readonly preemptions: number;
  readonly episodeSeconds: number;
}

/** Columns of equal length, one row every `stepSeconds`, means or ends of the step. */
export interface Timeline {
  readonly stepSeconds: number;
  readonly models: readonly {
    readonly model: string;
    readonly offeredPerSecond: readonly number[];
    readonly arrivalsPerSecond: readonly number[];
    /** Requests that wait, in routers and engines. */
    readonly waiting: readonly number[];
    readonly ttftP90Seconds: readonly (number | null)[];
    readonly tpotP90Seconds: readonly (number | null)[];
    /** Of the requests that ended in the step. */
    readonly attainment: readonly (number | null)[];
  }[];
  readonly variants: readonly {
    readonly variant: string;
    readonly spec: readonly number[];
    readonly ready: readonly number[];
    readonly starting: readonly number[];
    readonly draining: readonly number[];
    /** Replicas that the load of the step would need, by the variant's own capacity at the SLO; absent where it is not known. */
    readonly need?: readonly number[];
  }[];
}

export interface RunResult {
  readonly format: 1;
  readonly scenario: string;
  readonly policy: string;
  readonly seed: number;
  /** Of scenario, policy settings and code version: a result with another one is run again. */
  readonly fingerprint: string;
  readonly scores: Scores;
  /** By model, in the scenario's order. */
  readonly models: readonly { readonly model: string; readonly scores: Scores }[];
  /** By variant: what it cost. */
  readonly variants: readonly { readonly variant: string; readonly replicaHours: number; readonly money: number }[];
  /** Kept for one seed only, unless asked for. */
  readonly timeline?: Timeline;
  readonly decisions?: readonly { readonly atSeconds: number; readonly variant: string; readonly from: number; readonly to: number; readonly why: string }[];
  /** Wall time that the run took. */
  readonly wallSeconds: number;
}
