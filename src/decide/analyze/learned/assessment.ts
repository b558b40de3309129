import type { ErrorBudget } from '../../../model/index.ts';
import type { Level } from '../../learn/level.ts';
import type { Spread } from '../../learn/spread.ts';
import type { Stage } from '../group.ts';
import type { Ability } from './ability.ts';

/** What is known of a group's load and of what its replicas carry. */
export interface Assessment {
  /** Requests per second that come, backlog that is to be drained included. */
  readonly perSecond: number;
  /** The most that it may in truth be. */
  readonly atMost: number;
  /** The highest that it was within the time in which a load that drifts may be back; since it came down at once, where it did. */
  readonly lately: number;
  /** What replicas are thought to carry together that this load turned out to need; 0 where fewer were not tried. */
  readonly turnedOutNeeded: number;
  readonly backlogPerSecond: number;
  /** An increase that has to be borne until more replicas serve. */
  readonly reservePerSecond: number;
  readonly waiting: number;
  /** What will wait besides by the time that a replica which is asked for now serves. */
  readonly foreseenWaiting: number;
  /** Requests that may wait. */
  readonly allowedQueue: number;
  /** The rate since the look before, and what it is on its own. */
  readonly measured: number;
  readonly level: Level;
  /** Present where the load returns to a mean: what it is on its own by the time that new replicas serve, which is reckoned with instead. */
  readonly expected?: { readonly perSecond: number; readonly mean: number; readonly stays: number };
  /** What the trend alone brings until then. */
  readonly growth: number;
  /** The share of requests that may be late until then, 0..1: headroom is for the others. */
  readonly lateShare: number;
  /** What requests got of late; absent where nobody tells. */
  readonly budget?: ErrorBudget;
  readonly source: 'router' | 'replicas';
  /** Until a replica that is asked for now serves. */
  readonly horizonMs: number;
  /** How requests come to the replicas of several variants; absent where there is one. */
  readonly spread?: Spread;
  /** The load has come down at once, a few minutes ago. */
  readonly fallen: boolean;
  /** Requests per second that came by what was known before the last look. Asked for seldom. */
  readonly aLookBefore?: () => number;
  /** In the group's order. */
  readonly abilities: readonly Ability[];
  /** Since when no request has come, run or waited; absent where one has, or where it is not known. */
  readonly idleSinceMs?: number;
  /** So much would come, and the servers that do the other stage of the requests pass no more of it than `perSecond`, with all replicas that they may have. */
  readonly heldTo?: { readonly by: Stage; readonly ofPerSecond: number };
  /** Present where nobody tells of the load any more: when it was told last. */
  readonly toldAtMs?: number;
  /** Why nothing may be removed although the load is low. */
  readonly keep?: 'HeldMetricsPartial' | 'HeldSaturated';
}
