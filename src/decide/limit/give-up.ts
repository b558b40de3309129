import type { Draft } from '../draft.ts';
import { replicas, step } from '../trail.ts';

/**
 * Replicas that no node takes are not asked for any longer once the load is carried without them (`atMost`). Until then they go on waiting: a node may be on its way for them, and who waits is the first to
 * have it.
 */
export function giveUp(draft: Draft): Draft {
  const { atMost, subject, trail } = draft;
  if (atMost === undefined || trail.at <= atMost) return draft;
  const said = subject.supply.refusal;
  const sentence = (): string => `No node takes ${replicas(subject.supply.stuckWithoutNode)} of ${subject.supply.current}${said === undefined ? '' : ` (${said.replace(/\.$/, '')})`}, and the load is carried without.`;
  return { ...draft, trail: step(trail, atMost, 'GivenUpUnschedulable', sentence), window: (draft.window ?? []).map(({ atMs, replicas: count }) => ({ atMs, replicas: Math.min(count, atMost) })) };
}
