import type { Proposal } from './proposal.ts';

/** What one replica of each member carries, in one unit for all of them: what is known of some of them only is no measure. */
export function unitsOf({ group, carries }: Pick<Proposal, 'group' | 'carries'>): readonly number[] {
  const known = group.members.map((_, index) => carries(index));
  return known.every((each) => each !== undefined && each > 0) ? (known as readonly number[]) : group.members.map(() => 1);
}
