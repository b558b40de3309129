import { targetKey, type Decision, type Memory, type Observation, type PastConditions, type Policy, type VariantMemory, type VariantObservation } from '../model/index.ts';
import { groupByWork, type Subject } from './analyze/group.ts';
import { analyzeSaturation } from './analyze/saturation.ts';
import { supplyOf } from './analyze/supply.ts';
import { conditionsOf } from './conditions.ts';
import type { Draft } from './draft.ts';
import { enforceBounds } from './enforce/bounds.ts';
import { capSharedTargets } from './enforce/shared-target.ts';
import { loadOf } from './load.ts';
import { recommend } from './optimize/recommend.ts';
import { recommendationsOf, stabilize } from './optimize/stabilize.ts';
import { recall, type Recall } from './recall.ts';
import { reasonOf } from './trail.ts';

export interface Outcome {
  /** One for each variant of the observation, in its order. */
  readonly decisions: readonly Decision[];
  /** To be handed to the next decision. */
  readonly memory: Memory;
}

/**
 * One decision about everything that was seen. Pure: the same arguments give the same bytes, and the order of the
 * variants does not matter to any of them.
 *
 *   analyze    what the load of each model's part calls for, in units of capacity
 *   optimize   which variants give it, within what one decision may change, and after the window of past recommendations
 *   enforce    minReplicas and maxReplicas; what the variants of one target may ask for together
 */
export function decide(observation: Observation, policy: Policy, memory: Memory, nowMs: number): Outcome {
  const subjects = observation.variants.map((seen) => subjectOf(seen, policy, memory, nowMs));
  const decidable = subjects.filter(({ seen }) => seen.targetState.kind === 'found' && seen.suppressedBy === undefined);
  const drafts = groupByWork(decidable, policy)
    .flatMap((group) => recommend(group, analyzeSaturation(group, policy), policy))
    .map((draft) => enforceBounds(stabilize(draft, policy, nowMs)));
  const byKey = new Map(capSharedTargets(drafts).map((draft) => [draft.subject.variant.key, draft]));

  const decisions = subjects.map((subject) => decisionOf(subject, byKey.get(subject.variant.key), observation));
  const remembered = subjects.map((subject, index) => remember(subject, byKey.get(subject.variant.key), decisions[index] as Decision, policy, nowMs));
  return { decisions, memory: { variants: { ...keptForInvalid(observation, memory), ...Object.fromEntries(remembered) } } };
}

function subjectOf(seen: VariantObservation, policy: Policy, memory: Memory, nowMs: number): Subject {
  const recalled = forgetAbandoned(recall(seen, memory), seen, policy, nowMs);
  return { seen, variant: seen.variant, recalled, supply: supplyOf(seen, recalled, policy, nowMs) };
}

/** A target that comes back after a long absence is another workload: what was decided for the old one is history. */
function forgetAbandoned(recalled: Recall, seen: VariantObservation, policy: Policy, nowMs: number): Recall {
  if (recalled.targetGoneSinceMs === undefined || nowMs - recalled.targetGoneSinceMs <= policy.pendingExpiryMs) return recalled;
  return { decidedAtMs: 0, recommendations: [], conditions: recalled.conditions, ...(seen.targetState.kind === 'missing' ? { targetGoneSinceMs: recalled.targetGoneSinceMs } : {}) };
}

function decisionOf({ seen, variant, recalled }: Subject, draft: Draft | undefined, observation: Observation): Decision {
  const reason = draft ? reasonOf(draft.trail) : seen.suppressedBy === undefined ? 'HeldTargetMissing' : 'SuppressedDueToConflict';
  const outcome = {
    ...(draft ? { desired: draft.trail.at } : {}),
    held: draft?.held ?? seen.suppressedBy === undefined,
    reason,
  } as const;
  return {
    variant,
    current: seen.currentReplicas,
    readyReplicas: seen.replicas.filter(({ ready, terminating }) => ready && !terminating).length,
    ...outcome,
    ...(recalled.desired === undefined ? {} : { previous: recalled.desired }),
    ...(seen.suppressedBy === undefined ? {} : { suppressedBy: seen.suppressedBy }),
    trail: draft?.trail.steps ?? [],
    conditions: conditionsOf(seen, { ...outcome, ...(draft?.heldBecause === undefined ? {} : { heldBecause: draft.heldBecause }) }, observation),
    load: loadOf(seen.replicas),
  };
}

function remember({ seen, variant, recalled, supply }: Subject, draft: Draft | undefined, decision: Decision, policy: Policy, nowMs: number): [string, VariantMemory] {
  const desired = seen.suppressedBy === undefined ? (decision.desired ?? recalled.desired) : undefined;
  const short = supply.podsShortSinceMs;
  const capacity = supply.kvCapacityTokens;
  return [
    variant.key,
    {
      uid: variant.uid,
      target: targetKey(variant),
      accelerator: variant.accelerator,
      ...(desired === undefined ? {} : { desired }),
      decidedAtMs: desired !== undefined && desired === recalled.desired ? recalled.decidedAtMs : nowMs,
      recommendations: draft ? recommendationsOf(draft, policy, nowMs) : [],
      ...(short === undefined ? {} : { podsShortSinceMs: short }),
      ...(capacity === undefined ? {} : { kvCapacityTokens: capacity }),
      ...(seen.targetState.kind === 'missing' ? { targetGoneSinceMs: recalled.targetGoneSinceMs ?? nowMs } : {}),
      conditions: pastOf(decision),
    },
  ];
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
