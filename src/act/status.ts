import type { ConditionState, StatusUpdate } from '../model/index.ts';
import type { Condition } from '../wire/index.ts';

/** The part of `status` that the controller writes, as it goes over the wire. */
export interface WrittenStatus {
  observedGeneration: number;
  currentAlloc: {
    accelerator: string;
    numReplicas: number;
    readyReplicas: number;
    variantCost: string;
    itlAverage?: string;
    ttftAverage?: string;
    load?: { arrivalRate?: string; avgInputTokens?: string; avgOutputTokens?: string };
  };
  desiredOptimizedAlloc: {
    lastRunTime: string;
    accelerator: string;
    numReplicas?: number;
    lastUpdate?: { updateTime: string; numReplicasChanged: number; reason: string };
  };
  actuation: { applied: boolean; lastAppliedTime?: string; message?: string };
  trail: { from: number; to: number; reason: string; message: string }[];
  conditions: Required<Pick<Condition, 'type' | 'status' | 'reason' | 'message' | 'lastTransitionTime' | 'observedGeneration'>>[];
}

/** What was in status before: from the watch cache, or what this process wrote last, whichever is newer. */
export type KnownStatus = Partial<Omit<WrittenStatus, 'conditions'>> & { conditions?: Condition[] };

/** What acting on the decision came to, for `status.actuation`. */
export interface ActuationOutcome {
  readonly applied: boolean;
  readonly message: string;
  readonly condition: ConditionState;
}

/**
 * Status as it should read now. Times of conditions and of the last change move only when what they date
 * moved, so that status is a history and not a clock.
 */
export function writeStatus(update: StatusUpdate, actuation: ActuationOutcome, before: KnownStatus, nowMs: number): WrittenStatus {
  const now = rfc3339(nowMs);
  const { variant, load } = update;
  const decidedBefore = before.desiredOptimizedAlloc?.numReplicas;
  const changed = update.desired !== decidedBefore || update.reason !== before.desiredOptimizedAlloc?.lastUpdate?.reason;
  const lastUpdate = changed
    ? { updateTime: now, numReplicasChanged: (update.desired ?? 0) - (decidedBefore ?? update.desired ?? 0), reason: update.reason }
    : before.desiredOptimizedAlloc?.lastUpdate;
  const appliedTime = actuation.applied
    ? changed || before.actuation?.lastAppliedTime === undefined
      ? now
      : before.actuation.lastAppliedTime
    : before.actuation?.lastAppliedTime;
  return {
    observedGeneration: variant.generation,
    currentAlloc: {
      accelerator: variant.accelerator,
      numReplicas: update.current,
      readyReplicas: update.readyReplicas,
      variantCost: decimals(variant.costPerHour),
      ...optional('itlAverage', milliseconds(load['itlSeconds'])),
      ...optional('ttftAverage', milliseconds(load['ttftSeconds'])),
      ...optional('load', loadOf(load)),
    },
    desiredOptimizedAlloc: {
      lastRunTime: now,
      accelerator: variant.accelerator,
      ...optional('numReplicas', update.desired),
      ...(update.desired === undefined ? {} : optional('lastUpdate', lastUpdate)),
    },
    actuation: { applied: actuation.applied, ...optional('lastAppliedTime', appliedTime), message: actuation.message },
    trail: update.trail.map(({ from, to, reason, sentence }) => ({ from, to, reason, message: sentence })),
    conditions: mergeConditions([...update.conditions, actuation.condition], before.conditions ?? [], variant.generation, now),
  };
}

/** Whether two statuses say the same to a person: everything but the time of the last run. */
export function saysTheSame(a: WrittenStatus, b: WrittenStatus): boolean {
  return JSON.stringify(withoutRunTime(a)) === JSON.stringify(withoutRunTime(b));
}

function withoutRunTime(status: WrittenStatus): unknown {
  return { ...status, desiredOptimizedAlloc: { ...status.desiredOptimizedAlloc, lastRunTime: '' } };
}

function mergeConditions(
  next: readonly ConditionState[],
  before: readonly Condition[],
  generation: number,
  now: string,
): WrittenStatus['conditions'] {
  return next.map(({ type, status, reason, message }) => {
    const known = before.find((condition) => condition.type === type);
    const lastTransitionTime = known?.status === status && known.lastTransitionTime ? known.lastTransitionTime : now;
    return { type, status, reason, message, lastTransitionTime, observedGeneration: generation };
  });
}

/** Requests a minute and mean tokens as decimal strings with two places, as every released version wrote them. */
function loadOf(load: StatusUpdate['load']): WrittenStatus['currentAlloc']['load'] {
  const perSecond = load['arrivalsPerSecond'];
  const fields = {
    ...optional('arrivalRate', decimals(perSecond === undefined ? undefined : perSecond * 60)),
    ...optional('avgInputTokens', decimals(load['meanPromptTokens'])),
    ...optional('avgOutputTokens', decimals(load['meanGenerationTokens'])),
  };
  return Object.keys(fields).length === 0 ? undefined : fields;
}

function milliseconds(seconds: number | undefined): string | undefined {
  return decimals(seconds === undefined ? undefined : seconds * 1000);
}

function decimals(value: number): string;
function decimals(value: number | undefined): string | undefined;
function decimals(value: number | undefined): string | undefined {
  return value?.toFixed(2);
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}

/** Kubernetes times have no fraction of a second. */
function rfc3339(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
