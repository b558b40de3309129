import { groupBy } from '../../base/index.ts';
import type { Draft } from '../draft.ts';
import { replicas, step } from '../trail.ts';
import { lastingNeed, lastingWish } from './lasting.ts';
import type { Limits } from './limits.ts';
import type { Proposal } from './proposal.ts';
import { reclaim, type Share, type Taken } from './reclaim.ts';
import { lessAdded, roomLater } from './room-later.ts';
import type { Cut } from './share-out.ts';
import { sparedBy, sparedTogether } from './spared.ts';
import type { Holding, Party } from './standing.ts';
import { within } from './told.ts';
import { unitsOf } from './units.ts';

/** What was cut by what. */
export interface Scarce {
  readonly cuts: ReadonlyMap<string, Cut>;
  readonly limits: Limits;
  readonly nowMs: number;
}

/** Whether anything of what these variants run may be taken back for others. */
export function mayTakeBack(proposals: readonly Proposal[]): boolean {
  return proposals.some(({ group }) => group.members.some(({ policy }) => policy.reclaim));
}

/**
 * The drafts with what is given back by models that have more than their share of what others were cut by.
 * @param wished as they were before anything was cut, in the order of the proposals
 * @param given as they are after it
 */
export function takeBack(proposals: readonly Proposal[], wished: readonly (readonly Draft[])[], given: readonly (readonly Draft[])[], about: Scarce): readonly Draft[] {
  const { limits, nowMs } = about;
  const drafts = given.flat();
  const shared = sharedTargets(drafts);
  const parties = proposals.map((proposal, index) => partyOf(proposal, wished[index] ?? [], given[index] ?? [], about, shared));
  const { taken, coming, claiming } = reclaim(parties, lessAdded(roomLater(drafts, limits), drafts, limits));
  const first = new Map(wished.flat().map((draft) => [keyOf(draft), draft]));
  return drafts.map((draft) => {
    const key = keyOf(draft);
    const less = taken.get(key);
    const more = coming.get(key);
    const left = less === undefined ? draft : without(draft, less);
    // what is coming for it stays asked for until it is there
    const kept = more === undefined ? left : { ...left, window: within(first.get(key)?.window ?? [], draft.trail.at + more) };
    return claiming.has(key) ? { ...kept, claimedSinceMs: draft.subject.recalled.claimedSinceMs ?? nowMs } : kept;
  });
}

function partyOf(proposal: Proposal, wished: readonly Draft[], given: readonly Draft[], { cuts, limits, nowMs }: Scarce, shared: ReadonlySet<string>): Party {
  const { group } = proposal;
  const units = unitsOf(proposal);
  let has = 0;
  const of = given.map((draft, index): Holding => {
    const { subject, trail } = draft;
    const { variant, supply, target } = subject;
    const isAlone = !shared.has(target);
    const carries = units[index] as number;
    has += carries * (variant.mode === 'recommend' ? supply.usable : supply.usable - Math.max(0, supply.usable - trail.at) + Math.max(0, trail.at - supply.current));
    const lacks = cuts.has(keyOf(draft)) && isAlone && mayAsk(draft) ? Math.max(0, lastingWish(wished[index] ?? draft) - trail.at) : 0;
    const { claimedSinceMs = nowMs } = subject.recalled;
    return { key: keyOf(draft), lacks, claimedForMs: nowMs - claimedSinceMs, carries, costPerHour: variant.costPerHour, takings: limits.get(keyOf(draft)) ?? [], ...(isAlone ? sparedBy(draft) : { atOnce: 0, atMost: 0 }) };
  });
  return { work: group.work, priority: group.policy.priority, patienceMs: group.policy.scaleDownStabilizationMs, needs: lastingNeed(wished, units), has, spare: of.some(({ atMost }) => atMost > 0) ? sparedTogether(group, given) : 0, of };
}

/** Nothing is taken for a decision that is held or only shown, nor for replicas that no node takes, or all of which hang in their start: what is broken would take one after the other. */
function mayAsk({ subject, held }: Draft): boolean {
  const { variant, avoidance, supply } = subject;
  return !held && (variant.mode === 'act' || variant.mode === 'pausedDown') && avoidance?.active !== true && supply.stuckWithoutNode === 0 && (supply.stuckOnNode === 0 || supply.ready > 0);
}

function sharedTargets(drafts: readonly Draft[]): ReadonlySet<string> {
  return new Set([...groupBy(drafts, ({ subject }) => subject.target)].flatMap(([target, those]) => (those.length > 1 ? [target] : [])));
}

function without(draft: Draft, taken: Taken): Draft {
  const to = draft.trail.at - taken.count;
  return { ...draft, trail: step(draft.trail, to, 'Reclaimed', () => takingInWords(draft, taken)), window: within(draft.window ?? [], to) };
}

function takingInWords(draft: Draft, { count, by, from, to }: Taken): string {
  const [others, more] = [to.slice(0, 3), to.length - 3];
  const names = others.map((share) => `${nameOf(share)} is to have ${percent(share)} of what it needs`).join(', ');
  return `${by.words()}, and ${names}${more > 0 ? ` and ${more} others` : ''}: ${count} of ${replicas(draft.trail.at)} ${count === 1 ? 'goes' : 'go'} for ${to.length === 1 ? 'it' : 'them'}, which leaves ${nameOf(from)} ${percent(from)}.`;
}

function percent({ ofNeed }: Share): string {
  return `${Math.round(100 * ofNeed)} %`;
}

function nameOf({ work, priority }: Share): string {
  return `${work.replace(/^both\?? /, '')} (priority ${priority})`;
}

function keyOf({ subject }: Draft): string {
  return subject.variant.key;
}
