import type { SaturationPolicy, Slo } from '../../../model/index.ts';
import type { IterationLaw } from '../../learn/iteration-law.ts';
import type { Shape } from '../../learn/shape.ts';
import { limitsOf, type Limits } from './limits.ts';
import type { PromptQueue } from './prompt-queue.ts';

/** Of the target to the first token, what the computing of the prompt may take where another server answers: the rest is for the copy of its KV cache and the first iteration there. */
const prefillShare = 0.9;

/**
 * What a replica may carry that computes prompts only: they queue for it one behind the other, and the time to the first token is to be kept. Their blocks are gone as soon as they are copied, so
 * neither the cache binds nor, for there is one token each, the time between tokens.
 */
export function prefillLimitsOf(law: IterationLaw, shape: Shape, slo: Slo, saturation: SaturationPolicy, budgetTokens: number): Limits {
  const computed = shape.promptTokens * (1 - shape.hitFraction);
  // where some wait, short prompts share iterations
  const service = Math.max(1e-6, (law.perSequenceMs + (law.baseMs * computed) / budgetTokens + (law.perPromptMs * computed) / 1000) / 1000);
  const within = slo.ttftSeconds === undefined ? undefined : Math.max(0, prefillShare * slo.ttftSeconds - law.baseMs / 1000);
  const keeps: PromptQueue['keeps'] = within === undefined ? { waiting: Math.max(0.5, saturation.queueLengthThreshold - saturation.queueSpareTrigger) } : { within, late: 1 - slo.attainment };
  const prompts: PromptQueue = { service, variation: shape.promptVariation, keeps };
  const perSecond = 1 / service;
  const queue = 'waiting' in keeps ? keeps.waiting : perSecond * Math.max(0, keeps.within - service);
  return { itlBase: service, itlSlope: 0, decodeSlope: 0, promptSeconds: 0, generationTokens: 1, computedShare: 1 - shape.hitFraction, sequences: 1, queue, perSecond, promptsPerSecond: Infinity, by: 'Prefill', prompts };
}

/** What a replica may carry whose prompts are computed elsewhere: as one that does both, with no prompt to compute, and what is left of the time to the first token. */
export function decodeLimitsOf(law: IterationLaw, shape: Shape, kvCapacityTokens: number | undefined, slo: Slo, saturation: SaturationPolicy, mostSequences: number): Limits {
  const own = slo.ttftSeconds === undefined ? slo : { ...slo, ttftSeconds: (1 - prefillShare) * slo.ttftSeconds };
  return limitsOf(law, { ...shape, hitFraction: 1 }, kvCapacityTokens, own, saturation, mostSequences);
}
