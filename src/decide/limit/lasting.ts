import type { Draft } from '../draft.ts';

/**
 * Replicas that a variant is called to have for longer than what waits takes to be drained. Only these are reckoned with where some are taken from others: a queue comes and goes with every replica that is taken or
 * given, and what is needed must not.
 */
export function lastingWish({ trail, held, lasting, subject }: Draft): number {
  return held || lasting === undefined ? trail.at : Math.min(trail.at, Math.max(lasting, subject.variant.minReplicas));
}

/** What a model's part needs in its unit, of what its variants are called to have; who asks for anything needs one replica at least. */
export function lastingNeed(drafts: readonly Draft[], carries: readonly number[]): number {
  let needs = 0;
  let least = Infinity;
  for (const [index, draft] of drafts.entries()) {
    const each = carries[index] as number;
    const { subject } = draft;
    needs += (subject.variant.mode === 'recommend' ? subject.supply.usable : lastingWish(draft)) * each;
    if (draft.trail.at > 0) least = Math.min(least, each);
  }
  return least < Infinity ? Math.max(needs, least) : needs;
}
