import { rounded } from '../../base/index.ts';
import type { BatchSource, Policy, ReasonCode } from '../../model/index.ts';
import type { Ability, Assessment } from '../analyze/learned/assess.ts';
import type { Group, Member } from '../analyze/group.ts';
import type { LimitedBy } from '../analyze/learned/limits.ts';
import type { Draft } from '../draft.ts';
import { replicas, startAt, step } from '../trail.ts';
import { cheapestMix, type Mix, type MixOption } from './mix.ts';
import { isStuck, mostOf, usableAtMost } from './most.ts';
import { atZero, heldBecause, hold, missingOrStale } from './recommend.ts';
import { cheapestOf, isAtRest, wakingWords, woken } from './wake.ts';
import { itself, tellerOf, type BasisOfChoice, type Weighed } from './weighed.ts';

/** Another mix has to be cheaper by so much of what there is to be changed to. */
const worthwhile = 0.1;
/** And has to earn back within so long what it costs that both are there while the new replicas start. */
const payBackMs = 1_800_000;
/** Where the load has come down at once, the rest goes after a quarter of the policy's window, half a minute unless told. */
const fallWindows = 0.25;
const epsilon = 1e-9;
/** Minutes that a variant's replicas have to have been seen in, or as many looks in its first. */
const windowsUntilKnown = 3;
/** A minute of readings makes a law: replicas that have served for two have had the time to show what they carry. */
const silentLongMs = 120_000;
/** Requests per second of a load that does not come, and for which one replica is to be there. */
const somebody = 1e-6;

interface Choice {
  /** By member, in the group's order; members that are not candidates keep theirs. */
  readonly counts: readonly number[];
  /** What would do once what waits has been drained; absent where that is as many. */
  readonly lasting?: readonly number[];
  readonly reason: ReasonCode;
  readonly because: (member: Member, to: number) => string;
  /** Absent where nothing was weighed. */
  readonly basis?: BasisOfChoice;
}

/** A draft for each member of the group, in the group's order. */
export function choose(group: Group, assessment: Assessment | undefined, policy: Policy, nowMs: number): Draft[] {
  const free = group.members.map((member) => heldBecause(member) === undefined);
  const onTrial = group.members.map(({ variant }) => variant.mode === 'recommend');
  const acting = assessment && chosen(group, assessment, free.map((is, index) => is && (onTrial[index] !== true || onTrial.every((trial) => trial))), policy, nowMs);
  // one that is only tried out must not be given what another one then lacks
  const trial = assessment && onTrial.some((is) => is) ? chosen(group, assessment, free, policy, nowMs) : acting;
  // what is given up at today's rate is asked for again at the next look that tells a little more
  const surely = assessment === undefined ? Infinity : Math.max(assessment.perSecond, assessment.atMost);
  const covered = assessment !== undefined && group.members.some(isRefused) && cheapestMix(assessment.abilities.map((ability, index) => placed(ability, free[index] === true)), surely).enough;
  const carried = assessment !== undefined && assessment.keep === undefined && group.members.some((member) => hungOf(member) > 0) && assessment.abilities.reduce((total, { member, carries = 0 }) => total + member.supply.usable * carries, 0) >= surely;
  return group.members.map((member, index) => {
    const because = heldBecause(member);
    if (because !== undefined) return hold(member, because);
    const choice = onTrial[index] === true ? trial : acting;
    if (choice === undefined || assessment === undefined) return member.supply.current === 0 && member.supply.serving.length === 0 ? atZero(member) : hold(member, missingOrStale(member));
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
  const same = (reason: ReasonCode, because: Choice['because'], basis: BasisOfChoice = adding): Choice => ({ counts: current, reason, because, basis, ...(assessment.backlogPerSecond > 0 && { lasting: lastingOf(abilities, free, assessment.perSecond - assessment.backlogPerSecond) }) });
  const first = wake(group, assessment, free);
  if (first !== undefined) return first;
  let growing = abilities.map((ability, index) => growth(ability, free[index] === true));
  let grown = cheapestMix(growing, assessment.perSecond);
  if (!grown.enough && group.members.some(({ avoidance }) => avoidance?.active === true)) {
    // who is the only one that could carry it is asked again, whatever was refused
    growing = abilities.map((ability, index) => growth(ability, free[index] === true, true));
    grown = cheapestMix(growing, assessment.perSecond);
  }
  const added = grown.counts.map((count, index) => Math.max(0, count - (growing[index] as MixOption).least));
  const additions: Weighed = { among: 'Additions', members: group.members, options: growing, neededPerSecond: assessment.perSecond, mix: grown, replicasFor: (count, index) => (current[index] as number) + Math.max(0, count - (growing[index] as MixOption).least) };
  const adding = tellerOf(additions);
  if (added.some((count) => count > 0)) {
    const counts = current.map((count, index) => count + (added[index] as number));
    return { counts, ...(assessment.backlogPerSecond > 0 && { lasting: lastingOf(abilities, free, assessment.perSecond - assessment.backlogPerSecond) }), reason: 'Demand', basis: adding, because: (member, to) => (to > member.supply.current ? `${need(assessment)}; ${able(abilityOf(abilities, member))}.` : `${need(assessment)}; the replicas that are added are of a variant that gives it for less.`) };
  }
  const serving = abilities.reduce((total, { member, carries = 0 }) => total + member.supply.ready * carries, 0);
  if (serving < assessment.perSecond - epsilon && abilities.some(({ member: { supply } }) => supply.usable > supply.ready)) return same('AwaitingReplicas', () => `${need(assessment)}; the ready replicas sustain ${rounded(serving)}/s, and those that are starting will bring the rest.`);
  const groped = grope(group, assessment, free, policy, nowMs);
  if (groped !== undefined) return groped;
  if (assessment.keep !== undefined) return same(assessment.keep, () => `${assessment.keep === 'HeldMetricsPartial' ? 'Some ready replicas of the model do not report, so nothing is removed.' : 'Nothing is removed while requests wait too long or their tokens come too slowly.'} ${need(assessment)}.`);
  const shrinking = abilities.map((ability, index) => shrinkage(ability, free[index] === true));
  const needed = surelyNeeded(assessment);
  const fewer = cheapestMix(shrinking, needed);
  const kept = fewer.enough ? fewer : undefined;
  const other = fromGround(group, assessment, free, kept, needed);
  if (other?.because === 'Pays') return replace(group, assessment, other, policy);
  const notWorthIt = other !== undefined && other.savingPerHour > epsilon && other.because !== 'Removes' ? { mix: other.mix, savingPerHour: other.savingPerHour, because: other.because } : undefined;
  // what is to replace others is no surplus while it starts
  const replacing = other?.because === 'Removes' ? other.mix.counts : undefined;
  const left = kept && current.map((count, index) => Math.min(count, Math.max(kept.counts[index] as number, replacing?.[index] ?? 0)));
  if (kept !== undefined && other !== undefined && replacing !== undefined && left !== undefined && isSame(left, current) && !isSame(kept.counts, current)) return replace(group, assessment, { ...other, counts: current }, policy);
  if (kept === undefined || left === undefined || isSame(left, current)) {
    const isBest = other !== undefined && other.mix.counts.every((count, index) => count === current[index]);
    const basis = isBest ? tellerOf({ among: 'AnyMix', members: group.members, options: other.options, neededPerSecond: needed, mix: other.mix, replicasFor: itself }) : notWorthIt && tellerOf({ ...additions, notWorthIt });
    const tried = assessment.turnedOutNeeded > Math.max(assessment.atMost, assessment.lately) ? '; fewer were tried at this load, and had to be called back' : '';
    return same('Steady', () => `${need(assessment)}; the ready replicas sustain ${rounded(serving)}/s${tried}.`, basis);
  }
  return {
    counts: left,
    reason: 'Demand',
    because: (member, to) => `${need(assessment)}, and ${mostOfIt(assessment)}; ${able(abilityOf(abilities, member), 'surely')}, so ${replicas(to)} would do.`,
    basis: tellerOf({ among: 'Removals', members: group.members, options: shrinking, neededPerSecond: needed, mix: kept, replicasFor: (count, index) => Math.min(current[index] as number, Math.max(count, replacing?.[index] ?? 0)), ...(notWorthIt && { notWorthIt }) }),
  };
}

function isSame(counts: readonly number[], others: readonly number[]): boolean {
  return counts.every((count, index) => count === others[index]);
}

/** All of a model's replicas go together, after the retention; until then one stays, whatever it carries. */
function sleep(group: Group, { idleSinceMs }: Assessment, { scaleToZero, retentionMs }: Policy, nowMs: number): Choice | undefined {
  if (!scaleToZero || idleSinceMs === undefined || nowMs - idleSinceMs < retentionMs) return undefined;
  return {
    counts: group.members.map(({ variant }) => variant.minReplicas),
    reason: 'Idle',
    because: () => `No request has come, run or waited for ${Math.round((nowMs - idleSinceMs) / 60_000)} min, and after ${Math.round(retentionMs / 60_000)} min the replicas go.`,
  };
}

/** The first replica of a model of which nothing is known yet. */
function wake(group: Group, { perSecond, waiting, abilities }: Assessment, free: readonly boolean[]): Choice | undefined {
  if (perSecond + waiting <= 0 || !isAtRest(group) || abilities.some(({ carries }) => carries !== undefined)) return undefined;
  const counts = woken(group, free);
  return counts && { counts, reason: 'Woken', because: () => wakingWords };
}

/**
 * Requests wait too long, and no replica has shown what it carries although all have had the time to: nothing says how many would do, and that the ones there are do not is certain. Growth
 * is by `scaleUpMaxFactor`, of the cheapest variant that has room, and goes on when what was added has served for as long.
 */
function grope(group: Group, { keep, waiting, allowedQueue, abilities }: Assessment, free: readonly boolean[], { scaleUpMaxFactor }: Policy, nowMs: number): Choice | undefined {
  if (keep !== 'HeldSaturated' || abilities.some(({ carries }) => carries !== undefined)) return undefined;
  if (!group.members.every(({ supply }) => supply.serving.every(({ readySinceMs }) => readySinceMs === undefined || nowMs - readySinceMs >= silentLongMs))) return undefined;
  const grown = cheapestOf(group, free, (member) => member.supply.current < mostOf(member));
  if (grown === undefined) return undefined;
  const serving = group.members.reduce((total, { supply }) => total + supply.ready, 0);
  const added = Math.max(1, Math.ceil(serving * (scaleUpMaxFactor - 1)));
  const counts = group.members.map((member, index) => (index === grown ? Math.min(mostOf(member), member.supply.current + added) : member.supply.current));
  return { counts, reason: 'Demand', because: () => `${waiting > allowedQueue ? `${rounded(waiting, 0)} requests wait, where ${rounded(allowedQueue, 0)} may` : 'Requests wait too long'}, and no replica of the model has shown what it carries: there are to be ${rounded(scaleUpMaxFactor)} times as many.` };
}

/** Some of its replicas have waited for a node for so long that others are asked for. */
function isRefused({ avoidance, supply }: Member): boolean {
  return avoidance?.active === true && supply.stuckWithoutNode > 0;
}

/**
 * Of what is asked for, the replicas that have a node and hang; while a target shrinks there are more pods than it asks for, and those that are not ready go. Only a ReplicaSet removes what is not ready
 * before what serves, and of two pods that are not ready the younger, so nothing else may be starting.
 */
function hungOf({ supply, variant }: Member): number {
  if (supply.usable > supply.ready || variant.target.kind !== 'Deployment') return 0;
  return Math.max(0, Math.min(supply.stuckOnNode, supply.current - supply.usable - supply.stuckWithoutNode));
}

/** What may be added to what serves and is coming; `again`: also of one that is avoided and has nothing that waits. */
function growth({ member, carries = 0 }: Ability, free: boolean, again = false): MixOption {
  const { supply, variant } = member;
  const stuck = again ? supply.stuckWithoutNode > 0 : isStuck(member);
  return { carries, costPerHour: variant.costPerHour, least: supply.usable, most: usableAtMost(member, free && !stuck) };
}

/** What others may be given up for: of a variant that is avoided, too, only what has a node. Else two that both find none would be given up for each other in turn. */
function placed(ability: Ability, free: boolean): MixOption {
  const { avoidance, seen } = ability.member;
  const option = growth(ability, free);
  if (avoidance?.active !== true) return option;
  const most = Math.min(option.least, seen.replicas.filter(({ scheduled, terminating }) => scheduled && !terminating).length);
  return { ...option, least: most, most };
}

/** What the load of today alone calls for, of what serves and is coming. */
function lastingOf(abilities: readonly Ability[], free: readonly boolean[], perSecond: number): readonly number[] {
  return cheapestMix(abilities.map((ability, index) => ({ ...growth(ability, free[index] === true), least: Math.min(ability.member.variant.minReplicas, ability.member.supply.usable) })), perSecond).counts;
}

/** What may be left of what serves. */
function shrinkage({ member, carriesSurely = 0 }: Ability, free: boolean): MixOption {
  const { supply, variant } = member;
  const least = free ? Math.min(supply.ready, Math.max(variant.minReplicas, 0)) : supply.ready;
  return { carries: carriesSurely, costPerHour: variant.costPerHour, least, most: supply.ready };
}

interface Ground {
  readonly options: readonly MixOption[];
  /** The cheapest mix, were nothing there yet. */
  readonly mix: Mix;
  /** What there would be without it costs, and costs more. */
  readonly nowPerHour: number;
  readonly savingPerHour: number;
  /** While the change lasts both are there. */
  readonly counts: readonly number[];
  /** Whether the change pays. `Removes`: it is what there is, with some of it removed. */
  readonly because: 'Pays' | 'Removes' | 'SavesTooLittle' | 'PaysBackTooSlowly';
}

/** Another mix from the ground, and whether it is so much cheaper that the change pays. */
function fromGround(group: Group, assessment: Assessment, free: readonly boolean[], kept: Mix | undefined, needed: number): Ground | undefined {
  // what comes down has not come to rest yet: the mix for this moment would be another in the next
  if (group.members.length < 2 || assessment.fallen || !free.every((is) => is)) return undefined;
  // on which accelerator of a shared target the new pods land is nobody's choice: another mix would be asked for again and again
  if (new Set(group.members.map(({ target }) => target)).size < group.members.length) return undefined;
  const { abilities } = assessment;
  const options = abilities.map(({ member, carriesSurely = 0 }): MixOption => {
    const { variant, supply } = member;
    const most = isStuck(member) ? supply.ready : mostOf(member);
    return { carries: carriesSurely, costPerHour: variant.costPerHour, least: Math.min(variant.minReplicas, most), most };
  });
  const mix = cheapestMix(options, needed);
  if (!mix.enough) return undefined;
  const nowPerHour = kept?.costPerHour ?? group.members.reduce((total, { supply, variant }) => total + supply.current * variant.costPerHour, 0);
  const savingPerHour = nowPerHour - mix.costPerHour;
  if (savingPerHour < worthwhile * nowPerHour) return { options, mix, nowPerHour, savingPerHour, counts: mix.counts, because: 'SavesTooLittle' };
  const counts = group.members.map(({ supply }, index) => Math.max(supply.current, mix.counts[index] as number));
  const addedCost = group.members.reduce((total, { supply, variant }, index) => total + ((counts[index] as number) - supply.current) * variant.costPerHour, 0);
  const because = addedCost <= epsilon ? 'Removes' : addedCost * assessment.horizonMs > savingPerHour * payBackMs ? 'PaysBackTooSlowly' : 'Pays';
  return { options, mix, nowPerHour, savingPerHour, counts, because };
}

function replace(group: Group, assessment: Assessment, { options, mix, nowPerHour, counts }: Ground, policy: Policy): Choice {
  return {
    counts,
    reason: 'CheaperMix',
    because: (member) => `${need(assessment)}; a mix with ${replicas(mix.counts[group.members.indexOf(member)] as number)} of it costs ${mix.costPerHour.toFixed(2)} an hour instead of ${nowPerHour.toFixed(2)}${policy.scaleDownStabilizationMs > 0 ? '; what it replaces goes when it serves' : ''}.`,
    basis: tellerOf({ among: 'AnyMix', members: group.members, options, neededPerSecond: surelyNeeded(assessment), mix, replicasFor: itself }),
  };
}

function follow(member: Member, { counts, lasting, reason, because, basis }: Choice, index: number, assessment: Assessment, policy: Policy): Draft {
  const called = counts[index] as number;
  const { current } = member.supply;
  const wanted = Math.min(called, mostUntilKnown(assessment.abilities[index], policy));
  let trail = step(startAt(current), called, reason, () => because(member, called));
  if (wanted < called) trail = step(trail, wanted, 'ScaleUpLimited', () => `What a replica carries has hardly been seen yet, so no more than ${replicas(wanted - current)} ${wanted - current === 1 ? 'is' : 'are'} added at a time.`);
  return { subject: member, trail, held: false, ...(basis && { choice: basis }), added: Math.max(0, wanted - current), recommendation: wanted, ...(lasting !== undefined && (lasting[index] as number) < wanted && { lasting: lasting[index] as number }), holdMs: reason === 'Idle' ? 0 : policy.scaleDownStabilizationMs * (assessment.fallen ? fallWindows : 1) };
}

/** A first guess of what a replica carries may be wrong by a factor: until some windows have been seen, growth is by `scaleUpMaxFactor`, and by four replicas where that is less. */
function mostUntilKnown(ability: Ability | undefined, { scaleUpMaxFactor }: Policy): number {
  if (ability === undefined || (!ability.guessed && (ability.law?.windows ?? Infinity) >= windowsUntilKnown)) return Infinity;
  const { current } = ability.member.supply;
  return current + Math.max(4, Math.ceil(current * (scaleUpMaxFactor - 1)));
}

function abilityOf(abilities: readonly Ability[], member: Member): Ability | undefined {
  return abilities.find((ability) => ability.member === member);
}

/** Requests per second that what remains has to carry. */
function surelyNeeded({ atMost, lately, turnedOutNeeded }: Assessment): number {
  return Math.max(atMost, lately, turnedOutNeeded, somebody);
}

/** `is 14.2/s at the most that is likely`. */
function mostOfIt({ atMost, lately, turnedOutNeeded }: Assessment): string {
  if (turnedOutNeeded > Math.max(atMost, lately)) return `needs what is thought to carry ${rounded(turnedOutNeeded)}/s, for fewer were tried at this load and had to be called back`;
  return lately > atMost ? `has been ${rounded(lately)}/s, to which it may drift back` : `is ${rounded(atMost)}/s at the most that is likely`;
}

/** `The load is 13.7 requests/s (13.3 arriving, 0.4 to drain the queue) and may rise by 1.3/s before new replicas serve`. */
function need({ perSecond, backlogPerSecond, reservePerSecond, heldTo }: Assessment): string {
  const parts = backlogPerSecond > 0 ? ` (${rounded(perSecond - backlogPerSecond)} arriving, ${rounded(backlogPerSecond)} to drain the queue)` : '';
  const rise = reservePerSecond > 0 ? ` and may rise by ${rounded(reservePerSecond)}/s before new replicas serve` : '';
  const held = heldTo === undefined ? '' : `, for the ${heldTo.by === 'prompts' ? 'prefill' : 'decode'} replicas that there may be pass no more of ${rounded(heldTo.ofPerSecond)}/s`;
  return `The load is ${rounded(perSecond)} requests/s${parts}${held}${rise}`;
}

/** What one replica may be given; `surely`: in the worst case by which removals are weighed. */
function able(ability: Ability | undefined, surely?: 'surely'): string {
  const { carries, carriesSurely, limits, batch, member, guessed, note } = ability ?? {};
  if (carries === undefined || limits === undefined) return 'nothing is known of what a replica carries';
  const guess = guessed === true ? ', by data sheets,' : '';
  const sustained = surely === undefined ? carries : (carriesSurely ?? carries);
  return `a replica of ${member?.variant.name ?? ''} sustains${guess} ${rounded(sustained)}/s with headroom (${rounded(Math.min(limits.perSecond, limits.promptsPerSecond))}/s when full: ${limits.prompts === undefined ? bound[limits.by](rounded(limits.sequences, 0), batch?.from ?? 'Assumed') : `a prompt takes it ${rounded(limits.prompts.service)} s`})${note === undefined ? '' : `, and ${note}`}`;
}

/** How it is known how many sequences an engine runs at once, in words. */
const known: Readonly<Record<BatchSource, string>> = { Argument: 'as it is told', Assumed: 'as is assumed', Seen: 'as was seen while others waited' };

/** What keeps one replica from carrying more, in words. */
const bound: Readonly<Record<LimitedBy, (sequences: string, from: BatchSource) => string>> = {
  KvCache: (sequences) => `its KV cache holds ${sequences} sequences`,
  InterTokenLatency: (sequences) => `the ITL target allows ${sequences} sequences`,
  TimeToFirstToken: (sequences) => `the TTFT target allows ${sequences} sequences`,
  Sequences: (sequences, from) => `its engine runs ${sequences} sequences at once, ${known[from]}`,
  Prefill: () => 'prefill keeps the TTFT target up to there',
};
