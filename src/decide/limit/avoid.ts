import type { AcceleratorPool, VariantMemory, VariantObservation } from '../../model/index.ts';
import type { Supply } from '../analyze/supply.ts';
import { placedOn } from './nodes.ts';

export type Avoided = NonNullable<VariantMemory['avoided']>;

/** What is remembered of a variant whose pods no node takes, and whether it counts now. */
export interface Avoidance {
  /** Others are asked for instead. It is remembered for longer, so that the next pause is a longer one. */
  readonly active: boolean;
  readonly memory: Avoided;
}

/** Nodes come within five minutes where they come at all; what another user holds, within the hour that a job takes. */
const firstWaitMs = 300_000;
const longestWaitMs = 3_600_000;

/**
 * A variant with replicas that no node has taken for as long as the policy waits is avoided for a while, each time for twice as long. It is tried again after that; at once when one of those that still wait finds a node, or when
 * the nodes, which had no room for one, have it.
 */
export function avoidanceOf(before: Avoided | undefined, seen: VariantObservation, supply: Supply, inventory: readonly AcceleratorPool[] | undefined, nowMs: number): Avoidance | undefined {
  const refused = supply.stuckWithoutNode;
  if (before === undefined && refused === 0) return undefined;
  const placed = seen.replicas.filter(({ scheduled, terminating }) => scheduled && !terminating).length;
  if (before !== undefined && nowMs < before.untilMs) {
    if (refused === 0 && placed > before.placed) return undefined;
    const comes = refused === 0 && before.hadNoRoom === true && hasRoom(seen, inventory) === true;
    return comes ? { active: false, memory: { ...before, untilMs: nowMs } } : { active: true, memory: before };
  }
  if (refused > 0) {
    const waitMs = before === undefined ? firstWaitMs : Math.min(longestWaitMs, 2 * before.waitMs);
    const hadNoRoom = hasRoom(seen, inventory) === false;
    const message = supply.refusal ?? '';
    return { active: true, memory: { sinceMs: nowMs, untilMs: nowMs + waitMs, waitMs, refused, placed, message, ...(hadNoRoom && { hadNoRoom }) } };
  }
  // as long again without a refusal, and it is forgotten
  return before !== undefined && nowMs < before.untilMs + Math.max(before.waitMs, firstWaitMs) ? { active: false, memory: before } : undefined;
}

/** Whether a node has room for one more replica; `undefined` where nobody can say. */
function hasRoom({ variant, request }: VariantObservation, inventory: readonly AcceleratorPool[] | undefined): boolean | undefined {
  const pool = inventory?.find(({ accelerator }) => accelerator === variant.accelerator);
  if (pool === undefined || !pool.complete) return undefined;
  return placedOn(pool.freeOnNodes, request?.onPods ?? [variant.acceleratorCount]) !== undefined;
}

/** For the person who wonders why it does not grow. */
export function avoidanceInWords({ refused, message, untilMs }: Avoided): string {
  const said = message === '' ? '' : ` (${message.replace(/\.$/, '')})`;
  return `No node takes ${refused === 1 ? '1 replica' : `${refused} replicas`}${said}. Other variants are asked for where there are any that carry the load, until ${new Date(untilMs).toISOString().slice(0, 19)}Z or until a node has room.`;
}
