import { isAskedFor, modelKey, policyFor, scheduledNow, type Analyzer, type DecisionBasis, type Memory, type ModelMemory, type ModelReadings, type Observation, type Policy, type PolicySet, type ReasonCode, type RouterReadings, type VariantMemory, type VariantObservation } from '../model/index.ts';
import { analyzedBasis, learnedBasis, type BasisTeller } from './basis/basis.ts';
import type { Analysis, Noted, Reckoning } from './analyze/analysis.ts';
import { groupByWork, namesOf, otherStagesOf, type Group, type Member, type Subject } from './analyze/group.ts';
import { assess } from './analyze/learned/assess.ts';
import type { Assessment } from './analyze/learned/assessment.ts';
import type { Known } from './analyze/learned/laws.ts';
import { otherStageOf } from './analyze/learned/other-stage.ts';
import { see, type Seen } from './analyze/learned/see.ts';
import { analyzeSaturation } from './analyze/saturation.ts';
import { supplyOf } from './analyze/supply.ts';
import { analyzeQueueing } from './analyze/queueing/analyze-queueing.ts';
import { hasJustMoved } from './analyze/standstill.ts';
import { analyzeThroughput } from './analyze/throughput/analyze-throughput.ts';
import { analyzeTokens } from './analyze/tokens/analyze-tokens.ts';
import type { Draft } from './draft.ts';
import { enforceBounds } from './enforce/bounds.ts';
import { inForce } from './enforce/in-force.ts';
import { enforceMode } from './enforce/mode.ts';
import { capSharedTargets } from './enforce/shared-target.ts';
import { avoidanceOf } from './limit/avoid.ts';
import { giveUp } from './limit/give-up.ts';
import { limit } from './limit/limit.ts';
import { heldBy, limitsOn } from './limit/limits.ts';
import type { Proposal } from './limit/proposal.ts';
import { choose } from './optimize/choose.ts';
import { recommend } from './optimize/recommend.ts';
import { limitRemoval, stabilize } from './optimize/stabilize.ts';
import { keepingWhatWasNeeded, takenBackAfter } from './optimize/taken-back.ts';
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
  /** Absent: nothing was reckoned, as for a variant without a target. */
  readonly basis: (() => DecisionBasis) | undefined;
  /** To be remembered; its conditions are still those of before. */
  readonly remembered: VariantMemory;
}

export interface Concluded {
  readonly conclusions: Conclusion[];
  /** What is to be remembered of the models' requests. */
  readonly models: Memory['models'];
}

/**
 * The numbers of one decision about everything that was seen, one conclusion for each variant of the observation, in its order.
 *
 *   analyze    what the load of each model's part calls for, in units of capacity
 *   optimize   which variants give it, within what one decision may change, and after the window of past recommendations
 *   enforce    the mode; minReplicas and maxReplicas, scheduled or not; what the variants of one target may ask for together
 *   limit      what is added by all models together is held to quotas and to free accelerators
 */
export function conclude(observation: Observation, policies: PolicySet, memory: Memory, nowMs: number): Concluded {
  const subjects = observation.variants.map((seen) => subjectOf(seen, policies, memory, observation.inventory, nowMs));
  const decidable = subjects.filter(({ seen }) => seen.targetState.kind === 'found' && seen.suppressedBy === undefined);
  const models: Record<string, ModelMemory> = {};
  const learned = new Map<string, Known['learned']>();
  const noted = new Map<string, Noted>();
  const bases = new Map<string, readonly [BasisTeller, number]>();
  const readings = readingsOf(observation);
  const groups = groupByWork(decidable);
  const others = otherStagesOf(groups);
  const seen = new Map<Group, Seen>();
  const proposals = groups.map(proposalOf);
  const limits = limitsOn(subjects, observation, policies.quotas);
  const byKey = new Map<string, Draft>();
  for (const draft of limits === undefined ? capSharedTargets(proposals.flatMap(({ drafts }) => drafts)) : limit(proposals, limits, nowMs)) byKey.set(draft.subject.variant.key, draft);
  return { conclusions: subjects.map((subject) => conclusionOf(subject, limits !== undefined, byKey.get(subject.variant.key), learned.get(subject.variant.key), noted.get(subject.variant.key), bases.get(subject.variant.key), nowMs)), models };

  function proposalOf(group: Group): Proposal {
    const { policy } = group;
    const router = readingsFor(group)?.router;
    if (policy.analyzer === 'percent') return follow(group, router, analyzeSaturation(group, policy), []);
    const reckon = reckonings[policy.analyzer];
    if (reckon !== undefined) {
      const { analysis, noted: notes } = reckon(group, router, policy, nowMs);
      return follow(group, router, analysis, notes);
    }
    const other = others.get(group);
    const found = assess(group, seenOf(group), policy, memory.models[group.work], nowMs, other && otherStageOf(other, seenOf(other)));
    const { assessment, known } = found;
    const untold = hasJustMoved(found.memory.standstill) ? 'HeldMetricsFrozen' : undefined;
    models[group.work] = found.memory;
    for (const one of known) learned.set(one.member.variant.key, one.learned);
    toldBy(group, learnedBasis(group, router, found, nowMs));
    const chosenBy = (within: Group, told: Assessment | undefined): Draft[] => choose(within, within === group ? told : told && ofMembers(told, within), policy, nowMs, untold).map((draft) => afterChoice(draft, nowMs));
    const carries: Proposal['carries'] = (index) => assessment?.abilities[index]?.carries;
    if (other === undefined) return { group, drafts: chosenBy(group, assessment), carries, again: (ceilings) => chosenBy(withCeilings(group, ceilings), assessment) };
    const held = (ceilings: ReadonlyMap<string, number>): Assessment | undefined => assess(group, seenOf(group), policy, memory.models[group.work], nowMs, otherStageOf(withCeilings(other, ceilings), seenOf(other))).assessment;
    return { group, other, drafts: chosenBy(group, assessment), carries, again: (ceilings) => chosenBy(withCeilings(group, ceilings), held(ceilings)) };
  }

  /** Each of two stages is held against what the other shows: it is looked at once. */
  function seenOf(group: Group): Seen {
    const known = seen.get(group);
    if (known !== undefined) return known;
    const found = see(group, readingsFor(group) ?? {}, group.policy, memory.models[group.work], nowMs);
    if (others.has(group)) seen.set(group, found);
    return found;
  }

  function readingsFor({ members: [first] }: Group): ModelReadings | undefined {
    return readings.get(modelKey((first as Member).variant));
  }

  /** What follows from an analysis, with what became of earlier removals in mind. */
  function follow(group: Group, router: RouterReadings | undefined, analysis: Analysis | undefined, notes: readonly Noted[]): Proposal {
    const before = group.members.find(({ recalled }) => recalled.takenBack !== undefined)?.recalled.takenBack;
    const asked = isAskedFor(router);
    const kept = keepingWhatWasNeeded(analysis, before, group, nowMs);
    const followedIn = (within: Group): Draft[] => recommend(within, kept, group.policy, asked).map((draft) => afterChoice(draft, nowMs));
    const drafts = followedIn(group);
    const takenBack = takenBackAfter(before, group, analysis, drafts, nowMs);
    for (const [index, { variant }] of group.members.entries()) noted.set(variant.key, { ...notes[index], ...(takenBack && { takenBack }) });
    const { analyzer } = group.policy;
    if (analyzer !== 'learned') toldBy(group, analyzedBasis(group, router, analysis, analyzer, nowMs));
    const capacities = analysis?.replicaCapacities;
    return { group, drafts, carries: (index) => (capacities === undefined ? group.members[index]?.weight : capacities[index]), again: (ceilings) => followedIn(withCeilings(group, ceilings)) };
  }

  function toldBy({ members }: Group, teller: BasisTeller): void {
    for (const [index, { variant }] of members.entries()) bases.set(variant.key, [teller, index]);
  }
}

function withCeilings(group: Group, ceilings: ReadonlyMap<string, number>): Group {
  return {
    ...group,
    members: group.members.map((member) => {
      const ceiling = ceilings.get(member.variant.key);
      return ceiling === undefined ? member : { ...member, ceiling };
    }),
  };
}

/** The assessment of the same group with its members as they are now. */
function ofMembers(assessment: Assessment, { members }: Group): Assessment {
  return { ...assessment, abilities: assessment.abilities.map((ability, index) => ({ ...ability, member: members[index] ?? ability.member })) };
}

/** The analyzers of released versions that remember what they found. */
const reckonings: Partial<Record<Analyzer, (group: Group, router: RouterReadings | undefined, policy: Policy, nowMs: number) => Reckoning>> = {
  tokens: analyzeTokens,
  throughput: analyzeThroughput,
  queueing: analyzeQueueing,
};

/** What is known of models, by their namespace and name. */
function readingsOf({ models = [] }: Observation): ReadonlyMap<string, ModelReadings> {
  return new Map(models.map((model) => [modelKey(model), model]));
}

/** What becomes of a choice before it meets those of other models. */
function afterChoice(draft: Draft, nowMs: number): Draft {
  const { policy } = draft.subject;
  return enforceBounds(enforceMode(giveUp(limitRemoval(stabilize(draft, policy, nowMs), policy))));
}

function subjectOf(seen: VariantObservation, policies: PolicySet, memory: Memory, inventory: Observation['inventory'], nowMs: number): Subject {
  const { target } = namesOf(seen.variant);
  const policy = policyFor(policies, seen.variant);
  const scheduled = scheduledNow(policy.schedule, nowMs);
  const variant = inForce(seen.variant, policy, scheduled);
  const recalled = forgetAbandoned(recall(seen, target, memory), seen, policy, nowMs);
  const supply = supplyOf(seen, recalled, policy, nowMs);
  return { seen, variant, policy, scheduled, target, recalled, supply, avoidance: avoidanceOf(recalled.avoided, seen, supply, inventory, nowMs) };
}

/** A target that comes back after a long absence is another workload: what was decided for the old one is history. */
function forgetAbandoned(recalled: Recall, seen: VariantObservation, policy: Policy, nowMs: number): Recall {
  if (recalled.targetGoneSinceMs === undefined || nowMs - recalled.targetGoneSinceMs <= policy.pendingExpiryMs) return recalled;
  return { decidedAtMs: 0, recommendations: [], conditions: recalled.conditions, ...(seen.targetState.kind === 'missing' ? { targetGoneSinceMs: recalled.targetGoneSinceMs } : {}) };
}

/** A target that may not be read, or has not been read yet, is there for all that is known. */
function isGone({ targetState }: Pick<VariantObservation, 'targetState'>): boolean {
  return targetState.kind === 'missing' && (targetState.why === 'NotFound' || targetState.why === 'KindUnknown');
}

const untrodden: Trail = { steps: [], at: 0 };

function conclusionOf(subject: Subject, isLimited: boolean, draft: Draft | undefined, learned: Known['learned'] | undefined, noted: Noted | undefined, told: readonly [BasisTeller, number] | undefined, nowMs: number): Conclusion {
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
    basis: draft && told && (() => told[0](draft, told[1])),
    remembered: remembered(subject, isLimited, seen.suppressedBy === undefined ? (desired ?? recalled.desired) : undefined, draft, learned, noted ?? (draft === undefined ? notedBefore(recalled) : undefined), nowMs),
  };
}

/** What analyzers had found stays while a variant cannot be decided about. */
function notedBefore({ tokens, throughput, queueing, takenBack }: Recall): Noted {
  return { ...(tokens && { tokens }), ...(throughput && { throughput }), ...(queueing && { queueing }), ...(takenBack && { takenBack }) };
}

function remembered(subject: Subject, isLimited: boolean, desired: number | undefined, draft: Draft | undefined, learned: Known['learned'] | undefined, noted: Noted | undefined, nowMs: number): VariantMemory {
  const { seen, variant, target, recalled, supply, avoidance } = subject;
  const memory: { -readonly [K in keyof VariantMemory]?: VariantMemory[K] } = { uid: variant.uid, target, accelerator: variant.accelerator };
  if (desired !== undefined) memory.desired = desired;
  memory.decidedAtMs = desired !== undefined && desired === recalled.desired ? recalled.decidedAtMs : nowMs;
  memory.recommendations = draft?.window ?? [];
  // what is ending holds its room also while its target cannot be read
  const holds = isLimited && desired !== undefined ? heldBy(subject) : 0;
  if (desired !== undefined && holds > desired) memory.holds = holds;
  if (draft?.claimedSinceMs !== undefined) memory.claimedSinceMs = draft.claimedSinceMs;
  if (supply.podsShortSinceMs !== undefined) memory.podsShortSinceMs = supply.podsShortSinceMs;
  if (supply.kvCapacityTokens !== undefined) memory.kvCapacityTokens = supply.kvCapacityTokens;
  if (seen.targetState.kind === 'missing' && (isGone(seen) || recalled.targetGoneSinceMs !== undefined)) memory.targetGoneSinceMs = recalled.targetGoneSinceMs ?? nowMs;
  const { law, startup, sequences, revision, revisedAtMs } = learned ?? recalled;
  if (revision !== undefined) memory.revision = revision;
  if (revisedAtMs !== undefined) memory.revisedAtMs = revisedAtMs;
  if (law !== undefined) memory.law = law;
  if (startup !== undefined) memory.startup = startup;
  if (sequences !== undefined) memory.sequences = sequences;
  if (avoidance !== undefined) memory.avoided = avoidance.memory;
  if (noted !== undefined) Object.assign(memory, noted);
  memory.conditions = recalled.conditions;
  return memory as VariantMemory;
}
