import { compareText, groupBy, sum } from '../../base/index.ts';
import type { Draft } from '../draft.ts';
import { step } from '../trail.ts';

/**
 * Nobody can say on which accelerator a new pod of a shared target lands. When the one that was asked for on A lands on
 * B, then A still wants it (its window, a held decision, its minimum) and B has it already; asked for twice, it
 * comes twice, and so on without end. So the variants of one target may together ask for more than they have only by
 * what the load adds now, or what they asked for together before.
 */
export function capSharedTargets(drafts: readonly Draft[]): readonly Draft[] {
  if (drafts.length < 2 || new Set(drafts.map(({ subject }) => subject.target)).size === drafts.length) return drafts;
  const capped = new Map<string, Draft>();
  for (const sharers of groupBy(drafts, ({ subject }) => subject.target).values()) {
    if (sharers.length > 1) for (const draft of cap(sharers)) capped.set(draft.subject.variant.key, draft);
  }
  return drafts.map((draft) => capped.get(draft.subject.variant.key) ?? draft);
}

function cap(sharers: readonly Draft[]): readonly Draft[] {
  const before = sum(sharers.map(lastOf));
  const grown = sum(sharers.map(({ subject, added }) => subject.supply.current + added));
  // a minimum is asked for once; if its pod then lands elsewhere, asking again would not bring it here either
  const newMinimums = sum(sharers.map((draft) => Math.max(0, draft.subject.variant.minReplicas - Math.max(draft.subject.supply.current, lastOf(draft)))));
  const allowed = Math.max(before, grown) + newMinimums;
  let excess = sum(sharers.map(({ trail }) => trail.at)) - allowed;
  if (excess <= 0) return sharers;
  const lowered = new Map<string, number>();
  // first what nobody has and no load asked for, then the dearest
  for (const floorOf of [neededBy, minimumOf]) {
    for (const draft of sharers.toSorted(dearestFirst)) {
      const at = lowered.get(keyOf(draft)) ?? draft.trail.at;
      const cut = Math.min(excess, Math.max(0, at - floorOf(draft)));
      lowered.set(keyOf(draft), at - cut);
      excess -= cut;
    }
  }
  const sentence = (): string => `The variants of ${sharers[0]?.subject.variant.target.kind} ${sharers[0]?.subject.variant.target.name} ask together for no more than ${allowed}: nobody can choose the accelerator of its next pod.`;
  return sharers.map((draft) => {
    const to = lowered.get(keyOf(draft)) ?? draft.trail.at;
    return to === draft.trail.at ? draft : { ...draft, trail: step(draft.trail, to, 'SharedTargetCapped', sentence) };
  });
}

function lastOf({ subject }: Draft): number {
  return subject.recalled.desired ?? subject.supply.current;
}

function neededBy(draft: Draft): number {
  return Math.max(draft.subject.supply.current + draft.added, minimumOf(draft));
}

function minimumOf({ subject }: Draft): number {
  return subject.variant.minReplicas;
}

function keyOf({ subject }: Draft): string {
  return subject.variant.key;
}

function dearestFirst(a: Draft, b: Draft): number {
  return b.subject.variant.costPerHour - a.subject.variant.costPerHour || compareText(keyOf(b), keyOf(a));
}
