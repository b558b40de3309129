import type { ChoiceBasis, ReasonCode, VariantMemory } from '../model/index.ts';
import type { Subject } from './analyze/group.ts';
import type { Trail } from './trail.ts';

/** A decision in the making: what the stages after optimising hand on to each other. */
export interface Draft {
  readonly subject: Subject;
  readonly trail: Trail;
  readonly held: boolean;
  /** Why it is held, where it is. */
  readonly heldBecause?: ReasonCode;
  /** What was weighed, put into data when it is asked for. */
  readonly choice?: () => ChoiceBasis;
  /** Replicas added because of load in this decision. */
  readonly added: number;
  /** What goes into the window of past recommendations. */
  readonly recommendation: number;
  /** Of what is called for, what would do once what waits has been drained; absent where that is all of it. */
  readonly lasting?: number;
  /** Replicas that come to nothing, and without which the load is carried: `withoutNode` wait for a node in vain, `hung` have a node and do not become ready. */
  readonly givenUp?: { readonly withoutNode: number; readonly hung: number };
  /** Since when others have held beyond their fair share what it lacks. */
  readonly claimedSinceMs?: number;
  /** How far the window goes back, where it is not the policy's. */
  readonly holdMs?: number;
  /** That window, once the draft has been stabilised. */
  readonly window?: VariantMemory['recommendations'];
}
