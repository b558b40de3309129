import { compareText, groupBy, inOrder, mean } from '../../base/index.ts';
import { modelKey, policyOfGroup, targetKey, type Policy, type SaturationPolicy, type ScheduledBounds, type Variant, type VariantObservation } from '../../model/index.ts';
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

/** One part of one model's work, and the variants that share it. */
export interface Group {
  /** The work that its members share: role, namespace and model, or the target of one whose model nobody knows. */
  readonly work: string;
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
 * Variants that serve the same requests: same namespace, model and role. One whose model nobody knows stands alone. Groups know
 * nothing of each other, so their order does not matter.
 */
export function groupByWork(subjects: readonly Subject[]): Group[] {
  const groups: Group[] = [];
  for (const [work, subjectsOfWork] of groupBy(subjects, workOf)) {
    const members = weighed(subjectsOfWork);
    const policy = policyOfMembers(members);
    groups.push({ work, policy, thresholds: policy.saturation, members });
  }
  return groups;
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
    // no role ends in a question mark, so that a target never reads like a model
    names = { target, work: variant.modelID === '' ? `${variant.role}? ${target}` : `${variant.role} ${modelKey(variant)}` };
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
