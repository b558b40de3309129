import type { Member } from './group.ts';

/**
 * What is known of each member's replica, and for those that run or start and have shown nothing yet, the least that is known of another: what has been asked for is not
 * asked for once more on another variant. One at zero of which nothing is known stays unknown, for nobody has seen that it works at all.
 */
export function believedCapacities(members: readonly Member[], known: readonly (number | undefined)[]): readonly (number | undefined)[] {
  const least = Math.min(...known.filter((capacity) => capacity !== undefined));
  return members.map(({ supply }, index) => known[index] ?? (supply.current > 0 && Number.isFinite(least) ? least : undefined));
}
