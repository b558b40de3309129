import type { Policy } from '../../model/index.ts';
import type { Analysis } from '../analyze/analysis.ts';
import type { Group, Member } from '../analyze/group.ts';
import { planGrowth, type Change } from './grow.ts';
import { planRemoval } from './shrink.ts';

/** What is recommended for one variant, before stabilisation and bounds. */
export interface Recommendation {
  /** What the load calls for, were it not for the limits of one decision. */
  readonly wanted: number;
  /** What one decision may do of it. */
  readonly limited: number;
  /** Replicas that were added because of load. */
  readonly added: number;
  /** The load calls for more than serves, and replicas that are starting will do. */
  readonly awaiting: boolean;
}

/**
 * Shares out what the analysis calls for between the variants of a group, cheapest capacity first, dearest
 * capacity given up first. `candidates` are those whose number may change; every other member only carries load.
 * Returns what is recommended for each candidate when it is asked for.
 */
export function optimize(group: Group, analysis: Analysis, candidates: readonly Member[], policy: Policy): (candidate: Member) => Recommendation {
  const growth = analysis.required === undefined ? undefined : planGrowth(group, analysis, analysis.required, candidates, policy);
  const removal = analysis.sufficient === undefined ? undefined : planRemoval(group, analysis, analysis.sufficient, candidates, policy);
  return (candidate) => {
    const { current } = candidate.supply;
    const more = changeOf(candidate, growth);
    const fewer = changeOf(candidate, removal);
    return {
      wanted: current + (more?.wanted ?? 0) - (fewer?.wanted ?? 0),
      limited: current + (more?.limited ?? 0) - (fewer?.limited ?? 0),
      added: more?.limited ?? 0,
      awaiting: growth !== undefined && (more?.wanted ?? 0) === 0 && group.members.some(({ supply }) => supply.usable > supply.ready),
    };
  };
}

/** A group has a handful of members, and most cycles change none of them, so changes are a list. */
function changeOf(candidate: Member, changes: readonly Change[] = []): Change | undefined {
  return changes.find(({ member }) => member === candidate);
}
