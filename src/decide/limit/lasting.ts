import type { Draft } from '../draft.ts';

/**
 * Replicas that a variant is called to have for longer than what waits takes to be drained, and than a forecast holds. Only these are reckoned with where some are taken from others: a queue comes and goes with every replica that is taken or
 * given, and what is needed must not.
 */
export function lastingWish({ trail, held, recommendation, window = [], subject }: Draft): number {
  if (held) return trail.at;
  let most = Math.max(recommendation, subject.variant.minReplicas);
  for (const { replicas, forMs } of window) if (forMs === undefined) most = Math.max(most, replicas);
  return Math.min(trail.at, most);
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
