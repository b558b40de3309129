import type { AnalysisBasis, Analyzer, BasisInput, DecisionBasis, Need, RequestShape, RouterReadings } from '../../model/index.ts';
import type { Analysis } from '../analyze/analysis.ts';
import type { Group } from '../analyze/group.ts';
import type { Learned } from '../analyze/learned/assess.ts';
import type { Known } from '../analyze/learned/laws.ts';
import type { Draft } from '../draft.ts';
import { shapeOf } from '../learn/shape.ts';
import { capacityOf } from './capacity.ts';
import { inputsOf } from './inputs.ts';
import { needOf } from './need.ts';

/** Puts the basis of a member's decision into data when somebody asks: a replay of a week decides millions of times, and nobody reads why. */
export type BasisTeller = (draft: Draft, index: number) => DecisionBasis;

/** Of the analyzer `learned`. What is the model's is made once for all its variants. */
export function learnedBasis(group: Group, router: RouterReadings | undefined, { assessment, known, memory }: Learned, nowMs: number): BasisTeller {
  let shared: { readonly inputs: readonly BasisInput[]; readonly requests: RequestShape; readonly need: Need | undefined } | undefined;
  return ({ choice }, index) => {
    const shape = shapeOf(memory.shape);
    shared ??= {
      inputs: inputsOf(group, router, nowMs),
      requests: { meanPromptTokens: shape.promptTokens, meanGenerationTokens: shape.generationTokens, prefixHitFraction: shape.hitFraction, residentTokens: shape.tokensPerSequence },
      need: assessment && needOf(assessment),
    };
    const { inputs, requests, need } = shared;
    const chosen = choice?.();
    return {
      analyzer: 'learned',
      inputs,
      requests,
      capacity: capacityOf(assessment?.abilities[index] ?? (known[index] as Known), shape),
      ...(need !== undefined && { need }),
      ...(chosen !== undefined && { choice: chosen }),
    };
  };
}

const units: Readonly<Record<Exclude<Analyzer, 'learned'>, AnalysisBasis['unit']>> = { percent: 'replicas', tokens: 'tokens', throughput: 'tokens/s', queueing: 'requests/s' };

/** Of the analyzers that give an `Analysis`. */
export function analyzedBasis(group: Group, router: RouterReadings | undefined, analysis: Analysis | undefined, analyzer: Exclude<Analyzer, 'learned'>, nowMs: number): BasisTeller {
  let inputs: readonly BasisInput[] | undefined;
  return (_, index) => {
    inputs ??= inputsOf(group, router, nowMs);
    return { analyzer, inputs, ...(analysis && { analysis: analysisBasis(analysis, units[analyzer], index) }) };
  };
}

function analysisBasis({ servingCapacity, required, sufficient, replicaCapacities, keep }: Analysis, unit: AnalysisBasis['unit'], index: number): AnalysisBasis {
  const perReplica = replicaCapacities?.[index];
  return {
    unit,
    serving: servingCapacity,
    ...(required !== undefined && Number.isFinite(required) && { required }),
    ...(sufficient !== undefined && { sufficient }),
    ...(perReplica !== undefined && { perReplica }),
    ...(keep && { keep }),
  };
}
