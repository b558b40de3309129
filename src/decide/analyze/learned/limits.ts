import type { SaturationPolicy, Slo } from '../../../model/index.ts';
import type { IterationLaw } from '../../learn/iteration-law.ts';
import type { Shape } from '../../learn/shape.ts';
import { highest } from './highest.ts';
import { lateAt, leastShare, type PromptQueue } from './prompt-queue.ts';

/** What keeps one replica from carrying more. */
export type LimitedBy = 'KvCache' | 'InterTokenLatency' | 'TimeToFirstToken' | 'Sequences' | 'Prefill';

/** What one replica of a variant may carry of the requests that come today. Times in seconds. */
export interface Limits {
  /** Time between tokens at n sequences is `itlBase` + `itlSlope` · n: prompts of others are computed meanwhile, and are in the slope. */
  readonly itlBase: number;
  readonly itlSlope: number;
  /** Of the slope, what the sequences add themselves. */
  readonly decodeSlope: number;
  /** That the prompt of one request takes; what it adds to the slope is that by the tokens of an answer. */
  readonly promptSeconds: number;
  readonly generationTokens: number;
  /** Of the tokens of a prompt, those that are computed here. */
  readonly computedShare: number;
  /** Sequences that run at most. */
  readonly sequences: number;
  /** Requests that may wait beside them and still meet the time to the first token. */
  readonly queue: number;
  /** Requests per second with that many sequences. */
  readonly perSecond: number;
  /** Requests per second of one replica alone that the computing of prompts allows; infinite where it does not bind. */
  readonly promptsPerSecond: number;
  readonly by: LimitedBy;
  /** Present where a replica computes prompts only. */
  readonly prompts?: PromptQueue;
  /** Present where it computes prompts beside answers, and they are to be in time. */
  readonly firstToken?: FirstToken;
}

/** How prompts are computed between the tokens of others. Times in seconds. */
export interface FirstToken {
  /** From the arrival of a request. */
  readonly target: number;
  /** Of an iteration in which prompts are computed, what one of them fills: a long one several. */
  readonly iterations: number;
  /** Variance of prompts by the square of their mean. */
  readonly variation: number;
  /** Share of the requests that may be late. */
  readonly late: number;
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
  const promptSeconds = (law.perPromptMs * computedK) / 1000;
  const { ttftSeconds } = slo;
  const patience = ttftSeconds === undefined ? undefined : Math.max(0, ttftSeconds - (itlBase + decodeSlope * sequences + promptSeconds) - itl / 2);
  const queue = patience === undefined ? Math.max(0, saturation.queueLengthThreshold - saturation.queueSpareTrigger) : by === 'InterTokenLatency' ? 0 : perSecond * patience;
  const limits: Limits = { itlBase, itlSlope, decodeSlope, promptSeconds, generationTokens, computedShare: 1 - hitFraction, sequences, queue, perSecond, promptsPerSecond: Infinity, by };
  if (ttftSeconds === undefined || promptSeconds <= 0) return limits;
  const firstToken: FirstToken = { target: ttftSeconds, iterations: Math.min(1, (1000 * computedK) / budgetTokens), variation: shape.promptVariation, late: 1 - slo.attainment };
  const promptsPerSecond = promptRate({ ...limits, firstToken });
  return { ...limits, promptsPerSecond, firstToken, by: promptsPerSecond < perSecond ? 'Prefill' : by };
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
/** Sequences that run in steady state at a rate of so many requests per second; infinite where the rate is too high. */
export function sequencesAt({ generationTokens, itlBase, itlSlope }: Limits, perSecond: number): number {
  const left = 1 - generationTokens * itlSlope * perSecond;
  return left <= 0 ? Infinity : (generationTokens * itlBase * perSecond) / left;
}

/**
 * Whether no more of the requests than may be get their first token late at so many a second, for their prompts queue. A prompt takes the time that its tokens take, and the iterations that compute them,
 * in which everything that runs gets a token, too; it is in time when there is time for one more. Always where no target is to be kept. Against simulated engines the rate at which one of a hundred is late is right to a tenth where they are alone, and told too low rather than too high
 * for 4 and 8 of them.
 */
export function promptsAreInTime(limits: Limits, perSecond: number, replicas: number): boolean {
  const { firstToken, itlBase, decodeSlope, promptSeconds, sequences } = limits;
  if (firstToken === undefined) return true;
  const { target, iterations, variation, late } = firstToken;
  const running = Math.min(sequences, sequencesAt(limits, perSecond));
  const iteration = itlBase + decodeSlope * running;
  const service = promptSeconds + iteration * iterations;
  const load = perSecond * service;
  // a router that counts requests sees prompts that wait only among those that get their tokens
  const company = 1 + ((replicas - 1) * load) / (load + running);
  return load <= leastShare || lateAt(service, variation, target - iteration, perSecond, company) <= late;
}

/** Requests per second of one replica alone at which no more of them than may be get their first token late; infinite where something else binds before. */
function promptRate(limits: Limits): number {
  const rate = highest(limits.perSecond, (perSecond) => promptsAreInTime(limits, perSecond, 1));
  return rate < limits.perSecond ? rate : Infinity;
}
