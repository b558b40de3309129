import type { Group } from '../analyze/group.ts';
import type { Draft } from '../draft.ts';

/** What was chosen for one model's part, and how it is chosen again with less room. */
export interface Proposal {
  readonly group: Group;
  /** In the group's order. */
  readonly drafts: readonly Draft[];
  /** What one replica of a member carries, in one unit for all of them, where that is known. */
  readonly carries: (index: number) => number | undefined;
  /** Those that do the other stage of the same requests: with less room for them, less is called for here. */
  readonly other?: Group;
  /** Chosen with so many replicas of each variant at most, by variant key. */
  readonly again: (ceilings: ReadonlyMap<string, number>) => readonly Draft[];
}
