import type { VariantMemory } from '../../model/index.ts';
import type { Group } from '../analyze/group.ts';
import type { Draft } from '../draft.ts';
import { capSharedTargets } from '../enforce/shared-target.ts';
import { replicas, step } from '../trail.ts';
import type { Limits } from './limits.ts';
import { shareOut, type Cut, type Wish, type Wishes } from './share-out.ts';

/** What was chosen for one model's part, and how it is chosen again with less room. */
export interface Proposal {
  readonly group: Group;
  /** In the group's order. */
  readonly drafts: readonly Draft[];
  /** What one replica of a member carries, in one unit for all of them, where that is known. */
  readonly carries: (index: number) => number | undefined;
  /** Those that do the other stage of the same requests: with less room for them, less is called for here. */
  readonly other?: Group;
  /** Chosen with so many replicas of each variant at most, by variant key. */
  readonly again: (ceilings: ReadonlyMap<string, number>) => readonly Draft[];
}

/** Each time somebody is cut, others of its model take over, and may be cut in turn. After so many times what is cut is not replaced in this decision. */
const mostRounds = 4;

/**
 * The drafts of all models together, with what is added to what is asked for already held to what is free. Who has no room for one variant gets the cheapest mix of those that have. What
 * is asked for already is never cut here.
 */
export function limit(proposals: readonly Proposal[], limits: Limits): readonly Draft[] {
  const wished = draftsOf(proposals.map(({ drafts }) => drafts));
  let drafts = wished;
  let cuts = shareOut(wishesOf(proposals, drafts, limits));
  if (cuts.size === 0) return wished.flat();
  const ceilings = new Map<string, number>();
  const causes = new Map<string, Cut>();
  for (let round = 1; cuts.size > 0; round++) {
    for (const [key, cut] of cuts) causes.set(key, cut);
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
    cuts = shareOut(wishesOf(proposals, drafts, limits));
  }
  return wished.flatMap((of, index) => {
    const proposal = proposals[index] as Proposal;
    const model = cutOf(proposal.group, causes);
    const other = cutOf(proposal.other, causes);
    const cause = model ?? other;
    return cause === undefined ? of : of.map((first, place) => told(first, drafts[index]?.[place] ?? first, causes.get(keyOf(first)), cause, other));
  });
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

function wishesOf(proposals: readonly Proposal[], drafts: readonly (readonly Draft[])[], limits: Limits): Wishes[] {
  return proposals.flatMap(({ group, carries }, at): Wishes[] => {
    const of = drafts[at] ?? [];
    if (!of.some((draft) => draft.trail.at > askedFor(draft) && limits.has(keyOf(draft)))) return [];
    // one unit for all: what is known of some of them only is no measure
    const known = group.members.map((_, index) => carries(index));
    const units = known.every((each) => each !== undefined && each > 0) ? (known as readonly number[]) : group.members.map(() => 1);
    const has = group.members.reduce((total, { supply }, index) => total + supply.usable * (units[index] as number), 0);
    const wishes = (onTrial: boolean): Wishes[] => {
      const wished = of.flatMap((draft, index): Wish[] => {
        const { variant } = draft.subject;
        if ((variant.mode === 'recommend') !== onTrial) return [];
        return [{ key: keyOf(draft), more: Math.max(0, draft.trail.at - askedFor(draft)), carries: units[index] as number, costPerHour: variant.costPerHour, takings: limits.get(keyOf(draft)) ?? [] }];
      });
      return wished.length === 0 ? [] : [{ work: group.work, priority: group.policy.priority, onTrial, has, of: wished }];
    };
    return [...wishes(false), ...wishes(true)];
  });
}

function heldTo(draft: Draft, ceiling: number | undefined): Draft {
  if (ceiling === undefined || draft.trail.at <= ceiling) return draft;
  return { ...draft, trail: { ...draft.trail, at: ceiling } };
}

/**
 * The way from what was wished for to what is given. What is remembered as recommended is what was given: a wish that found no room is made anew while it lasts.
 * @param own what this variant was cut by, `model` what the first of its group was, `other` what the first of those was that do the other stage of the same requests
 */
function told(first: Draft, last: Draft, own: Cut | undefined, model: Cut, other: Cut | undefined): Draft {
  const { at } = last.trail;
  if (at === first.trail.at) return first;
  const isLess = at < first.trail.at;
  const isCut = isLess && own !== undefined;
  const trail = isLess && !isCut && other !== undefined ? step(first.trail, at, other.by.reason, () => `${replicas(at)}, for those that do the other stage of the requests have no room for more (${other.by.words()}), and pass no more.`) : isCut ? step(first.trail, at, own.by.reason, () => cutInWords(first, at, own)) : step(first.trail, at, 'InPlaceOfOther', () => `${replicas(at)}, for another variant of the model has no room (${model.by.words()}).`);
  return { ...last, trail, held: first.held, window: within(last.window ?? [], at) };
}

function within(window: VariantMemory['recommendations'], most: number): VariantMemory['recommendations'] {
  return window.map(({ atMs, replicas: count }) => ({ atMs, replicas: Math.min(count, most) }));
}

function cutInWords(draft: Draft, at: number, { by, others }: Cut): string {
  const { variant } = draft.subject;
  const each = variant.acceleratorCount > 1 ? ` of ${variant.acceleratorCount} accelerators` : '';
  const shared = others > 0 ? `, which ${others === 1 ? 'another model asks' : `${others} other models ask`} for too` : '';
  const given = Math.max(0, at - askedFor(draft));
  return `${by.words()}${shared}: ${given === 0 ? 'none' : given} of the ${draft.trail.at - askedFor(draft)} more${each} that are called for.`;
}

/** What is asked for today: it has its room, or waits for it. */
function askedFor({ subject }: Draft): number {
  return subject.supply.current;
}

function keyOf({ subject }: Draft): string {
  return subject.variant.key;
}
