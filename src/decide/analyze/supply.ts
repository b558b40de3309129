import { compareText, inOrder } from '../../base/index.ts';
import { freshValue, type Policy, type ReplicaObservation, type VariantObservation } from '../../model/index.ts';
import { startupOf } from '../learn/startup.ts';
import type { Recall } from '../recall.ts';

/** What a variant has to carry load with, in replicas. */
export interface Supply {
  readonly current: number;
  /** Ready, awake and not on their way out. */
  readonly serving: readonly ReplicaObservation[];
  /** Replicas that may be expected to serve soon: their pods are young, or not made yet. */
  readonly coming: number;
  /** Pods that have been trying for longer than the policy's patience, on a node. */
  readonly stuckOnNode: number;
  /** Replicas that have waited for a node, or for being made at all, for longer than that. */
  readonly stuckWithoutNode: number;
  /** What the scheduler says of the first of them. */
  readonly refusal: string | undefined;
  /** Of `current`, how many serve; how many serve or will. */
  readonly ready: number;
  readonly usable: number;
  /** Mean tokens that the KV cache of one replica holds, as reported now or before. */
  readonly kvCapacityTokens: number | undefined;
  /** Since when the target has asked for more replicas than there are pods. */
  readonly podsShortSinceMs: number | undefined;
}

export function supplyOf(seen: VariantObservation, recalled: Recall, policy: Policy, nowMs: number): Supply {
  const current = seen.currentReplicas;
  const patienceMs = patienceFor(recalled, policy);
  const serving: ReplicaObservation[] = [];
  let live = 0;
  let unready = 0;
  let stuck = 0;
  let stuckOnNode = 0;
  let refusal: string | undefined;
  for (const replica of seen.replicas) {
    const { terminating, phase, ready } = replica;
    if (terminating || phase === 'Succeeded' || phase === 'Failed') continue;
    live++;
    if (ready) {
      if (freshValue(replica.readings.asleep) !== true) serving.push(replica);
      continue;
    }
    unready++;
    if (!isStuck(replica, patienceMs, policy, nowMs)) continue;
    stuck++;
    // a group whose leader has a node waits for one as long as a worker has none
    if (replica.scheduled && replica.unschedulable === undefined) stuckOnNode++;
    else refusal ??= replica.unschedulable?.message;
  }
  const unmade = Math.max(0, current - live);
  const podsShortSinceMs = unmade > 0 ? (recalled.podsShortSinceMs ?? nowMs) : undefined;
  const unmadeIsStuck = podsShortSinceMs !== undefined && nowMs - podsShortSinceMs > patienceMs;
  const coming = unready - stuck + (unmadeIsStuck ? 0 : unmade);
  return {
    current,
    // sums of the same numbers in another order differ in their last digit, which is enough to decide a tie otherwise
    serving: inOrder(serving, byPod),
    coming,
    stuckOnNode,
    refusal,
    // of more pods than are asked for, those without a node are the first to go
    stuckWithoutNode: Math.max(0, stuck - stuckOnNode - Math.max(0, live - current)) + (unmadeIsStuck ? unmade : 0),
    // while a target shrinks there are more pods than it asks for: those beyond will go
    ready: Math.min(current, serving.length),
    usable: Math.min(current, serving.length + coming),
    kvCapacityTokens: meanCapacity(serving) ?? recalled.kvCapacityTokens,
    podsShortSinceMs,
  };
}

function byPod(a: ReplicaObservation, b: ReplicaObservation): number {
  return compareText(a.pod, b.pod);
}

/** A scheduler that finds no node says so at once; what it says after two minutes will not change by itself soon. */
function isStuck({ createdAtMs, unschedulable }: ReplicaObservation, patienceMs: number, { unschedulableExpiryMs }: Policy, nowMs: number): boolean {
  if (unschedulable !== undefined && nowMs - unschedulable.sinceMs > unschedulableExpiryMs) return true;
  return nowMs - createdAtMs > patienceMs;
}

/** Where pods have been seen to start, one is given up at two and a half times what the slower of them took. */
function patienceFor({ startup }: Recall, policy: Policy): number {
  const { lateMs, seen } = startupOf(startup);
  return seen > 0 ? Math.min(policy.pendingExpiryMs, Math.max(120_000, 2.5 * lateMs)) : policy.pendingExpiryMs;
}

/** The size of a cache does not age: an old reading is as good as a new one. During a rollout that of the new pods counts. */
function meanCapacity(serving: readonly ReplicaObservation[]): number | undefined {
  let [total, known, before, knownBefore] = [0, 0, 0, 0];
  for (const { readings, outdated } of serving) {
    const { kvCapacityTokens } = readings;
    if (kvCapacityTokens.kind === 'missing' || kvCapacityTokens.value <= 0) continue;
    if (outdated === true) {
      before += kvCapacityTokens.value;
      knownBefore++;
    } else {
      total += kvCapacityTokens.value;
      known++;
    }
  }
  if (known > 0) return total / known;
  return knownBefore > 0 ? before / knownBefore : undefined;
}
