import { compareText, groupBy, inOrder, mean } from '../../base/index.ts';
import { modelKey, policyOfGroup, targetKey, type Policy, type Role, type SaturationPolicy, type ScheduledBounds, type Variant, type VariantObservation } from '../../model/index.ts';
import type { Avoidance } from '../limit/avoid.ts';
import type { Recall } from '../recall.ts';
import type { Supply } from './supply.ts';

/** A variant that takes part in deciding. */
export interface Subject {
  readonly seen: VariantObservation;
  /** With the mode and the bounds that are in force. */
  readonly variant: Variant;
  /** What holds for this variant. */
  readonly policy: Policy;
  /** The entry of its schedule that gives the bounds now. */
  readonly scheduled: ScheduledBounds | undefined;
  /** `targetKey` of the variant. */
  readonly target: string;
  readonly recalled: Recall;
  readonly supply: Supply;
  /** No node takes some of its replicas, or took none a while ago. */
  readonly avoidance: Avoidance | undefined;
  /** Replicas that there is room for; absent where nobody has found it scarce. */
  readonly ceiling?: number;
}

/** Of a request: its prompt, the tokens of its answer, or all of it. */
export type Stage = 'prompts' | 'answers' | 'all';

/** One part of one model's work, and the variants that share it. */
export interface Group {
  /** The work that its members share: role, namespace and model, or the target of one whose model nobody knows. */
  readonly work: string;
  /** What they do of a request. Many servers that do all of it are labelled as decode servers: they do answers only while there are prefill servers for the same model. */
  readonly stage: Stage;
  /** What holds for all of them. */
  readonly policy: Policy;
  readonly thresholds: SaturationPolicy;
  /** Ordered by key. */
  readonly members: readonly Member[];
}

export interface Member extends Subject {
  /**
   * Capacity of one replica relative to the others of the group: KV cache tokens by their mean where they are known,
   * 1 where they are not. Load moves between variants in these units.
   */
  readonly weight: number;
}

/**
 * Variants that serve the same requests: same namespace, model and role. One whose model nobody knows stands alone. Groups know of each other only which stages of their
 * model's requests are done elsewhere, so their order does not matter.
 */
export function groupByWork(subjects: readonly Subject[]): Group[] {
  const groups: Group[] = [];
  const byWork = groupBy(subjects, workOf);
  for (const [work, subjectsOfWork] of byWork) {
    const members = weighed(subjectsOfWork);
    const policy = policyOfMembers(members);
    groups.push({ work, stage: stageOf(subjectsOfWork[0] as Subject, byWork), policy, thresholds: policy.saturation, members });
  }
  return groups;
}

/** Of each group that does one stage of its model's requests, the one that does the other; both by the analyzer `learned`. */
export function otherStagesOf(groups: readonly Group[]): ReadonlyMap<Group, Group> {
  const others = new Map<Group, Group>();
  const answering = groups.filter(({ stage }) => stage === 'answers');
  if (answering.length === 0) return others;
  const byWork = new Map(groups.map((group) => [group.work, group]));
  for (const group of answering) {
    const other = byWork.get(workOfRole('prefill', (group.members[0] as Member).variant));
    if (other === undefined || group.policy.analyzer !== 'learned' || other.policy.analyzer !== 'learned') continue;
    others.set(group, other);
    others.set(other, group);
  }
  return others;
}

function stageOf({ variant }: Subject, byWork: ReadonlyMap<string, readonly Subject[]>): Stage {
  const { role } = variant;
  if (role === 'both') return 'all';
  if (role === 'prefill') return 'prompts';
  return byWork.get(workOfRole('prefill', variant))?.some(({ supply }) => supply.usable > 0) === true ? 'answers' : 'all';
}

/** What the variants of a role share of a variant's model. No role ends in a question mark, so that a target never reads like a model. */
function workOfRole(role: Role, variant: Variant): string {
  return variant.modelID === '' ? `${role}? ${targetKey(variant)}` : `${role} ${modelKey(variant)}`;
}

function workOf({ variant }: Subject): string {
  return namesOf(variant).work;
}

interface Names {
  readonly target: string;
  readonly work: string;
}

const known = new WeakMap<Variant, Names>();

/**
 * What a variant is told apart by: its target, and the work that it shares. Variants are immutable, so the names of one are remembered as long
 * as it lives: who goes through a history meets the same variant thousands of times, and joining and hashing texts was a tenth of a decision.
 */
export function namesOf(variant: Variant): Names {
  let names = known.get(variant);
  if (names === undefined) {
    const target = targetKey(variant);
    names = { target, work: workOfRole(variant.role, variant) };
    known.set(variant, names);
  }
  return names;
}

function policyOfMembers(members: readonly Member[]): Policy {
  const first = (members[0] as Member).policy;
  return members.length === 1 ? first : policyOfGroup([first, ...members.slice(1).map(({ policy }) => policy)]);
}

function weighed(subjects: readonly Subject[]): Member[] {
  // one alone is its own mean
  if (subjects.length === 1) return subjects.map((subject) => memberOf(subject, 1));
  const ordered = inOrder(subjects, byKey);
  const typical = mean(ordered.map(({ supply }) => supply.kvCapacityTokens).filter((tokens) => tokens !== undefined));
  return ordered.map((subject) => memberOf(subject, typical === undefined ? 1 : (subject.supply.kvCapacityTokens ?? typical) / typical));
}

function byKey(a: Subject, b: Subject): number {
  return compareText(a.variant.key, b.variant.key);
}

function memberOf({ seen, variant, policy, scheduled, target, recalled, supply, avoidance }: Subject, weight: number): Member {
  return { seen, variant, policy, scheduled, target, recalled, supply, avoidance, weight };
}
