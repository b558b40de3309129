import { clamp } from '../../../base/index.ts';
import { ceil } from './apa.ts';

export interface PendingGuardInput {
  readonly current: number;
  readonly ready: number;
  /** What the law wants. */
  readonly wanted: number;
  /** Sum of the metric over the ready pods. */
  readonly used: number;
  readonly target: number;
}

/**
 * Both laws work with what the ready pods say. While others are on their way, what is wanted is worked out once more with those: at no
 * use on the way up, at their target on the way down. It may take back a part of the step, and never turns it around.
 */
export function guardPending({ current, ready, wanted, used, target }: PendingGuardInput): number {
  const pending = Math.max(0, current - ready);
  if (pending === 0 || wanted === current) return wanted;
  if (wanted > current) return clamp(ceil(used / target), current, wanted);
  return clamp(ceil((used + pending * target) / target), wanted, current);
}
