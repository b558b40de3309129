import type { Draft } from '../draft.ts';
import { replicas, step } from '../trail.ts';

/**
 * Replicas that no node takes, and pods that hang in their start, are not asked for any longer once the load is carried without them. Until then they go on waiting: a node may be on its way for them, and who waits is the first to
 * have it; and one that hangs may come after all.
 */
export function giveUp(draft: Draft): Draft {
  const { givenUp, subject, trail } = draft;
  if (givenUp === undefined) return draft;
  const { current, refusal } = subject.supply;
  const withNodes = current - givenUp.withoutNode;
  const atMost = withNodes - givenUp.hung;
  if (trail.at <= atMost) return draft;
  let shorter = trail;
  if (shorter.at > withNodes) shorter = step(shorter, withNodes, 'GivenUpUnschedulable', () => `No node takes ${replicas(givenUp.withoutNode)} of ${current}${refusal === undefined ? '' : ` (${refusal.replace(/\.$/, '')})`}, and the load is carried without.`);
  if (shorter.at > atMost) shorter = step(shorter, atMost, 'GivenUpUnready', () => `${replicas(givenUp.hung)} of ${current} ${givenUp.hung === 1 ? 'has' : 'have'} not become ready for far longer than others take, and the load is carried without; pods that are not ready go first.`);
  return { ...draft, trail: shorter, window: (draft.window ?? []).map(({ atMs, replicas: count }) => ({ atMs, replicas: Math.min(count, atMost) })) };
}
