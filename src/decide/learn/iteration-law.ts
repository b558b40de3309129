import { clamp } from '../../base/index.ts';
import { freshValue, type LawMemory, type ReplicaObservation } from '../../model/index.ts';
import { factsOf } from './accelerator-facts.ts';
import { promptWindow } from './prompt-time.ts';
import { estimate, evidenceOf, Fit, type Prior } from './regression.ts';
import type { Shape } from './shape.ts';

/**
 * How long one iteration of a replica takes: base + per running sequence + per 1000 tokens in its KV cache + per 1000 prompt tokens that
 * it computes. All in milliseconds, none below 0.
 *
 * The form is that of the roofline: a decoding iteration reads the weights (base) and the resident cache from memory, each sequence is
 * scheduled and sampled, and prompts are computed (Williams et al. 2009; Agrawal et al. 2024, arXiv 2403.02310, for chunked prefill).
 */
export interface IterationLaw {
  readonly baseMs: number;
  readonly perSequenceMs: number;
  readonly perResidentMs: number;
  readonly perPromptMs: number;
  /** Windows of a minute that were learned from; what has been forgotten does not count. */
  readonly windows: number;
  /** Standard deviation of the predicted time at a batch of so many sequences, resident and prompt tokens in thousands. */
  readonly deviationAt: (sequences: number, residentK: number, promptK: number) => number;
}

/** A window tells its mean iteration time this closely: batches and prompts within it are no averages. */
const relativeError = 0.05;
/** A time to the first token is of few requests, and what else ran then is not known. */
const ttftError = 0.2;
const windowMs = 60_000;
/** What was learned counts half after so long: a day and night are remembered, an old driver is not. */
const halfLifeMs = 12 * 3_600_000;
/** Share of its bandwidth and of its operations that an engine gets (profiles of src/simulator say where from). */
const bandwidthShare = 0.75;
const flopsShare = 0.5;
/** `--gpu-memory-utilization` of vLLM and what SGLang takes by itself. */
const memoryShare = 0.87;
/** A prompt is computed in one piece up to here (`--max-num-batched-tokens`: 2048 or 8192 by default). */
const chunkTokens = 2048;

/** What a law is learned with, beside the readings. */
export interface Evidence {
  readonly accelerator: string;
  readonly kvCapacityTokens: number | undefined;
  readonly shape: Shape;
  /** Of servers that compute prompts only, times to the first token tell; of those that answer only, prompts were computed elsewhere. */
  readonly stage: 'prompts' | 'answers' | 'all';
  /** Tokens that one iteration computes at the most. */
  readonly budgetTokens: number;
}

/**
 * The means of one minute of one replica: a time, and what was done in it; tokens in thousands. Of a server that answers, it is the time per token, which is one iteration, and the batch that it
 * belongs to; of one that computes prompts only, what a prompt takes.
 */
interface Window {
  readonly ms: number;
  readonly error: number;
  readonly iterations: number;
  readonly sequences: number;
  readonly residentK: number;
  readonly promptK: number;
}

/** @param servers That share the requests. @returns `undefined` where it showed no iteration, or its readings are of no one batch. */
export function windowOf(replica: ReplicaObservation, { shape, stage, budgetTokens }: Evidence, servers: number): Window | undefined {
  const { readings } = replica;
  if (stage === 'prompts') {
    const prompt = promptWindow(replica, shape.promptVariation, budgetTokens, servers);
    return prompt && { ms: prompt.promptMs, error: prompt.error, iterations: prompt.iterations, sequences: 1, residentK: 0, promptK: prompt.promptK };
  }
  const itl = freshValue(readings.itlSeconds);
  const tokens = freshValue(readings.generationTokensPerSecond);
  if (itl === undefined || tokens === undefined || !(itl > 0) || !(tokens > 0)) return undefined;
  const sequences = tokens * itl;
  const running = freshValue(readings.running);
  // tokens that are counted when a request leaves, and windows in which the load came or went, tell of no batch
  if (running !== undefined && Math.abs(sequences - running) > 0.5 * Math.max(running, sequences, 4)) return undefined;
  const hit = stage === 'answers' ? 1 : (freshValue(readings.prefixHitFraction) ?? 0);
  const promptK = ((freshValue(readings.promptTokensPerSecond) ?? 0) * (1 - hit) * itl) / 1000;
  return { ms: itl * 1000, error: relativeError, iterations: 1, sequences, residentK: (sequences * shape.tokensPerSequence) / 1000, promptK };
}

/**
 * The law with what the replicas of one variant showed since it was last learned. `undefined` while no replica has shown an iteration, or what a prompt takes.
 * Each row of evidence is a window: mean time per token against the mean batch, which follows from the tokens given (Little's law:
 * sequences = tokens/s × seconds per token), so that both are means over the same minute.
 */
export function learnLaw(before: LawMemory | undefined, serving: readonly ReplicaObservation[], context: Evidence, nowMs: number): LawMemory | undefined {
  let fit: Fit | undefined;
  let memory = before;
  const worth = before === undefined ? 0.25 : clamp((nowMs - before.atMs) / windowMs, 0, 1);
  if (worth <= 0) return before;
  let rows = 0;
  for (const replica of serving) {
    const window = windowOf(replica, context, serving.length);
    if (window === undefined) continue;
    const { ms: y, error, iterations, sequences, residentK, promptK } = window;
    memory ??= begun(window, context, nowMs);
    fit ??= fitOf(memory, nowMs);
    fit.add(iterations, sequences, residentK, promptK, y, worth / (error * y) ** 2);
    rows++;
    if (context.stage !== 'all') continue;
    const { readings } = replica;
    const ttft = freshValue(readings.ttftSeconds);
    const queue = freshValue(readings.queueSeconds);
    const mean = freshValue(readings.meanPromptTokens);
    if (ttft === undefined || queue === undefined || mean === undefined || queue > 0.2 * ttft) continue;
    const ownK = (mean * (1 - (freshValue(readings.prefixHitFraction) ?? 0))) / 1000;
    if (ownK > 0 && ownK * 1000 <= chunkTokens * 4) fit.add(1, sequences, residentK, ownK, (ttft - queue) * 1000, worth / (ttftError * (ttft - queue) * 1000) ** 2);
  }
  if (memory === undefined || fit === undefined) return before;
  const { precision, pull } = fit.evidence();
  return { prior: memory.prior, precision, pull, windows: keepOver(memory, nowMs) * memory.windows + rows * worth, atMs: nowMs };
}

function fitOf(memory: LawMemory, nowMs: number): Fit {
  const fit = new Fit(memory);
  fit.fade(memory.prior, keepOver(memory, nowMs));
  return fit;
}

function keepOver({ atMs }: LawMemory, nowMs: number): number {
  return 2 ** (-(nowMs - atMs) / halfLifeMs);
}

/**
 * What the first window makes probable. The time to read all of a memory once bounds an iteration with a full cache, and is known of an
 * accelerator whatever the model: what one iteration takes at a small batch is the weights' part of it, and the rest is the cache's. Prompts are
 * computed at two operations a parameter, while an iteration reads two bytes of it: so their time follows from the base as well.
 */
function begun({ ms, iterations, sequences, residentK, promptK }: Window, { accelerator, kvCapacityTokens, stage }: Evidence, nowMs: number): LawMemory {
  const { facts, known } = factsOf(accelerator);
  const perSequenceMs = 0.05;
  const sweepMs = ((memoryShare * facts.memory) / (facts.bandwidth * bandwidthShare)) * 1000;
  const promptPerBase = ((facts.bandwidth * bandwidthShare) / (facts.flops * flopsShare)) * 1000;
  const capacityK = kvCapacityTokens === undefined ? undefined : kvCapacityTokens / 1000;
  const full = capacityK === undefined ? 0 : Math.min(1, residentK / capacityK);
  const seen = ms - perSequenceMs * sequences;
  // of an answer the base is a large part, of a prompt it may be any
  const baseMs = clamp((seen - sweepMs * full) / (iterations - full + promptPerBase * promptK), stage === 'prompts' ? 0.001 * ms : 0.2 * ms, ms);
  const perResidentMs = capacityK === undefined ? baseMs / 500 : Math.max(sweepMs - baseMs, 0.1 * sweepMs) / capacityK;
  const doubt = known ? 1 : 2;
  const prior: Prior = {
    mean: [baseMs, perSequenceMs, perResidentMs, promptPerBase * baseMs],
    deviation: [0.4 * baseMs, perSequenceMs, 0.4 * doubt * perResidentMs, 0.4 * doubt * promptPerBase * baseMs],
  };
  return { prior, ...evidenceOf(prior), windows: 0, atMs: nowMs };
}

/** How accelerators serve one replica. */
export interface Hardware {
  readonly accelerator: string;
  readonly count: number;
}

/**
 * The law of a variant that has never run, from that of one that has: memory is read as much faster as the bandwidths differ, prompts are computed as much faster
 * as the operations do, and the cache is what the weights leave of the memory.
 */
export function translated(law: IterationLaw, from: Hardware, to: Hardware): { readonly law: IterationLaw; readonly kvCapacityTokens: number | undefined } {
  const [{ facts: a }, { facts: b }] = [factsOf(from.accelerator), factsOf(to.accelerator)];
  const reading = (from.count * a.bandwidth) / (to.count * b.bandwidth);
  const computing = (from.count * a.flops) / (to.count * b.flops);
  const bytesPerMs = (from.count * a.bandwidth * bandwidthShare) / 1000;
  const weights = law.baseMs * bytesPerMs;
  const tokenBytes = (law.perResidentMs / 1000) * bytesPerMs;
  const left = memoryShare * b.memory * to.count - weights;
  const baseMs = law.baseMs * reading;
  const perResidentMs = law.perResidentMs * reading;
  const perPromptMs = law.perPromptMs * computing;
  return {
    law: { baseMs, perSequenceMs: law.perSequenceMs, perResidentMs, perPromptMs, windows: 0, deviationAt: (sequences, residentK, promptK) => 0.3 * (baseMs + law.perSequenceMs * sequences + perResidentMs * residentK + perPromptMs * promptK) },
    kvCapacityTokens: tokenBytes > 0 ? Math.max(0, left / tokenBytes) : undefined,
  };
}

const known = new WeakMap<LawMemory, IterationLaw>();

/** The most likely law; remembered as long as its evidence is. */
export function lawOf(memory: LawMemory): IterationLaw {
  let law = known.get(memory);
  if (law === undefined) {
    const { mean, deviationAt } = estimate(memory);
    law = {
      baseMs: mean[0] as number,
      perSequenceMs: mean[1] as number,
      perResidentMs: mean[2] as number,
      perPromptMs: mean[3] as number,
      windows: memory.windows,
      deviationAt: (sequences, residentK, promptK) => deviationAt(1, sequences, residentK, promptK),
    };
    known.set(memory, law);
  }
  return law;
}
