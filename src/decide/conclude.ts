import type { Memory, Observation, Policy, ReasonCode, VariantMemory, VariantObservation } from '../model/index.ts';
import { groupByWork, namesOf, type Subject } from './analyze/group.ts';
import { analyzeSaturation } from './analyze/saturation.ts';
import { supplyOf } from './analyze/supply.ts';
import type { Draft } from './draft.ts';
import { enforceBounds } from './enforce/bounds.ts';
import { capSharedTargets } from './enforce/shared-target.ts';
import { recommend } from './optimize/recommend.ts';
import { stabilize } from './optimize/stabilize.ts';
import { recall, type Recall } from './recall.ts';
import { reasonOf, type Trail } from './trail.ts';

/** What was decided about one variant, before anybody wants to read why. */
export interface Conclusion {
  readonly subject: Subject;
  /** `undefined`: undecided. */
  readonly desired: number | undefined;
  /** The desired count before. */
  readonly previous: number | undefined;
  readonly held: boolean;
  readonly heldBecause: ReasonCode | undefined;
  readonly reason: ReasonCode;
  readonly trail: Trail;
  /** To be remembered; its conditions are still those of before. */
  readonly remembered: VariantMemory;
}

/**
 * The numbers of one decision about everything that was seen, one conclusion for each variant of the observation, in its order.
 *
 *   analyze    what the load of each model's part calls for, in units of capacity
 *   optimize   which variants give it, within what one decision may change, and after the window of past recommendations
 *   enforce    minReplicas and maxReplicas; what the variants of one target may ask for together
 */
export function conclude(observation: Observation, policy: Policy, memory: Memory, nowMs: number): Conclusion[] {
  const subjects = observation.variants.map((seen) => subjectOf(seen, policy, memory, nowMs));
  const decidable = subjects.filter(({ seen }) => seen.targetState.kind === 'found' && seen.suppressedBy === undefined);
  const drafts: Draft[] = [];
  for (const group of groupByWork(decidable, policy)) {
    for (const draft of recommend(group, analyzeSaturation(group, policy), policy)) drafts.push(enforceBounds(stabilize(draft, policy, nowMs)));
  }
  const byKey = new Map<string, Draft>();
  for (const draft of capSharedTargets(drafts)) byKey.set(draft.subject.variant.key, draft);
  return subjects.map((subject) => conclusionOf(subject, byKey.get(subject.variant.key), nowMs));
}

function subjectOf(seen: VariantObservation, policy: Policy, memory: Memory, nowMs: number): Subject {
  const { variant } = seen;
  const { target } = namesOf(variant);
  const recalled = forgetAbandoned(recall(seen, target, memory), seen, policy, nowMs);
  return { seen, variant, target, recalled, supply: supplyOf(seen, recalled, policy, nowMs) };
}

/** A target that comes back after a long absence is another workload: what was decided for the old one is history. */
function forgetAbandoned(recalled: Recall, seen: VariantObservation, policy: Policy, nowMs: number): Recall {
  if (recalled.targetGoneSinceMs === undefined || nowMs - recalled.targetGoneSinceMs <= policy.pendingExpiryMs) return recalled;
  return { decidedAtMs: 0, recommendations: [], conditions: recalled.conditions, ...(seen.targetState.kind === 'missing' ? { targetGoneSinceMs: recalled.targetGoneSinceMs } : {}) };
}

const untrodden: Trail = { steps: [], at: 0 };

function conclusionOf(subject: Subject, draft: Draft | undefined, nowMs: number): Conclusion {
  const { seen, recalled } = subject;
  const desired = draft?.trail.at;
  return {
    subject,
    desired,
    previous: recalled.desired,
    held: draft?.held ?? seen.suppressedBy === undefined,
    heldBecause: draft?.heldBecause,
    reason: draft ? reasonOf(draft.trail) : seen.suppressedBy === undefined ? 'HeldTargetMissing' : 'SuppressedDueToConflict',
    trail: draft?.trail ?? untrodden,
    remembered: remembered(subject, seen.suppressedBy === undefined ? (desired ?? recalled.desired) : undefined, draft?.window ?? [], nowMs),
  };
}

function remembered({ seen, variant, target, recalled, supply }: Subject, desired: number | undefined, recommendations: VariantMemory['recommendations'], nowMs: number): VariantMemory {
  const memory: { -readonly [K in keyof VariantMemory]?: VariantMemory[K] } = { uid: variant.uid, target, accelerator: variant.accelerator };
  if (desired !== undefined) memory.desired = desired;
  memory.decidedAtMs = desired !== undefined && desired === recalled.desired ? recalled.decidedAtMs : nowMs;
  memory.recommendations = recommendations;
  if (supply.podsShortSinceMs !== undefined) memory.podsShortSinceMs = supply.podsShortSinceMs;
  if (supply.kvCapacityTokens !== undefined) memory.kvCapacityTokens = supply.kvCapacityTokens;
  if (seen.targetState.kind === 'missing') memory.targetGoneSinceMs = recalled.targetGoneSinceMs ?? nowMs;
  memory.conditions = recalled.conditions;
  return memory as VariantMemory;
}
