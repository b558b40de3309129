import { rounded } from '../../base/index.ts';
import { freshValue, type Policy, type SaturationPolicy } from '../../model/index.ts';
import type { Analysis } from './analysis.ts';
import type { Group } from './group.ts';

interface Bearer {
  readonly weight: number;
  readonly kv: number | undefined;
  readonly waiting: number | undefined;
  readonly running: number | undefined;
}

// differences of binary fractions: 0.8 - 0.7 is a little less than 0.1
const epsilon = 1e-9;

/**
 * Saturation by KV cache use and queue. A replica is saturated from the policy's thresholds on, and the model
 * wants growth when the mean spare below them is less than the triggers. Every replica that reports counts, saturated
 * ones with no spare or a negative one, so that one idle replica cannot hide many that are full.
 *
 * The required capacity is the load divided by what one replica may carry and still leave the spare. A waiting request
 * beyond what may wait weighs as much as a running one does on its replica; so a queue is turned into capacity by how
 * much of it there is compared with what runs, and not by its length.
 *
 * `undefined`: no replica of the group reports anything fresh, and nothing is known.
 */
export function analyzeSaturation(group: Group, policy: Policy): Analysis | undefined {
  const { thresholds } = group;
  let serving = 0;
  let servingCapacity = 0;
  let withKv = 0;
  let kvCapacity = 0;
  let kvUsed = 0;
  let withQueue = 0;
  let waiting = 0;
  let saturated = 0;
  for (const { supply, weight } of group.members) {
    for (const { readings } of supply.serving) {
      const kv = freshValue(readings.kvUsedFraction);
      const queue = freshValue(readings.waiting);
      serving++;
      servingCapacity += weight;
      if (kv !== undefined) {
        withKv++;
        kvCapacity += weight;
        kvUsed += weight * kv;
      }
      if (queue !== undefined) {
        withQueue++;
        waiting += queue;
      }
      if (isSaturated(kv, queue, thresholds)) saturated++;
    }
  }
  if (withKv === 0 && withQueue === 0) return undefined;

  const kvAllowed = Math.max(0, thresholds.kvCacheThreshold - thresholds.kvSpareTrigger);
  const queueAllowed = Math.max(0, thresholds.queueLengthThreshold - thresholds.queueSpareTrigger);
  const meanWaiting = withQueue === 0 ? 0 : waiting / withQueue;
  const meanKv = kvCapacity === 0 ? 0 : kvUsed / kvCapacity;
  const figures = (): string =>
    `mean KV use ${withKv === 0 ? 'unknown' : rounded(meanKv)}, ` +
    `${withQueue === 0 ? 'queue unknown' : `${rounded(meanWaiting, 1)} waiting per replica`}, ` +
    `${saturated} of ${serving} saturated`;

  const kvShort = meanKv > kvAllowed + epsilon;
  const queueShort = meanWaiting > queueAllowed + epsilon;
  if (kvShort || queueShort) {
    const bearers = bearersOf(group);
    const byKv = servingCapacity * shareOf(meanOver(bearers.filter(tellsKv), (bearer) => kvDemand(bearer, queueAllowed)), kvAllowed);
    const byQueue = queueShort ? servingCapacity * queueFactor(bearers.filter(tellsQueue), waiting, queueAllowed, policy) : 0;
    return { servingCapacity, figures, required: Math.max(byKv, byQueue) };
  }
  if (withKv < serving || withQueue < serving) return { servingCapacity, figures, keep: 'HeldMetricsPartial' };
  if (saturated > 0) return { servingCapacity, figures, keep: 'HeldSaturated' };
  const margin = 1 + policy.scaleDownMargin;
  const sufficient = servingCapacity * margin * Math.max(shareOf(meanKv, kvAllowed), shareOf(meanWaiting, queueAllowed));
  return Number.isFinite(sufficient) ? { servingCapacity, figures, sufficient } : { servingCapacity, figures };
}

/** What each replica bears, one by one: asked for only when it is too much. */
function bearersOf({ members }: Group): Bearer[] {
  return members.flatMap(({ supply, weight }) =>
    supply.serving.map(({ readings: { kvUsedFraction, waiting, running } }) => ({ weight, kv: freshValue(kvUsedFraction), waiting: freshValue(waiting), running: freshValue(running) })),
  );
}

function tellsKv({ kv }: Bearer): boolean {
  return kv !== undefined;
}

function tellsQueue({ waiting }: Bearer): boolean {
  return waiting !== undefined;
}

function isSaturated(kv: number | undefined, waiting: number | undefined, thresholds: SaturationPolicy): boolean {
  // a threshold of 0 means that any use is too much; an idle replica is not saturated by it
  return (
    (kv !== undefined && kv > 0 && kv >= thresholds.kvCacheThreshold - epsilon) ||
    (waiting !== undefined && waiting > 0 && waiting >= thresholds.queueLengthThreshold)
  );
}

/** KV use of a replica if those of its queue that should not wait ran as well. */
function kvDemand({ kv = 0, waiting = 0, running = 0 }: Bearer, queueAllowed: number): number {
  const excess = Math.max(0, waiting - queueAllowed);
  return running > 0 ? kv * (1 + excess / running) : kv;
}

/** By how much what serves would have to grow so that only the allowed queue remains. */
function queueFactor(bearers: readonly Bearer[], waiting: number, queueAllowed: number, policy: Policy): number {
  const allowed = queueAllowed * bearers.length;
  const running = totalOf(bearers, (bearer) => bearer.running ?? 0);
  // nothing runs, or nobody says how much: the queue proves that growth is due, and not how much of it
  if (running === 0) return Math.min(shareOf(waiting, allowed), Math.max(policy.scaleUpMaxFactor, 1 + 1 / bearers.length));
  return 1 + (waiting - allowed) / running;
}

/** Mean by weight of capacity. */
function meanOver(bearers: readonly Bearer[], value: (bearer: Bearer) => number): number {
  const total = totalOf(bearers, ({ weight }) => weight);
  return total === 0 ? 0 : totalOf(bearers, (bearer) => bearer.weight * value(bearer)) / total;
}

function totalOf(bearers: readonly Bearer[], value: (bearer: Bearer) => number): number {
  let total = 0;
  for (const bearer of bearers) total += value(bearer);
  return total;
}

/** How many of `whole` a load fills; no load fills none, also where nothing is allowed. */
function shareOf(load: number, whole: number): number {
  return load === 0 ? 0 : load / whole;
}
