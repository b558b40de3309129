import type { TraceFormat } from './trace/trace-records.ts';

/** Tokens of one request, cut to [lowest, highest]. Of `lognormal`, mean and standard deviation are those of the tokens before the cut. */
export interface TokenShape {
  readonly shape: 'normal' | 'lognormal';
  readonly mean: number;
  readonly standardDeviation: number;
  readonly lowest: number;
  readonly highest: number;
}

/** `share` of the prompts begin with one of `prefixes` texts of `tokens` tokens; the k-th text is chosen in proportion to 1 / k^zipfExponent. */
export interface SharedPrefix {
  readonly share: number;
  readonly prefixes: number;
  readonly tokens: number;
  readonly zipfExponent: number;
}

/** What is drawn by chance for a source that is not a recording. */
export interface Drawn {
  readonly prompt: TokenShape;
  readonly output: TokenShape;
  readonly sharedPrefix?: SharedPrefix | undefined;
  /**
   * `poisson`: by chance. `counted`: by chance, but exactly as many in every stage as its rate and length say, as the load generator inference-perf does.
   * `even`: one each time the rate has added up to one request.
   */
  readonly arrivals: 'poisson' | 'counted' | 'even';
}

export interface ConstantLoad {
  readonly kind: 'constant';
  readonly ratePerSecond: number;
  readonly fromSeconds: number;
  readonly untilSeconds?: number | undefined;
}

export interface StagedLoad {
  readonly kind: 'stages';
  /** A stage with `toPerSecond` moves there in a straight line. */
  readonly stages: readonly { readonly seconds: number; readonly ratePerSecond: number; readonly toPerSecond?: number | undefined }[];
  readonly repeat: boolean;
}

export interface DiurnalLoad {
  readonly kind: 'diurnal';
  readonly lowPerSecond: number;
  readonly highPerSecond: number;
  readonly periodSeconds: number;
  readonly peakAtSeconds: number;
  /** Ornstein-Uhlenbeck in the logarithm, with mean 1: `standardDeviation` is that of the logarithm. */
  readonly noise?: { readonly standardDeviation: number; readonly correlationSeconds: number } | undefined;
}

export interface BurstLoad {
  readonly kind: 'bursts';
  readonly basePerSecond: number;
  /** Added to the base while a burst lasts. */
  readonly burstPerSecond: number;
  /** From the end of a burst to the next one, exponential. */
  readonly meanSecondsBetween: number;
  readonly burstSeconds: number;
}

export type DrawnLoad = ConstantLoad | StagedLoad | DiurnalLoad | BurstLoad;

export interface TraceLoad {
  readonly kind: 'trace';
  readonly file: string;
  readonly format: TraceFormat;
  readonly rateFactor: number;
  readonly timeFactor: number;
  /** The slice that is played, in the trace's own time after its first record. */
  readonly fromSeconds: number;
  readonly untilSeconds?: number | undefined;
  readonly repeat: boolean;
}

/** One source of requests. */
export type WorkloadSpec = (DrawnLoad & Drawn) | TraceLoad;
