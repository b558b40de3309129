import { rounded } from '../../base/index.ts';
import type { Policy, ReasonCode } from '../../model/index.ts';
import type { Ability } from '../analyze/learned/ability.ts';
import { fallWindows } from '../analyze/learned/assess.ts';
import type { Assessment } from '../analyze/learned/assessment.ts';
import { carriedTogether } from '../analyze/learned/share.ts';
import type { Group, Member } from '../analyze/group.ts';
import type { Draft } from '../draft.ts';
import { replicas, startAt, step } from '../trail.ts';
import { additionsTo } from './additions.ts';
import { fromGround, replace } from './another-mix.ts';
import type { Choice } from './choice.ts';
import { hungOf, isRefused } from './hopeless.ts';
import { able, abilityOf, beside, mostOfIt, need, surelyNeeded } from './need-words.ts';
import { growth, lastingOf, placed, shrinkage } from './options.ts';
import { atZero, heldBecause, hold, missingOrStale } from './recommend.ts';
import { cheapestTogether, type SharedOption } from './together.ts';
import { itself, tellerOf, type BasisOfChoice, type Weighed } from './weighed.ts';
import { grope, sleep, wake } from './without-law.ts';

const epsilon = 1e-9;
/** Minutes that a variant's replicas have to have been seen in, or as many looks in its first. */
const windowsUntilKnown = 3;

/**
 * A draft for each member of the group, in the group's order.
 *
 * @param untold Why the load is not known although replicas tell of it; else each member says why by itself.
 */
export function choose(group: Group, assessment: Assessment | undefined, policy: Policy, nowMs: number, untold?: ReasonCode): Draft[] {
  // where nobody tells of the load, what keeps a variant from being decided for is the same for all, and a trend may call for more
  const isBlind = assessment?.toldAtMs !== undefined;
  const reasons = group.members.map((member) => (isBlind && member.variant.mode !== 'paused' ? undefined : heldBecause(member)));
  const free = reasons.map((reason) => reason === undefined);
  const onTrial = group.members.map(({ variant }) => variant.mode === 'recommend');
  const acting = assessment && chosen(group, assessment, free.map((is, index) => is && (onTrial[index] !== true || onTrial.every((trial) => trial))), policy, nowMs);
  // one that is only tried out must not be given what another one then lacks
  const trial = assessment && onTrial.some((is) => is) ? chosen(group, assessment, free, policy, nowMs) : acting;
  // what is given up at today's rate is asked for again at the next look that tells a little more
  const surely = assessment === undefined ? Infinity : Math.max(assessment.perSecond, assessment.atMost);
  const covered = assessment !== undefined && group.members.some(isRefused) && cheapestTogether(assessment.abilities.map((ability, index) => placed(ability, free[index] === true)), surely).mix.enough;
  const carried = assessment !== undefined && assessment.keep === undefined && group.members.some((member) => hungOf(member) > 0) && carriedTogether(assessment.abilities.map((ability) => growth(ability, false)), group.members.map(({ supply }) => supply.usable)) >= surely;
  return group.members.map((member, index) => {
    const because = reasons[index];
    if (because !== undefined) return hold(member, because);
    const choice = onTrial[index] === true ? trial : acting;
    if (choice === undefined || assessment === undefined) return member.supply.current === 0 && member.supply.serving.length === 0 ? atZero(member) : hold(member, untold ?? missingOrStale(member));
    if (assessment.toldAtMs !== undefined) return goOn(hold(member, untold ?? missingOrStale(member)), member, choice, index, assessment, policy, nowMs);
    const draft = follow(member, choice, index, assessment, policy);
    const givenUp = { withoutNode: covered && isRefused(member) ? member.supply.stuckWithoutNode : 0, hung: carried ? hungOf(member) : 0 };
    return givenUp.withoutNode + givenUp.hung > 0 ? { ...draft, givenUp } : draft;
  });
}

function chosen(group: Group, assessment: Assessment, free: readonly boolean[], policy: Policy, nowMs: number): Choice {
  const { abilities } = assessment;
  const current = group.members.map(({ supply }) => supply.current);
  const idle = sleep(group, assessment, policy, nowMs);
  if (idle !== undefined) return idle;
  const lasting = (): Pick<Choice, 'lasting'> => (assessment.backlogPerSecond > 0 ? { lasting: lastingOf(abilities, free, assessment.perSecond - assessment.backlogPerSecond) } : {});
  const same = (reason: ReasonCode, because: Choice['because'], basis: BasisOfChoice = adding): Choice => ({ counts: current, reason, because, basis, ...lasting() });
  const first = wake(group, assessment, free);
  if (first !== undefined) return first;
  const { options: growing, grown, added, tooDear } = additionsTo(group, assessment, free);
  const additions: Weighed = { among: 'Additions', members: group.members, options: growing, neededPerSecond: assessment.perSecond, mix: grown.mix, replicasFor: (count, index) => (current[index] as number) + Math.max(0, count - (growing[index] as SharedOption).least) };
  const adding = tellerOf(additions);
  const shrinking = abilities.map((ability, index) => shrinkage(ability, free[index] === true));
  const needed = surelyNeeded(assessment);
  // what is full first may be on its way out, and while it is there the others carry less than they will
  const isCuredByLess = assessment.spread !== undefined && assessment.keep === undefined && added.some((count) => count > 0) && cheapestTogether(shrinking, needed).mix.enough;
  if (added.some((count) => count > 0) && !isCuredByLess) {
    const counts = current.map((count, index) => count + (added[index] as number));
    return { counts, ...lasting(), reason: 'Demand', basis: adding, because: (member, to) => (to > member.supply.current ? `${need(assessment)}; ${able(abilityOf(abilities, member))}${beside(assessment, grown, group.members.indexOf(member))}.` : `${need(assessment)}; the replicas that are added are of a variant that gives it for less.`) };
  }
  const serving = carriedTogether(growing, group.members.map(({ supply }) => supply.ready));
  if (serving < assessment.perSecond - epsilon && abilities.some(({ member: { supply } }) => supply.usable > supply.ready)) return same('AwaitingReplicas', () => `${need(assessment)}; the ready replicas sustain ${rounded(serving)}/s, and those that are starting will bring the rest.`);
  const groped = grope(group, assessment, free, policy, nowMs);
  if (groped !== undefined) return groped;
  if (assessment.keep !== undefined) return same(assessment.keep, () => `${assessment.keep === 'HeldMetricsPartial' ? 'Some ready replicas of the model do not report, so nothing is removed.' : 'Nothing is removed while requests wait too long or their tokens come too slowly.'} ${need(assessment)}.`);
  const fewer = cheapestTogether(shrinking, needed);
  const kept = fewer.mix.enough ? fewer.mix : undefined;
  const other = fromGround(group, assessment, free, kept, needed);
  if (other?.because === 'Pays') return replace(group, assessment, other, policy);
  const notWorthIt = other !== undefined && other.savingPerHour > epsilon && other.because !== 'Removes' ? { mix: other.mix, savingPerHour: other.savingPerHour, because: other.because } : undefined;
  // what is to replace others is no surplus while it starts
  const replacing = other?.because === 'Removes' ? other.mix.counts : undefined;
  const left = kept && current.map((count, index) => Math.min(count, Math.max(kept.counts[index] as number, replacing?.[index] ?? 0)));
  if (kept !== undefined && other !== undefined && replacing !== undefined && left !== undefined && isSame(left, current) && !isSame(kept.counts, current)) return replace(group, assessment, { ...other, counts: current }, policy);
  if (kept === undefined || left === undefined || isSame(left, current)) {
    const isBest = other !== undefined && other.mix.counts.every((count, index) => count === current[index]);
    const basis = isBest ? tellerOf({ among: 'AnyMix', members: group.members, options: other.options, neededPerSecond: other.neededPerSecond, mix: other.mix, replicasFor: itself }) : notWorthIt && tellerOf({ ...additions, notWorthIt });
    const tried = assessment.turnedOutNeeded > Math.max(assessment.atMost, assessment.lately) ? '; fewer were tried at this load, and had to be called back' : '';
    const dear = tooDear === undefined ? '' : `; that so little would be lacking after a rise is no reason for ${group.members.flatMap(({ variant }, index) => (tooDear[index] === true ? variant.name : [])).join(' and ')}, which costs more a request`;
    return same('Steady', () => `${need(assessment)}; the ready replicas sustain ${rounded(serving)}/s${tried}${dear}.`, basis);
  }
  return {
    counts: left,
    reason: 'Demand',
    because: (member, to) => `${need(assessment)}, and ${mostOfIt(assessment)}; ${able(abilityOf(abilities, member), 'surely')}${beside(assessment, fewer, group.members.indexOf(member), 'surely')}, so ${replicas(to)} would do.`,
    basis: tellerOf({ among: 'Removals', members: group.members, options: shrinking, neededPerSecond: needed, mix: kept, replicasFor: (count, index) => Math.min(current[index] as number, Math.max(count, replacing?.[index] ?? 0)), ...(notWorthIt && { notWorthIt }) }),
  };
}

function isSame(counts: readonly number[], others: readonly number[]): boolean {
  return counts.every((count, index) => count === others[index]);
}

function follow(member: Member, { counts, lasting, reason, because, basis }: Choice, index: number, assessment: Assessment, policy: Policy): Draft {
  const called = counts[index] as number;
  const { current } = member.supply;
  const wanted = Math.min(called, mostUntilKnown(assessment.abilities[index], policy));
  let trail = step(startAt(current), called, reason, () => because(member, called));
  if (wanted < called) trail = step(trail, wanted, 'ScaleUpLimited', () => `What a replica carries has hardly been seen yet, so no more than ${replicas(wanted - current)} ${wanted - current === 1 ? 'is' : 'are'} added at a time.`);
  return { subject: member, trail, held: false, ...(basis && { choice: basis }), added: Math.max(0, wanted - current), recommendation: wanted, ...(lasting !== undefined && (lasting[index] as number) < wanted && { lasting: lasting[index] as number }), holdMs: reason === 'Idle' ? 0 : policy.scaleDownStabilizationMs * (assessment.fallen ? fallWindows : 1) };
}

/** Nobody tells of the load: the last decision stays, but for what its trend calls for besides. */
function goOn(held: Draft, member: Member, choice: Choice, index: number, assessment: Assessment, policy: Policy, nowMs: number): Draft {
  const { trail: { at } } = follow(member, choice, index, assessment, policy);
  if (at <= held.trail.at) return held;
  const { perSecond, reservePerSecond, toldAtMs = nowMs } = assessment;
  const trail = step(held.trail, at, 'Demand', () => `By what was told of ${Math.round((nowMs - toldAtMs) / 1000)} s ago and the trend of then the load is ${rounded(perSecond)} requests/s by now, and it may rise by ${rounded(reservePerSecond)}/s before new replicas serve; ${able(assessment.abilities[index])}.`);
  return { ...held, trail, added: at - member.supply.current, recommendation: at };
}

/** A first guess of what a replica carries may be wrong by a factor: until some windows have been seen, growth is by `scaleUpMaxFactor`, and by four replicas where that is less. */
function mostUntilKnown(ability: Ability | undefined, { scaleUpMaxFactor }: Policy): number {
  if (ability === undefined || (!ability.guessed && (ability.law?.windows ?? Infinity) >= windowsUntilKnown)) return Infinity;
  const { current } = ability.member.supply;
  return current + Math.max(4, Math.ceil(current * (scaleUpMaxFactor - 1)));
}
