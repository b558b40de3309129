import { isAtAStandstill } from '../analyze/standstill.ts';
import { reports } from '../analyze/telling.ts';
import type { Group, Member } from '../analyze/group.ts';
import type { Draft } from '../draft.ts';
import { mostRemoved } from '../optimize/most.ts';
import { heldBy } from './limits.ts';

/** Replicas of a variant that may be taken from it in one decision. */
export interface Spared {
  /** At most the share that any decision removes. */
  readonly atOnce: number;
  /** Down to its minimum. */
  readonly atMost: number;
}

const nothing: Spared = { atOnce: 0, atMost: 0 };

/**
 * What may be taken from a variant for others. Nothing where it is not its own decision (held, paused, a recommendation, the share of a target that others have too), where nothing is remembered of it yet, nor below its minimum. While
 * replicas of it are going, as many as are decided already may go, and no more before they are gone: what they hold is given only then, and what their load does to the others is seen first.
 */
export function sparedBy({ subject, trail, held }: Draft): Spared {
  const { variant, policy, recalled, supply, seen } = subject;
  const { current } = supply;
  if (!policy.reclaim || variant.mode !== 'act' || held || recalled.recommendations.length === 0 || trail.at > current) return nothing;
  const decided = recalled.desired ?? current;
  const isGoing = decided < current || heldBy(subject) > current || seen.replicas.some(({ terminating }) => terminating);
  const atMost = Math.max(0, trail.at - Math.max(variant.minReplicas, isGoing ? Math.min(decided, current) : 0));
  const atOnce = Math.max(0, Math.min(atMost, trail.at - (isGoing ? 0 : current - mostRemoved(current, policy))));
  return atOnce > 0 ? { atOnce, atMost } : nothing;
}

/**
 * Replicas that may go from all variants of a model's part together: one that serves stays, and all of them do while one says nothing of its load or counts nothing.
 */
export function sparedTogether({ members }: Group, drafts: readonly Draft[]): number {
  if (!members.every(isWellKnown)) return 0;
  let ready = 0;
  for (const [index, { supply }] of members.entries()) ready += supply.ready - Math.max(0, supply.current - (drafts[index]?.trail.at ?? supply.current));
  return Math.max(0, ready - 1);
}

function isWellKnown({ supply }: Member): boolean {
  return supply.serving.every(({ readings }) => reports(readings) && !isAtAStandstill(readings));
}
