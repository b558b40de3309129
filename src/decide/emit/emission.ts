import { targetKey, type Decision, type Emission, type InvalidVariant, type KeptDecision, type Memory, type Observation, type PolicySet, type ReplicaSeries, type ResourceIdentity, type StatusUpdate, type Variant } from '../../model/index.ts';
import { condition } from '../conditions.ts';
import { deletionCostsOf } from './deletion-costs.ts';
import { deadBands } from './dead-band.ts';
import { eventsOf, problemsInWords } from './events.ts';
import { scalesOf } from './scales.ts';
import { inOrder, seriesOf } from './series.ts';

/**
 * All that follows from decisions, ready to be carried out. The series are the whole set: what is not in it is not
 * served any more. `before` is the memory that the decisions were made with: events and counts tell of changes only.
 * @param policies that they were made with; without them pods are told nothing.
 */
export function planEmission(observation: Observation, decisions: readonly Decision[], before: Memory, nowMs: number, policies?: PolicySet): Emission {
  const statusTimes = new Map(observation.variants.map(({ variant, lastDesired }) => [variant.key, lastDesired?.atMs]));
  const decidedAt = ({ variant, desired, previous }: Decision): number => {
    if (desired === undefined || desired !== previous) return nowMs;
    const known = before.variants[variant.key];
    return (known && isSame(known, variant) ? known.decidedAtMs : statusTimes.get(variant.key)) ?? nowMs;
  };
  const unfollowed = deadBands(observation, decisions);
  const served = decisions.flatMap((decision) => {
    const series = servedSeries(decision, decidedAt(decision));
    return series ? [{ decision, series }] : [];
  });
  const deletionCosts = deletionCostsOf(observation, decisions, policies);
  const kept = decisions.flatMap((decision) => keptOf(decision, decidedAt(decision)));
  return {
    ...(kept.length > 0 && { kept }),
    ...(deletionCosts.length > 0 && { deletionCosts }),
    series: inOrder(served.map(({ series }) => series)),
    statuses: [
      ...decisions.filter(({ variant }) => hasStatus(variant)).map((decision) => statusOf(decision, decidedAt(decision), unfollowed.get(decision.variant.key))),
      ...observation.invalid.filter(({ resource }) => hasStatus(resource)).map(statusOfInvalid),
    ],
    events: eventsOf(observation, decisions, unfollowed, (key, uid) => (before.variants[key]?.uid === uid ? before.variants[key]?.conditions : undefined)),
    scales: scalesOf(observation, decisions),
    scalings: served.flatMap(({ decision: { desired, previous, reason }, series }) =>
      desired === undefined || previous === undefined || desired === previous ? [] : [{ series, direction: desired > previous ? ('up' as const) : ('down' as const), reason }],
    ),
  };
}

/** An autoscaler that stands for a variant has a status of its own, which is not ours to write. */
function hasStatus({ scaler }: ResourceIdentity): boolean {
  return scaler === undefined;
}

/** What status would say, of what has none. */
function keptOf({ variant, desired, suppressedBy }: Decision, atMs: number): KeptDecision[] {
  if (hasStatus(variant) || desired === undefined || suppressedBy !== undefined) return [];
  return [{ uid: variant.uid, target: targetKey(variant), accelerator: variant.accelerator, replicas: desired, atMs }];
}

function servedSeries({ variant, current, desired, held, suppressedBy }: Decision, decidedAtMs: number): ReplicaSeries | undefined {
  if (desired === undefined || suppressedBy !== undefined || variant.mode === 'recommend') return undefined;
  return seriesOf(variant, { current, desired, decidedAtMs, held });
}

function isSame(known: Memory['variants'][string], variant: Variant): boolean {
  return known.uid === variant.uid && known.target === targetKey(variant) && known.accelerator === variant.accelerator;
}

function statusOf({ variant, current, readyReplicas, desired, previous, reason, trail, conditions, load }: Decision, decidedAtMs: number, notFollowed: string | undefined): StatusUpdate {
  return {
    resource: variant,
    variant,
    current,
    readyReplicas,
    ...(desired === undefined ? {} : { desired, decidedAtMs }),
    ...(previous === undefined ? {} : { previous }),
    reason,
    trail,
    conditions,
    load,
    ...(notFollowed === undefined ? {} : { notFollowed }),
  };
}

function statusOfInvalid({ resource, problems }: InvalidVariant): StatusUpdate {
  const message = problemsInWords(resource, problems);
  return {
    resource,
    reason: 'InvalidSpec',
    trail: [],
    conditions: [condition('Ready', 'False', 'InvalidSpec', message), condition('OptimizationReady', 'False', 'InvalidSpec', message)],
    load: {},
  };
}
