import type { DemandMemory, ModelMemory, Policy } from '../../../model/index.ts';
import { atLeast, watchDemand } from '../../learn/demand.ts';
import { lateShareAllowed, watchBudget } from '../../learn/error-budget.ts';
import { expectedGrowth } from '../../learn/forecast.ts';
import { levelOf } from '../../learn/level.ts';
import { expectedLevel, isReverting, reserveAround } from '../../learn/mean-reversion.ts';
import { mayReturnTo, turnedOutNeeded, watchRestraint } from '../../learn/restraint.ts';
import { reserveFor } from '../../learn/rises.ts';
import { spreadOf, watchSpread } from '../../learn/spread.ts';
import type { Group } from '../group.ts';
import { besideOthers, carriedUnder, reactionMs, type Ability } from './ability.ts';
import type { Assessment } from './assessment.ts';
import { foreseenBlindly } from './blind.ts';
import { knownBy, type Known } from './laws.ts';
import { deviationsOf } from './limits.ts';
import type { OtherStage } from './other-stage.ts';
import type { Seen } from './see.ts';
import { carriedTogether } from './share.ts';

/** In the first minute of a load neither its rate nor what a replica carries is known well enough to add replicas for what it might do. */
const firstMinuteMs = 60_000;

/** A load that came down evenly has fallen, and does not only drift, when it is at so much of what it was minutes ago. */
const muchLess = 0.95;

export interface Learned {
  /** `undefined`: the rate of requests is not known, nor was it growing when it was. */
  readonly assessment: Assessment | undefined;
  /** In the group's order. */
  readonly known: readonly Known[];
  readonly memory: ModelMemory;
}

/** A queue that should not be there is to be gone so long after replicas for it serve. */
const drainSeconds = 60;
/** Where a load only drifts down, it may drift up again: what it was within so many windows of the policy counts, half an hour unless told. */
const driftWindows = 15;
/** Where it has come down at once, what it did in one look may be a slip, and the rest goes after a quarter of a window: half a minute. */
export const fallWindows = 0.25;
/** Chance that a rate that allows fewer is allowed for, in standard deviations. */
const downDeviations = 2;
/**
 * The load of a group, what each member carries of it, and what is to be remembered of both.
 *
 * @param other The servers that do the other stage of the same requests, where there are some: every request passes both.
 */
export function assess(group: Group, { shape, load, known: shown, serving, latency }: Seen, policy: Policy, before: ModelMemory | undefined, nowMs: number, other?: OtherStage): Learned {
  const { slo } = policy;
  const known = other === undefined ? shown : knownBy(other.best, shown, group, shape, policy);
  if (load.perSecond === undefined) {
    const { assessment, demand } = foreseenBlindly(known, load, policy, before, nowMs);
    return { assessment, known, memory: { shape, ...(demand && { demand }), ...(before?.restraint && { restraint: before.restraint }), ...(load.standstill && { standstill: load.standstill }), ...(before?.budget && { budget: before.budget }), ...(before?.spread && { spread: before.spread }) } };
  }

  let lateMs = 0;
  let usable = 0;
  let allowedQueue = 0;
  let newSinceMs = 0;
  let decided = 0;
  for (const { startup, limits, member } of known) {
    lateMs = Math.max(lateMs, startup.lateMs);
    usable += member.supply.usable;
    decided += member.recalled.desired ?? member.supply.current;
    newSinceMs = Math.max(newSinceMs, member.variant.createdAtMs);
    allowedQueue += Math.max(limits?.queue ?? 0, group.thresholds.queueSpareTrigger) * member.supply.ready;
  }
  const horizonMs = lateMs + reactionMs;
  // what has come to one stage comes to the other: behind a stage that is short of replicas one sees only what that lets through
  const measured = Math.max(load.perSecond, Math.min(other?.perSecond ?? 0, other?.most ?? 0));
  const toldAtMs = load.atMs ?? nowMs;
  const { demand, level: told } = watchDemand(before?.demand, measured, horizonMs, toldAtMs);
  const level = expectedLevel(demand, told, horizonMs, toldAtMs);
  const coming = atLeast(demand, level, toldAtMs);
  const waiting = other === undefined ? load.waiting : load.waiting - load.blocked + other.ahead;
  const waitsPerSecond = Math.max(0, waiting - allowedQueue) / drainSeconds;
  // what will wait by the time that a replica which is asked for now serves is known now: its share of the drain is asked for with it, and not look by look
  const foreseenWaiting = Math.min(drainSeconds * coming, (Math.max(0, coming - fullUntil(known)) * horizonMs) / 1000);
  const drainPerSecond = Math.max(0, waiting + foreseenWaiting - allowedQueue) / drainSeconds;
  const passed = other?.most ?? Infinity;
  const perSecond = Math.min(passed, coming + drainPerSecond);
  const backlogPerSecond = Math.min(drainPerSecond, Math.max(0, passed - coming));
  const likelyMost = level.perSecond + downDeviations * level.deviation;
  const atMost = Math.min(passed, Math.max(likelyMost, coming) + waitsPerSecond);
  const fallen = level.before !== undefined && level.perSecond < level.before * (level.course === 'step' ? 1 : muchLess);
  const windowMs = policy.scaleDownStabilizationMs;
  const restraint = watchRestraint(before?.restraint, { level, fallen, late: load.waiting > allowedQueue || load.late, decided, driftMs: driftWindows * windowMs, slipMs: fallWindows * windowMs }, nowMs);
  const lately = Math.min(passed, mayReturnTo(restraint, demand.dispersion));
  // what removals are weighed by
  const surely = Math.max(atMost, lately);
  const growth = expectedGrowth(demand, level, horizonMs);
  const budget = watchBudget(before?.budget, { latency, serving, perSecond: told.perSecond, overdue: load.waiting > allowedQueue }, slo, nowMs);
  const lateShare = lateShareAllowed(budget, coming, horizonMs, slo);
  const deviations = deviationsOf(1 - lateShare);
  // who saved up while the load stayed as it was did so with what is there: that is no reason to have less
  const unsavedShare = Math.min(lateShare, 1 - slo.attainment);
  const deviationsSurely = fallen ? deviations : deviationsOf(1 - unsavedShare);
  const { reversion } = demand;
  const reserve = (rate: number, share: number, sinceMs?: number): number => isReverting(reversion) ? reserveAround(reversion, rate, share) : reserveFor(demand, rate, horizonMs, lateShare, nowMs, sinceMs);
  // what drains a queue is no load that could grow; and who begins anew beside variants that have long been decided about adds nothing because it does not know them
  const sudden = reserve(coming, lateShare, nowMs - demand.sinceMs < firstMinuteMs ? -Infinity : Math.min(newSinceMs, demand.sinceMs));
  // what the past has saved up is spent by waiting before something is added, and not by removing
  const suddenSurely = reserve(Math.max(0, surely - waitsPerSecond), unsavedShare);
  const rises = { now: Math.min(Math.max(growth, sudden), passed - perSecond), surely: Math.min(Math.max(growth, suddenSurely), passed - surely) };

  const seenSpread = known.length > 1 ? watchSpread(before?.spread, known.map(({ member, kvCapacityTokens }) => ({ serving: member.supply.serving, kvCapacityTokens })), nowMs) : undefined;
  const spread = known.length > 1 ? spreadOf(seenSpread) : undefined;
  const abilities = known.map((one): Ability => {
    const carries = carriedUnder(one, { demand, rate: perSecond, rise: rises.now, sharing: usable, deviations });
    const carriesSurely = carriedUnder(one, { demand, rate: surely, rise: rises.surely, sharing: usable - 1, deviations: deviationsSurely });
    if (carries === undefined || carriesSurely === undefined) return one;
    const ability = { ...one, carries, carriesSurely };
    return spread === undefined ? ability : besideOthers(ability, spread);
  });
  const idleSinceMs = load.idle ? (before?.idleSinceMs ?? nowMs) : undefined;
  const keep = load.silent > 0 ? 'HeldMetricsPartial' : load.waiting > allowedQueue || load.late ? 'HeldSaturated' : undefined;
  const assessment: Assessment = {
    perSecond,
    atMost,
    lately,
    turnedOutNeeded: turnedOutNeeded(restraint),
    backlogPerSecond,
    reservePerSecond: rises.now,
    waiting: load.waiting,
    foreseenWaiting,
    allowedQueue,
    measured,
    level: told,
    ...(isReverting(reversion) && { expected: { perSecond: level.perSecond, mean: reversion.mean, stays: reversion.law.stays } }),
    growth,
    lateShare,
    ...(budget && { budget }),
    source: load.source,
    horizonMs,
    ...(spread && { spread }),
    fallen,
    aLookBefore: () => beforeLast(demand),
    abilities,
    ...(idleSinceMs !== undefined && { idleSinceMs }),
    ...(other !== undefined && coming + drainPerSecond > passed && { heldTo: { by: other.stage, ofPerSecond: coming + drainPerSecond } }),
    ...(keep && { keep }),
  };
  return { assessment, known, memory: { shape, demand, restraint: { ...restraint, weighed: surely, carried: carriedTogether(abilities.map(({ carriesSurely = 0, shareSurely }) => ({ carries: carriesSurely, ...(shareSurely && { share: shareSurely }) })), group.members.map(({ supply }) => supply.usable)) }, ...(budget && { budget }), ...(seenSpread && { spread: seenSpread }), ...(load.standstill && { standstill: load.standstill }), ...(idleSinceMs !== undefined && { idleSinceMs }) } };
}

/** The level by all looks but the last, requests per second. */
function beforeLast({ rates, dispersion }: DemandMemory): number {
  const earlier = rates.slice(0, -2);
  const atMs = earlier.at(-2);
  return atMs === undefined ? 0 : levelOf({ rates: earlier, dispersion }, atMs).perSecond;
}

/** Requests per second that leave the replicas when all are full, in the mean over one start-up time: of those that start, half of it. */
function fullUntil(known: readonly Known[]): number {
  let perSecond = 0;
  for (const { limits, member } of known) {
    if (limits === undefined) return Infinity;
    const { ready, usable } = member.supply;
    perSecond += limits.perSecond * (ready + Math.max(0, usable - ready) / 2);
  }
  return perSecond;
}
