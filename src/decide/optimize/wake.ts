import type { Group, Member } from '../analyze/group.ts';
import { isStuck, mostOf } from './most.ts';

/** What is said of each variant of a model that is brought back. */
export const wakingWords = 'Requests wait, and no replica serves them: the cheapest variant begins.';

/** No replica of it serves or is on its way. */
export function isAtRest({ members }: Group): boolean {
  return members.every(({ supply }) => supply.current <= supply.stuckWithoutNode);
}

/**
 * The first replica of a model that is at rest and asked for: one of the cheapest variant that may have one. What it carries says how many more it takes.
 *
 * @param free Which members may change, in the group's order.
 * @returns How many of each; `undefined` where none may.
 */
export function woken(group: Group, free: readonly boolean[]): readonly number[] | undefined {
  const cheapest = cheapestOf(group, free, (member) => mostOf(member) > 0);
  return cheapest === undefined ? undefined : group.members.map(({ supply }, index) => Math.max(supply.current, Number(index === cheapest)));
}

/** The cheapest variant that is free to grow, has no replica that waits for a node, and is fit; by its place. */
export function cheapestOf(group: Group, free: readonly boolean[], isFit: (member: Member) => boolean): number | undefined {
  let cheapest: number | undefined;
  for (const [index, member] of group.members.entries()) {
    if (free[index] === true && !isStuck(member) && isFit(member) && (cheapest === undefined || member.variant.costPerHour < (group.members[cheapest] as Member).variant.costPerHour)) cheapest = index;
  }
  return cheapest;
}
