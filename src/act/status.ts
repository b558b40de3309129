import type { ConditionState, StatusUpdate, TargetConflict } from '../model/index.ts';
import type { VariantAutoscalingStatus } from '../wire/index.ts';
import type { ActuationOutcome } from './actuation.ts';
import { shortText } from './short-text.ts';

type Conditions = NonNullable<VariantAutoscalingStatus['conditions']>;
type Numbers = Omit<VariantAutoscalingStatus, 'conditions' | 'observedGeneration'>;

/** What status is made of. */
export interface StatusParts {
  readonly update: StatusUpdate;
  readonly actuation: ActuationOutcome;
  readonly conflict?: TargetConflict | undefined;
  /** What status said before: what this process wrote last, else what the watch brought. */
  readonly before: VariantAutoscalingStatus;
}

/** Characters of the one sentence about the last change, with where to read on. */
const mostOfChange = 250;
/** Characters of any other message: those that say what to do take up to 400, with names of usual length. */
const mostOfMessage = 600;

/**
 * Status as it should read now. Times of conditions and of the last change move only when what they date
 * moved, so that status is a history and not a clock. A spec that cannot be used costs no number.
 */
export function statusOf({ update, actuation, conflict, before }: StatusParts, nowMs: number): VariantAutoscalingStatus {
  const { generation } = update.resource;
  return {
    ...(update.variant === undefined ? numbersOf(before) : newNumbers(update, actuation, before, nowMs)),
    ...(conflict === undefined ? {} : { conflict: { winner: conflict.winner, members: [conflict.winner, ...conflict.losers] } }),
    observedGeneration: generation,
    conditions: mergeConditions(conditionsOf(update, actuation), before.conditions ?? [], generation, rfc3339(nowMs)),
  };
}

/**
 * What a person or an autoscaler would call news, of what a status is made of: the measured load, the sentences and the times of it may differ. Most statuses of most cycles
 * say what they said, and their sentences need not be made.
 */
export function gistOf({ update, actuation, conflict }: Omit<StatusParts, 'before'>): string {
  const { resource, variant, current, readyReplicas, desired, reason, trail } = update;
  return JSON.stringify([
    resource.generation,
    variant !== undefined && [current, readyReplicas, variant.accelerator, desired, reason, actuation.applied, trail.map(({ from, to, reason: why }) => [from, to, why])],
    conflict?.winner,
    conditionsOf(update, actuation).map(({ type, status, reason: why }) => [type, status, why]),
  ]);
}

function conditionsOf({ conditions }: StatusUpdate, { condition }: ActuationOutcome): readonly ConditionState[] {
  return conditions.some(({ type }) => type === 'Actuated') ? conditions : [...conditions, condition];
}

function numbersOf({ conditions: _conditions, observedGeneration: _generation, ...numbers }: VariantAutoscalingStatus): Numbers {
  return numbers;
}

function newNumbers(update: StatusUpdate, actuation: ActuationOutcome, before: VariantAutoscalingStatus, nowMs: number): Numbers {
  const now = rfc3339(nowMs);
  const { variant, desired, load, current, readyReplicas } = update;
  const decided = before.desiredOptimizedAlloc;
  const isNews = desired !== decided?.numReplicas || update.reason !== decided?.lastUpdate?.reason;
  const message = changeInShort(update);
  const lastUpdate = isNews
    ? { updateTime: now, numReplicasChanged: desired === undefined || update.previous === undefined ? 0 : desired - update.previous, reason: update.reason, ...(message !== undefined && { message }) }
    : decided?.lastUpdate;
  const appliedTime = actuation.applied && (isNews || before.actuation?.lastAppliedTime === undefined) ? now : before.actuation?.lastAppliedTime;
  return {
    currentAlloc: {
      ...(current !== undefined && { numReplicas: current }),
      ...(readyReplicas !== undefined && { readyReplicas }),
      ...(variant && { accelerator: variant.accelerator, variantCost: ((current ?? 0) * variant.costPerHour).toFixed(2) }),
      ...text('itlAverage', load['itlSeconds'], 1000),
      ...text('ttftAverage', load['ttftSeconds'], 1000),
      ...filled('load', {
        ...text('arrivalRate', load['arrivalsPerSecond'], 60),
        ...text('avgInputTokens', load['meanPromptTokens']),
        ...text('avgOutputTokens', load['meanGenerationTokens']),
      }),
    },
    desiredOptimizedAlloc: {
      lastRunTime: now,
      ...(variant && { accelerator: variant.accelerator }),
      ...(desired !== undefined && { numReplicas: desired, ...(lastUpdate && { lastUpdate }) }),
    },
    trail: update.trail.map(({ from, to, reason, sentence }) => ({ from, to, reason, message: shortText(sentence, mostOfMessage) })),
    actuation: {
      applied: actuation.applied,
      ...(variant && { mode: variant.actuation }),
      ...(appliedTime !== undefined && { lastAppliedTime: appliedTime }),
      message: actuation.message,
    },
  };
}

/** Why, in the sentence of the step that gave the reason, and where the rest of it is. */
function changeInShort({ trail, reason, resource }: StatusUpdate): string | undefined {
  const sentence = trail.findLast((step) => step.reason === reason)?.sentence;
  if (sentence === undefined) return undefined;
  const whole = ` All of it: wva explain ${resource.key}`;
  // names may be long enough to leave nothing; the sentence then has a line of its own all the same
  return `${shortText(sentence, Math.max(80, mostOfChange - whole.length))}${whole}`;
}

function mergeConditions(next: readonly ConditionState[], before: Conditions, generation: number, now: string): Conditions {
  return next.map(({ type, status, reason, message }) => {
    const known = before.find((condition) => condition.type === type);
    const lastTransitionTime = known?.status === status && known.lastTransitionTime ? known.lastTransitionTime : now;
    return { type, status, observedGeneration: generation, lastTransitionTime, reason, message: shortText(message, mostOfMessage) };
  });
}

/**
 * Nothing instead of an object without fields: server-side apply turns one whose last field goes into null, and the
 * API server then refuses all of the status, since null is no object.
 */
function filled<T extends object>(name: string, value: T): Record<string, T> {
  return Object.keys(value).length === 0 ? {} : { [name]: value };
}

/** Decimal text with two places, as every released version wrote measured numbers; nothing where nothing is known. */
function text(name: string, value: number | undefined, factor = 1): Record<string, string> {
  return value === undefined ? {} : { [name]: (value * factor).toFixed(2) };
}

/** Kubernetes times have no fraction of a second. */
function rfc3339(ms: number): string {
  if (lastDated.ms !== ms) lastDated = { ms, text: `${new Date(ms).toISOString().slice(0, 19)}Z` };
  return lastDated.text;
}

/** All statuses of a cycle are of one time. */
let lastDated = { ms: Number.NaN, text: '' };
