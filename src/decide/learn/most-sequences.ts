import { freshValue, type ReplicaObservation, type SequencesMemory } from '../../model/index.ts';
import type { Shape } from './shape.ts';

/** What is needed beside the readings to tell a full batch from one that something else holds back. */
export interface BatchContext {
  readonly shape: Shape;
  /** Servers that compute prompts only have no batch. */
  readonly stage: 'answers' | 'all';
  /** Tokens that one iteration computes at the most. */
  readonly budgetTokens: number;
  /** A router holds requests back for replicas that have no room. */
  readonly heldAtRouter: boolean;
}

/** Looks at full replicas, and times that a batch was replaced by others meanwhile and was as large again, until that is the bound: a load that only happens to keep as many running has gone up or down by then. */
const looksUntilSure = 4;
const renewalsUntilSure = 5;
/** Of more than so many times as much, nothing is kept: what speaks against the bound three times in a row is to undo it. */
const mostEvidence = 4;
/** Longest time between two looks of which the batch is thought to have stood still meanwhile. */
const watchedMs = 60_000;

/** Of what runs, so many have to wait: fewer may wait for something that takes its time before each request (a grammar, an adapter), and where prompts come from elsewhere for a copy of their cache. */
const leastQueue = 2;
const leastQueueShare = { all: 1 / 8, answers: 1 / 2 };
/** Above this use the cache may be what holds them back, and so it may where it has no room for so many more requests: the first in the queue may be a long one, and nobody overtakes it. */
const mostCacheUsed = 0.8;
const roomForRequests = 4;
/** The mean batch of the last minute is as large as what runs now, or it has not stood still. */
const steadyWithin = 0.25;
/** Where prompts fill so much of the iterations, they may be what holds others back, and not the batch. */
const mostOfBudget = 0.5;
/** What was seen may have been raised by a file that no pod's template shows: without another full batch, twice as many are thought possible after a week. */
const doublingMs = 7 * 86_400_000;

/**
 * What is known of the sequences that an engine of a variant runs at once at the most (vLLM's `--max-num-seqs`, SGLang's `--max-running-requests`). It shows where requests wait before a replica
 * whose cache has room: then the running ones stand still at the bound, look by look and in all replicas. Never below what one of them has run; one that runs more begins it anew.
 *
 * @param serving Of one revision only.
 */
export function learnSequences(before: SequencesMemory | undefined, serving: readonly ReplicaObservation[], context: BatchContext): SequencesMemory | undefined {
  let queues = context.heldAtRouter;
  let highest = 0;
  for (const { readings } of serving) {
    highest = Math.max(highest, freshValue(readings.running) ?? 0);
    if ((freshValue(readings.waiting) ?? 0) > 0) queues = true;
  }
  const memory = raised(before, highest, context.shape);
  return !queues || memory === undefined ? memory : withEvidence(memory, serving, context);
}

/** The bound, where it has been seen; `undefined` where it has not. */
export function seenBound({ most, looks = 0, renewals = 0, atMs = 0 }: SequencesMemory, nowMs: number): number | undefined {
  if (looks < looksUntilSure || renewals < renewalsUntilSure) return undefined;
  return Math.floor(most * 2 ** (Math.max(0, nowMs - atMs) / doublingMs));
}

function raised(before: SequencesMemory | undefined, highest: number, shape: Shape): SequencesMemory | undefined {
  if (before === undefined) return highest > 0 ? { most: highest } : undefined;
  if (highest <= before.most) return before;
  return highest <= before.most + slackOf(before.most, shape) ? { ...before, most: highest } : { most: highest };
}

/**
 * By how much fewer a full batch shows: who ended in the last iteration has gone, and who comes in its place is let in with the next. Two standard deviations more of them,
 * and one; but no more than an eighth, or a handful that come and go would look like a bound.
 */
function slackOf(most: number, { generationTokens }: Shape): number {
  const ending = most / Math.max(1, generationTokens);
  return Math.min(most / 8, 1 + ending + 2 * Math.sqrt(ending));
}

function withEvidence(memory: SequencesMemory, serving: readonly ReplicaObservation[], context: BatchContext): SequencesMemory {
  const { most, looks = 0, renewals = 0, atMs } = memory;
  const least = most - slackOf(most, context.shape);
  let newestMs = atMs ?? -Infinity;
  let full = 0;
  let renewed = 0;
  let against = false;
  for (const { readings } of serving) {
    const { running } = readings;
    if (running.kind !== 'fresh' || (atMs !== undefined && running.atMs <= atMs)) continue;
    const queue = freshValue(readings.waiting) ?? 0;
    const own = queue >= Math.max(leastQueue, leastQueueShare[context.stage] * running.value);
    if ((!own && !context.heldAtRouter) || !mayBeFull(readings, running.value, context)) continue;
    if (running.value < least) {
      // one that is short of requests while a router holds them back for others tells nothing
      if (!own) continue;
      against = true;
    } else {
      full++;
      // of what has been watched: before the first look nobody knows how it was
      if (atMs !== undefined) renewed += ((freshValue(readings.completionsPerSecond) ?? 0) / running.value) * (Math.min(watchedMs, running.atMs - atMs) / 1000);
    }
    newestMs = Math.max(newestMs, running.atMs);
  }
  if (against) return { most, looks: Math.floor(looks / 2), renewals: renewals / 2, atMs: newestMs };
  if (full === 0) return memory;
  return { most, looks: Math.min(mostEvidence * looksUntilSure, looks + 1), renewals: Math.min(mostEvidence * renewalsUntilSure, renewals + renewed), atMs: newestMs };
}

/** Whether nothing is known that would hold back those that wait but the batch's size: no cache, no prompts, no engine that hangs. */
function mayBeFull(readings: ReplicaObservation['readings'], running: number, { shape, stage, budgetTokens }: BatchContext): boolean {
  const kvUsed = freshValue(readings.kvUsedFraction);
  if (running <= 0 || kvUsed === undefined || kvUsed >= mostCacheUsed || (freshValue(readings.preemptionsPerSecond) ?? 0) > 0) return false;
  const { kvCapacityTokens } = readings;
  if (kvCapacityTokens.kind !== 'missing' && (1 - kvUsed) * kvCapacityTokens.value < roomForRequests * (shape.promptTokens + shape.generationTokens)) return false;
  const itl = freshValue(readings.itlSeconds);
  const tokens = freshValue(readings.generationTokensPerSecond);
  const prompts = stage === 'answers' ? 0 : freshValue(readings.promptTokensPerSecond);
  if (itl === undefined || tokens === undefined || prompts === undefined) return false;
  const computed = prompts * (1 - (freshValue(readings.prefixHitFraction) ?? 0)) * itl;
  return Math.abs(tokens * itl - running) <= steadyWithin * running && computed < mostOfBudget * budgetTokens;
}
