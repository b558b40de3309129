/** Seconds at quantiles of what completed in a window; absent where nothing did. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** What the clients of one model saw. */
export interface TrafficStats {
  readonly modelID: string;
  readonly namespace: string;
  readonly arrivals: number;
  readonly completions: number;
  /** Requests that ended without an answer: their pod went away, or there was none. */
  readonly lost: number;
  readonly inFlight: number;
  /** Accepted by the router and not yet given to a pod, because none was ready. */
  readonly held: number;
  /** Requests per second asked for by the scenario at this moment. */
  readonly offeredPerSecond: number;
  readonly ttftSeconds?: Percentiles;
  readonly tpotSeconds?: Percentiles;
  /** Of everything that completed since the start. */
  readonly overall: { readonly ttftSeconds?: Percentiles; readonly tpotSeconds?: Percentiles };
}

/** One Deployment (or StatefulSet) of servers. */
export interface TargetStats {
  readonly namespace: string;
  readonly name: string;
  readonly kind: string;
  readonly modelID: string;
  readonly accelerator: string;
  readonly specReplicas: number;
  readonly readyReplicas: number;
  readonly startingReplicas: number;
  readonly drainingReplicas: number;
  readonly replicaHours: number;
  readonly cost: number;
}

export interface WorldStats {
  readonly atMs: number;
  readonly traffic: readonly TrafficStats[];
  readonly targets: readonly TargetStats[];
  /** Cost of all replica-hours so far, starting and draining ones included. */
  readonly cost: number;
}
