import type { KubernetesObject } from '../wire/index.ts';

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

/**
 * What one replica can do, on one accelerator. The time of one iteration of the engine is
 * `baseMs + prefillTokens × perPrefillTokenMs + sequences × perSequenceMs + residentTokens × perResidentTokenMs`.
 */
export interface ServingProfile {
  readonly modelID: string;
  readonly accelerator: string;
  readonly baseMs: number;
  readonly perPrefillTokenMs: number;
  readonly perSequenceMs: number;
  readonly perResidentTokenMs: number;
  /** Added to what the client sees of the first token and of the end, not to the engine's work. */
  readonly networkMs: number;
  readonly maxSequences: number;
  /** Tokens that one iteration may process; longer prompts are prefilled in chunks. */
  readonly tokenBudget: number;
  readonly kvBlocks: number;
  readonly blockTokens: number;
  readonly maxModelTokens: number;
  readonly costPerHour: number;
}

/** From scheduled to ready: normal around the mean, never below `lowestMs`. */
export interface StartupTime {
  readonly meanMs: number;
  readonly standardDeviationMs: number;
  readonly lowestMs: number;
}

/** A thing that goes wrong at a given time. `pod` and `node` are regular expressions on names. */
export type Fault =
  | { readonly kind: 'pod-never-ready'; readonly atMs: number; readonly pod: string; readonly untilMs?: number }
  | { readonly kind: 'pod-slow'; readonly atMs: number; readonly pod: string; readonly factor: number; readonly untilMs?: number }
  | { readonly kind: 'node-lost'; readonly atMs: number; readonly node: string; readonly untilMs?: number }
  | {
      readonly kind: 'metrics-page';
      readonly atMs: number;
      readonly pod: string;
      /** `slow` answers after 30 s, `garbage` is no exposition, `huge` is 32 MiB, `hangs` never answers. */
      readonly how: 'slow' | 'garbage' | 'huge' | 'hangs' | 'refuses';
      readonly untilMs?: number;
    };

/** A world as data: what stands in the cluster, what it can do, and what happens to it. */
export interface Scenario {
  readonly name: string;
  readonly durationMs: number;
  /** Created in this order before time starts. */
  readonly objects: readonly KubernetesObject[];
  readonly profiles: readonly ServingProfile[];
  readonly traffic: readonly Traffic[];
  /** How long after the start the first request may come, so that the first pods are ready; 0 unless told. */
  readonly warmUpMs?: number;
  readonly startup: StartupTime;
  readonly hpaSyncMs: number;
  /** Names on the metrics pages of the servers; those of today unless told. */
  readonly metricNames?: 'current' | 'old';
  readonly faults: readonly Fault[];
}
