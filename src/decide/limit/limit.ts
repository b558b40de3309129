import type { Group } from '../analyze/group.ts';
import type { Draft } from '../draft.ts';
import { capSharedTargets } from '../enforce/shared-target.ts';
import { lastingNeed } from './lasting.ts';
import type { Limits } from './limits.ts';
import type { Proposal } from './proposal.ts';
import { lessKept, roomLater } from './room-later.ts';
import { shareOut, type Cut, type Wish, type Wishes } from './share-out.ts';
import { mayTakeBack, takeBack } from './take-back.ts';
import { told } from './told.ts';
import { unitsOf } from './units.ts';

/** Each time somebody is cut, others of its model take over, and may be cut in turn. After so many times what is cut is not replaced in this decision. */
const mostRounds = 4;

/**
 * The drafts of all models together, with what is added to what is asked for already held to what is free. Who has no room for one variant gets the cheapest mix of those that have. What
 * is asked for already is cut only of models whose policy lets others take it back.
 */
export function limit(proposals: readonly Proposal[], limits: Limits, nowMs: number): readonly Draft[] {
  const wished = draftsOf(proposals.map(({ drafts }) => drafts));
  const takes = mayTakeBack(proposals);
  const kept = new Map<string, number>();
  const share = (of: readonly (readonly Draft[])[]): ReadonlyMap<string, Cut> => shareOut(wishesOf(proposals, of, limits, takes ? wished : undefined), takes ? () => lessKept(roomLater(of.flat(), limits), kept, limits) : undefined);
  let drafts = wished;
  let cuts = share(drafts);
  if (cuts.size === 0) return wished.flat();
  const ceilings = new Map<string, number>();
  const causes = new Map<string, Cut>();
  for (let round = 1; cuts.size > 0; round++) {
    for (const [key, cut] of cuts) {
      causes.set(key, cut);
      // who is cut asks no more in the rounds that follow, and what is coming for him is none of theirs
      if (cut.coming !== undefined) kept.set(key, (kept.get(key) ?? 0) + cut.coming);
    }
    for (const draft of drafts.flat()) {
      const cut = cuts.get(keyOf(draft));
      if (cut) ceilings.set(keyOf(draft), askedFor(draft) + cut.given);
    }
    const before = drafts;
    drafts = draftsOf(proposals.map(({ drafts: first, again, other }, index) => {
      const had = before[index] ?? first;
      const isCut = had.some((draft) => cuts.has(keyOf(draft))) || cutOf(other, cuts) !== undefined;
      return (isCut && round < mostRounds ? again(ceilings) : had).map((draft) => heldTo(draft, ceilings.get(keyOf(draft))));
    }));
    if (round >= mostRounds) break;
    cuts = share(drafts);
  }
  const given = wished.map((of, index) => {
    const proposal = proposals[index] as Proposal;
    const model = cutOf(proposal.group, causes);
    const other = cutOf(proposal.other, causes);
    const cause = model ?? other;
    return cause === undefined ? of : of.map((first, place) => told(first, drafts[index]?.[place] ?? first, causes.get(keyOf(first)), cause, other));
  });
  return takes ? takeBack(proposals, wished, given, { cuts: causes, limits, nowMs }) : given.flat();
}

/** The first cut of a group's members. */
function cutOf(group: Group | undefined, cuts: ReadonlyMap<string, Cut>): Cut | undefined {
  return group?.members.map(({ variant }) => cuts.get(variant.key)).find((cut) => cut !== undefined);
}

/** With what the variants of one target may ask for together. */
function draftsOf(of: readonly (readonly Draft[])[]): readonly (readonly Draft[])[] {
  const capped = capSharedTargets(of.flat());
  let start = 0;
  return of.map(({ length }) => capped.slice(start, (start += length)));
}

/** @param needing by what they need to last, where what runs is shared too; else what is asked for now is what is needed */
function wishesOf(proposals: readonly Proposal[], drafts: readonly (readonly Draft[])[], limits: Limits, needing?: readonly (readonly Draft[])[]): Wishes[] {
  return proposals.flatMap((proposal, at): Wishes[] => {
    const { group } = proposal;
    const of = drafts[at] ?? [];
    if (!of.some((draft) => draft.trail.at > askedFor(draft) && limits.has(keyOf(draft)))) return [];
    const units = unitsOf(proposal);
    const has = group.members.reduce((total, { supply }, index) => total + supply.usable * (units[index] as number), 0);
    const wishes = (onTrial: boolean): Wishes[] => {
      const wished = of.flatMap((draft, index): Wish[] => {
        const { variant } = draft.subject;
        if ((variant.mode === 'recommend') !== onTrial) return [];
        return [{ key: keyOf(draft), more: Math.max(0, draft.trail.at - askedFor(draft)), carries: units[index] as number, costPerHour: variant.costPerHour, takings: limits.get(keyOf(draft)) ?? [] }];
      });
      return wished.length === 0 ? [] : [{ work: group.work, priority: group.policy.priority, onTrial, has, ...(needing && { needs: lastingNeed(needing[at] ?? of, units) }), of: wished }];
    };
    return [...wishes(false), ...wishes(true)];
  });
}

function heldTo(draft: Draft, ceiling: number | undefined): Draft {
  if (ceiling === undefined || draft.trail.at <= ceiling) return draft;
  return { ...draft, trail: { ...draft.trail, at: ceiling } };
}

/** What is asked for today: it has its room, or waits for it. */
function askedFor({ subject }: Draft): number {
  return subject.supply.current;
}

function keyOf({ subject }: Draft): string {
  return subject.variant.key;
}
