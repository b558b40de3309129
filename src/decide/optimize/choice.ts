import type { ReasonCode } from '../../model/index.ts';
import type { Member } from '../analyze/group.ts';
import type { BasisOfChoice } from './weighed.ts';

/** What was chosen for a group. */
export interface Choice {
  /** By member, in the group's order; members that are not candidates keep theirs. */
  readonly counts: readonly number[];
  /** What would do once what waits has been drained; absent where that is as many. */
  readonly lasting?: readonly number[];
  readonly reason: ReasonCode;
  readonly because: (member: Member, to: number) => string;
  /** Absent where nothing was weighed. */
  readonly basis?: BasisOfChoice;
}
