/** A stretch of load: Poisson arrivals at a rate that moves in a straight line from `from` to `to`. */
export interface TrafficStage {
  readonly durationMs: number;
  /** Requests per second at the start of the stage. */
  readonly from: number;
  /** Requests per second at its end. */
  readonly to: number;
}

/** How many tokens a request has: normal around the mean, cut to [lowest, highest]. */
export interface TokenDistribution {
  readonly mean: number;
  readonly standardDeviation: number;
  readonly lowest: number;
  readonly highest: number;
}

export interface Traffic {
  /** The served model's name. */
  readonly modelID: string;
  readonly namespace: string;
  readonly stages: readonly TrafficStage[];
  /** Begins again after the last stage; otherwise there is no traffic after it. */
  readonly repeat?: boolean;
  readonly promptTokens: TokenDistribution;
  readonly generationTokens: TokenDistribution;
}
