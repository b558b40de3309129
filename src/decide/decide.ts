import type { Decision, Memory, Observation, PastConditions, PolicySet, VariantMemory } from '../model/index.ts';
import { tellingWhenAsked } from './basis/told-when-asked.ts';
import { conclude, type Concluded, type Conclusion } from './conclude.ts';
import { conditionsOf } from './conditions.ts';
import { loadOf } from './load.ts';
import { written } from './trail.ts';

export interface Outcome {
  /** One for each variant of the observation, in its order. */
  readonly decisions: readonly Decision[];
  /** To be handed to the next decision. */
  readonly memory: Memory;
}

/**
 * One decision about everything that was seen. Pure: the same arguments give the same bytes, and the order of the
 * variants does not matter to any of them. `conclude` finds the numbers; here they are put into words.
 */
export function decide(observation: Observation, policies: PolicySet, memory: Memory, nowMs: number): Outcome {
  const { conclusions, models } = conclude(observation, policies, memory, nowMs);
  const decisions = conclusions.map((conclusion) => decisionOf(conclusion, observation));
  const variants: Record<string, VariantMemory> = { ...keptForInvalid(observation, memory) };
  for (const [index, { subject, remembered }] of conclusions.entries()) {
    variants[subject.variant.key] = { ...remembered, conditions: pastOf(decisions[index] as Decision) };
  }
  return { decisions, memory: { variants, models } };
}

/**
 * The memory of conclusions that nobody has put into words: enough to decide on, and without what conditions say today, which only
 * events depend on.
 */
export function memoryOf({ conclusions, models }: Concluded, observation: Observation, before: Memory): Memory {
  const variants: Record<string, VariantMemory> = observation.invalid.length === 0 ? {} : { ...keptForInvalid(observation, before) };
  for (const { subject, remembered } of conclusions) variants[subject.variant.key] = remembered;
  return { variants, models };
}

/** A conclusion in words, with the conditions that follow from it. */
function decisionOf(conclusion: Conclusion, observation: Observation): Decision {
  const { subject, desired, previous, held, heldBecause, reason, trail, basis } = conclusion;
  const { seen, variant } = subject;
  const outcome = { ...(desired === undefined ? {} : { desired }), held, reason } as const;
  const steps = written(trail);
  const decision: Decision = {
    variant,
    current: seen.currentReplicas,
    readyReplicas: seen.replicas.filter(({ ready, terminating }) => ready && !terminating).length,
    ...outcome,
    ...(previous === undefined ? {} : { previous }),
    ...(seen.suppressedBy === undefined ? {} : { suppressedBy: seen.suppressedBy }),
    trail: steps,
    conditions: conditionsOf(seen, variant, { ...outcome, trail: steps, ...(heldBecause === undefined ? {} : { heldBecause }) }, observation, subject.avoidance),
    load: loadOf(seen.replicas),
  };
  return basis === undefined ? decision : tellingWhenAsked(decision, basis);
}

function pastOf({ conditions }: Decision): PastConditions {
  return Object.fromEntries(conditions.map(({ type, status, reason }) => [type, { status, reason }]));
}

/** A spec that is broken for a while does not cost what was decided before, and is not told anew every cycle. */
function keptForInvalid({ invalid }: Observation, memory: Memory): Memory['variants'] {
  return Object.fromEntries(
    invalid.map(({ resource }) => {
      const before = memory.variants[resource.key];
      const known = before?.uid === resource.uid ? before : undefined;
      const conditions = { ...known?.conditions, Ready: { status: 'False', reason: 'InvalidSpec' } } as const;
      return [resource.key, { uid: resource.uid, target: '', accelerator: '', decidedAtMs: 0, recommendations: [], ...known, conditions }];
    }),
  );
}
