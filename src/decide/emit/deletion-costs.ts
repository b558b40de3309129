import { compareText } from '../../base/index.ts';
import { freshValue, policyFor, type Decision, type DeletionCost, type Observation, type PolicySet, type ReplicaObservation, type VariantObservation } from '../../model/index.ts';

/** Below that of pods that say nothing, which is 0: those go first. */
const leaving = -1;
const staying = 0;

/**
 * Which pods are to go first where replicas of a Deployment are removed: those with the least work in flight get a cost of -1, as many as are to go, and those that
 * had it from an earlier removal lose it. Nothing is said while nothing is removed, so that pods are written to a few times a day and not every cycle.
 *
 * A ReplicaSet removes pods without a node first, then those that are not ready, then those of the lowest cost (Kubernetes, "Pod deletion cost"); other kinds do not look at it.
 * What others have written stays: whoever says what a pod costs knows more than we do.
 */
export function deletionCostsOf({ variants }: Observation, decisions: readonly Decision[], policies: PolicySet | undefined): DeletionCost[] {
  if (policies === undefined) return [];
  return decisions.flatMap(({ variant, current, desired, suppressedBy }, index) => {
    if (desired === undefined || desired >= current || suppressedBy !== undefined || variant.mode === 'recommend' || variant.target.kind !== 'Deployment') return [];
    const seen = variants[index] as VariantObservation;
    return policyFor(policies, seen.variant).podDeletionCost ? costsOf(seen, desired) : [];
  });
}

function costsOf({ variant: { namespace }, replicas }: VariantObservation, desired: number): DeletionCost[] {
  const live = replicas.filter(({ terminating, phase }) => !terminating && phase !== 'Succeeded' && phase !== 'Failed');
  const ready = live.filter(({ ready: serves }) => serves);
  const going = live.length - desired - (live.length - ready.length);
  const ours = ready.filter(({ deletionCost = staying }) => deletionCost === leaving || deletionCost === staying).toSorted(byWork);
  return ours.flatMap(({ pod, uid, deletionCost = staying }, rank) => {
    const cost = rank < going ? leaving : staying;
    return cost === deletionCost ? [] : [{ namespace, pod, uid, cost }];
  });
}

/** One that does not say how much it does is taken to do the most; of equals the one that is marked already, then the younger. */
function byWork(a: ReplicaObservation, b: ReplicaObservation): number {
  const [mine, other] = [workOf(a), workOf(b)];
  if (mine !== other) return mine < other ? -1 : 1;
  return (a.deletionCost ?? staying) - (b.deletionCost ?? staying) || b.createdAtMs - a.createdAtMs || compareText(a.pod, b.pod);
}

/** Requests that it would take with it. */
function workOf({ readings: { running, waiting } }: ReplicaObservation): number {
  const now = freshValue(running);
  return now === undefined ? Infinity : now + (freshValue(waiting) ?? 0);
}
