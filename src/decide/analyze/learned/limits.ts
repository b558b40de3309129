import type { SaturationPolicy, Slo } from '../../../model/index.ts';
import type { IterationLaw } from '../../learn/iteration-law.ts';
import type { Shape } from '../../learn/shape.ts';
import type { PromptQueue } from './prompt-queue.ts';

/** What keeps one replica from carrying more. */
export type LimitedBy = 'KvCache' | 'InterTokenLatency' | 'TimeToFirstToken' | 'Sequences' | 'Prefill';

/** What one replica of a variant may carry of the requests that come today. Times in seconds. */
export interface Limits {
  /** Time between tokens at n sequences is `itlBase` + `itlSlope` · n: prompts of others are computed meanwhile, and are in the slope. */
  readonly itlBase: number;
  readonly itlSlope: number;
  readonly generationTokens: number;
  /** Of the tokens of a prompt, those that are computed here. */
  readonly computedShare: number;
  /** Sequences that run at most. */
  readonly sequences: number;
  /** Requests that may wait beside them and still meet the time to the first token. */
  readonly queue: number;
  /** Requests per second with that many sequences. */
  readonly perSecond: number;
  /** Requests per second that the computing of prompts allows; infinite where it does not bind. */
  readonly promptsPerSecond: number;
  readonly by: LimitedBy;
  /** Present where a replica computes prompts only. */
  readonly prompts?: PromptQueue;
}

/** Blocks are whole, and a sequence that does not fit is turned out: the last of the cache is not for use. */
const usableCache = 0.98;
/** Standard deviations for a share of requests: the normal quantile of 0.99 is 2.33. */
export function deviationsOf(attainment: number): number {
  // Abramowitz and Stegun 26.2.23, absolute error below 0.00045
  const tail = Math.min(0.5, Math.max(1e-6, 1 - attainment));
  const t = Math.sqrt(-2 * Math.log(tail));
  return t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t);
}


/**
 * Where one replica is full: the cache, the time between tokens, the sequences of an engine. In steady state a replica with n sequences completes
 * n / (tokens × time between tokens) requests a second (Little's law).
 */
export function limitsOf(law: IterationLaw, shape: Shape, kvCapacityTokens: number | undefined, slo: Slo, saturation: SaturationPolicy, mostSequences: number): Limits {
  const { promptTokens, hitFraction, generationTokens, tokensPerSequence } = shape;
  const computedK = (promptTokens * (1 - hitFraction)) / 1000;
  const itlBase = law.baseMs / 1000;
  const decodeSlope = (law.perSequenceMs + (law.perResidentMs * tokensPerSequence) / 1000) / 1000;
  const promptSlope = (law.perPromptMs * computedK) / generationTokens / 1000;
  const itlSlope = decodeSlope + promptSlope;
  const deviations = deviationsOf(slo.attainment);

  const share = slo.ttftSeconds === undefined && slo.itlSeconds === undefined ? saturation.kvCacheThreshold : usableCache;
  const inCache = kvCapacityTokens === undefined ? Infinity : (share * kvCapacityTokens) / tokensPerSequence;
  const inTime = slo.itlSeconds === undefined ? Infinity : sequencesWithin(slo.itlSeconds, { base: itlBase, slope: itlSlope, promptSlope, variation: shape.promptVariation }, deviations);
  const sequences = Math.max(0.5, Math.min(mostSequences, inCache, inTime));
  const by = inTime < Math.min(mostSequences, inCache) ? 'InterTokenLatency' : inCache < mostSequences ? 'KvCache' : 'Sequences';

  const itl = itlBase + itlSlope * sequences;
  const perSecond = sequences / (generationTokens * itl);
  const ownSeconds = itlBase + decodeSlope * sequences + (law.perPromptMs * computedK) / 1000;
  const patience = slo.ttftSeconds === undefined ? undefined : Math.max(0, slo.ttftSeconds - ownSeconds - itl / 2);
  const queue = patience === undefined ? Math.max(0, saturation.queueLengthThreshold - saturation.queueSpareTrigger) : by === 'InterTokenLatency' ? 0 : perSecond * patience;
  const promptsPerSecond = patience === undefined || slo.ttftSeconds === undefined ? Infinity : promptRate((law.perPromptMs * computedK) / 1000, itlBase + decodeSlope * sequences, promptTokens * (1 - hitFraction), shape.promptVariation, slo.ttftSeconds, 1 - slo.attainment);
  return { itlBase, itlSlope, generationTokens, computedShare: 1 - hitFraction, sequences, queue, perSecond, promptsPerSecond, by: promptsPerSecond < perSecond ? 'Prefill' : by };
}

/**
 * Sequences at which all but a small share of requests stay within the target between tokens. A request's own mean deviates from the mean of all by the number
 * of prompts that come while it runs, about as many as there are sequences (Little's law); those bring their share of the time.
 */
function sequencesWithin(target: number, { base, slope, promptSlope, variation }: { readonly base: number; readonly slope: number; readonly promptSlope: number; readonly variation: number }, deviations: number): number {
  if (target <= base) return 0;
  let low = 0;
  let high = (target - base) / Math.max(slope, 1e-9);
  for (let round = 0; round < 30 && high - low > 0.01 * high; round++) {
    const n = (low + high) / 2;
    const spread = promptSlope * n * Math.sqrt((1 + variation) / Math.max(n, 1));
    if (base + slope * n + deviations * spread <= target) low = n;
    else high = n;
  }
  return low;
}

/** Tokens of prompts that one iteration takes at most, where nobody says it (`--max-num-batched-tokens`). */
const budgetTokens = 2048;

/**
 * Requests per second at which all but `tail` of the prompts are computed within the target. Prompts queue for the engine one behind the
 * other: M/G/1, whose waits have in heavy traffic the tail share × e^(-2 (1 - share) · t / (service · (1 + squared variation))) (Kingman 1962).
 */
function promptRate(prompt: number, iteration: number, tokens: number, variation: number, target: number, tail: number): number {
  const service = prompt + iteration * Math.min(1, tokens / budgetTokens);
  if (service <= 0) return Infinity;
  const slack = target - service - iteration;
  if (slack <= 0) return 0.1 / service;
  let low = 0;
  let high = 0.99;
  for (let round = 0; round < 20; round++) {
    const share = (low + high) / 2;
    if (share * Math.exp((-2 * (1 - share) * slack) / (service * (1 + variation))) <= tail) low = share;
    else high = share;
  }
  return low / service;
}
