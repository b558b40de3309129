import { modeInWords, type Policy, type ReasonCode } from '../../model/index.ts';
import type { Analysis } from '../analyze/analysis.ts';
import type { Group, Member, Subject } from '../analyze/group.ts';
import { allStandStill } from '../analyze/standstill.ts';
import { reports } from '../analyze/telling.ts';
import type { Draft } from '../draft.ts';
import { replicas, startAt, step, type Trail } from '../trail.ts';
import { optimize, type Recommendation } from './plan.ts';
import { isAtRest, wakingWords, woken } from './wake.ts';

/**
 * A draft for each member of the group, in the group's order.
 *
 * @param asked A request is known to wait for the model, or to have come of late.
 */
export function recommend(told: Group, analysis: Analysis | undefined, policy: Policy, asked = false): Draft[] {
  const begun = asked && isAtRest(told) ? begin(told) : undefined;
  if (begun !== undefined) return begun;
  const group = analysis?.replicaCapacities === undefined ? told : weighedBy(told, analysis.replicaCapacities);
  const stays = (member: Member): boolean => isAtZero(member) && (analysis?.replicaCapacities === undefined || member.weight === 0);
  const deciding = group.members.filter((member) => !stays(member) && member.weight > 0 && heldBecause(member) === undefined);
  // one that is only tried out must not be given what another one then lacks
  const acting = deciding.some(isOnTrial) ? deciding.filter((member) => !isOnTrial(member)) : deciding;
  const forReal = analysis ? optimize(group, analysis, acting, policy) : undefined;
  const onTrial = analysis && acting.length < deciding.length ? optimize(group, analysis, deciding, policy) : forReal;
  const alone = isAtRest(group);
  return group.members.map((member) => {
    if (stays(member)) return atZero(member, alone);
    const because = heldBecause(member);
    if (because !== undefined) return hold(member, because);
    const planFor = isOnTrial(member) ? onTrial : forReal;
    return analysis && planFor ? follow(member, analysis, planFor(member), policy, alone) : hold(member, missingOrStale(member));
  });
}

/** Brings a model back that nobody serves: one replica, whatever the analyzer knows of what would carry its load. */
function begin(group: Group): Draft[] | undefined {
  const free = group.members.map((member) => heldBecause(member) === undefined);
  const onTrial = group.members.map(isOnTrial);
  const acting = woken(group, free.map((is, index) => is && (onTrial[index] !== true || onTrial.every((trial) => trial))));
  const trial = onTrial.some((is) => is) ? woken(group, free) : acting;
  if (acting === undefined && trial === undefined) return undefined;
  return group.members.map((member, index) => {
    const because = heldBecause(member);
    if (because !== undefined) return hold(member, because);
    const { current } = member.supply;
    const count = (onTrial[index] === true ? trial : acting)?.[index] ?? current;
    return { subject: member, trail: step(startAt(current), count, 'Woken', () => wakingWords), held: false, added: count - current, recommendation: count };
  });
}

/** The members with what the analyzer says that one replica of each carries; one of which it knows nothing carries nothing that counts. */
function weighedBy(group: Group, capacities: readonly (number | undefined)[]): Group {
  return { ...group, members: group.members.map((member, index) => ({ ...member, weight: capacities[index] ?? 0 })) };
}

function isOnTrial({ variant }: Member): boolean {
  return variant.mode === 'recommend';
}

/** Keeps the last decision, and where there is none the replicas there are. */
export function hold(subject: Subject, because: ReasonCode): Draft {
  const { supply, recalled } = subject;
  const kept = recalled.desired ?? supply.current;
  const what = (): string => (recalled.desired === undefined ? 'nothing has been decided yet, so what is there stays' : `the last decision, ${replicas(kept)}, stays`);
  return {
    subject,
    trail: step(startAt(supply.current), kept, because, () => `${why(subject, because)}: ${what()}.`),
    held: true,
    heldBecause: because,
    added: 0,
    recommendation: kept,
  };
}

function why({ supply, variant }: Subject, because: ReasonCode): string {
  if (because === 'Paused') return modeInWords(variant);
  if (supply.serving.length === 0) return `No replica of ${variant.target.kind} ${variant.target.name} is ready and awake`;
  if (because === 'HeldMetricsFrozen' && !allStandStill(supply.serving)) return `${supply.serving.length === 1 ? 'The one ready replica has' : 'Ready replicas have'} just begun to count again after standing still, and what came meanwhile shows as if it came now`;
  if (because === 'HeldMetricsFrozen') return `${supply.serving.length === 1 ? 'The one ready replica says that it runs requests' : `All ${supply.serving.length} ready replicas say that they run requests`}, and counted neither new ones nor tokens of late`;
  if (because === 'HeldMetricsStale') return `What ${replicas(supply.serving.length)} reported last is too old`;
  return supply.serving.length === 1 ? 'The one ready replica reports no load' : `None of ${supply.serving.length} ready replicas reports its load`;
}

/** Why a variant is held although its model is decided for: it serves, and does not say how it fares. */
export function heldBecause(member: Subject): ReasonCode | undefined {
  if (member.variant.mode === 'paused') return 'Paused';
  return member.supply.serving.length > 0 && !member.supply.serving.some(({ readings }) => reports(readings)) ? missingOrStale(member) : undefined;
}

export function missingOrStale({ supply }: Subject): ReasonCode {
  if (supply.serving.length > 0 && allStandStill(supply.serving)) return 'HeldMetricsFrozen';
  const stale = supply.serving.some(({ readings }) => readings.kvUsedFraction.kind === 'stale' || readings.waiting.kind === 'stale');
  return stale ? 'HeldMetricsStale' : 'HeldMetricsMissing';
}

function isAtZero({ seen }: Subject): boolean {
  return seen.targetState.kind === 'found' && seen.targetState.replicas === 0;
}

/** A variant that stays at zero: nobody asks for its model, or others have it. */
export function atZero(subject: Subject, alone = true): Draft {
  const { target } = subject.variant;
  const reason = alone ? 'no request is known to wait for it' : 'the load of its model is left to other variants';
  return { subject, trail: step(startAt(subject.supply.current), 0, 'TargetAtZero', () => `${target.kind} ${target.name} asks for no replica, and ${reason}.`), held: false, added: 0, recommendation: 0 };
}

function follow(member: Member, analysis: Analysis, plan: Recommendation, policy: Policy, alone: boolean): Draft {
  const { current } = member.supply;
  let trail: Trail = startAt(current);
  if (plan.wanted > current) {
    trail = step(trail, plan.wanted, 'Demand', () => `The load calls for ${plan.wanted - current} more (${analysis.figures()}).`);
    if (plan.limited < plan.wanted) trail = step(trail, plan.limited, 'ScaleUpLimited', () => `One decision grows by at most the factor ${policy.scaleUpMaxFactor} of what there is and of what serves.`);
  } else if (plan.wanted < current) {
    const margin = analysis.ownMargin === true ? '' : `, with ${Math.round(policy.scaleDownMargin * 100)} % of margin`;
    trail = step(trail, plan.wanted, 'Demand', () => `${replicas(plan.wanted)} would do${margin} (${analysis.figures()}).`);
    if (plan.limited > plan.wanted) trail = step(trail, plan.limited, 'ScaleDownLimited', () => `At most ${Math.round(policy.scaleDownMaxFraction * 100)} % of ${replicas(current)} are removed at a time.`);
  } else if (isAtZero(member) && current === 0) {
    return atZero(member, alone);
  } else if (plan.awaiting) {
    trail = step(trail, current, 'AwaitingReplicas', () => `More capacity is called for, and replicas that are starting will bring it (${analysis.figures()}).`);
  } else if (analysis.keep === 'HeldMetricsPartial') {
    trail = step(trail, current, 'HeldMetricsPartial', () => `Some ready replicas of the model do not report, so nothing is removed (${analysis.figures()}).`);
  } else if (analysis.keep === 'HeldSaturated') {
    trail = step(trail, current, 'HeldSaturated', () => `Nothing is removed while a replica is saturated (${analysis.figures()}).`);
  } else {
    const short = (): string => (analysis.required !== undefined ? 'More would be called for, and other variants take it, or there is no room' : 'The load is within what the replicas carry');
    trail = step(trail, current, 'Steady', () => `${short()} (${analysis.figures()}).`);
  }
  return { subject: member, trail, held: false, added: plan.added, recommendation: trail.at };
}
