import { parseDuration, writeDuration } from '../base/index.ts';
import { analyzers, defaultPolicy, modes, type Policy } from '../model/index.ts';
import { readSchedule, writeSchedule } from './schedule.ts';
import type { Complain } from './written.ts';

/** One question that a policy answers, and how it is written. */
export interface PolicyField {
  /** In the document: `slo.ttft` is `ttft` under `slo`. */
  readonly key: string;
  /** Where Policy has it: `slo.ttftSeconds`. */
  readonly target: string;
  /** `any` layer may say it, or only the global one. */
  readonly where: 'any' | 'global';
  readonly allowed: string;
  readonly description: string;
  /** The value as Policy has it; `undefined` when it is not allowed. A reader that complains by itself has said so. */
  readonly read: (value: unknown, complain: Complain, key: string) => unknown;
  /** The value as one would write it. */
  readonly write: (value: unknown) => unknown;
  /** It tells what is wrong itself, in detail. */
  readonly complains?: true;
}

type Where = PolicyField['where'];
type Range = readonly [least: number, most: number];

const inRange = ([least, most]: Range, above = false, below = false) => (value: unknown): number | undefined =>
  typeof value === 'number' && (above ? value > least : value >= least) && (below ? value < most : value <= most) ? value : undefined;

function number(key: string, target: string, range: Range, description: string, ends: { readonly above?: boolean; readonly below?: boolean } = {}): PolicyField {
  const [least, most] = range;
  const { above = false, below = false } = ends;
  const least_ = above ? `above ${least}` : `from ${least}`;
  const most_ = below ? `below ${most}` : above ? `up to ${most}` : `to ${most}`;
  const allowed = most === Infinity ? `a number that is ${above ? 'more than' : 'at least'} ${least}` : `a number ${least_} ${above || below ? 'and ' : ''}${most_}`;
  return { key, target, where: 'any', allowed, description, read: inRange(range, above, below), write: (value) => value };
}

/** @param perMs Of the unit in which Policy has it. */
function duration(key: string, target: string, [leastMs, mostMs]: Range, description: string, { perMs = 1, where = 'any' }: { readonly perMs?: number; readonly where?: Where } = {}): PolicyField {
  return {
    key,
    target,
    where,
    allowed: `a duration from ${writeDuration(leastMs)} to ${writeDuration(mostMs)}, such as ${leastMs < 1000 ? '500ms' : '90s'}`,
    description,
    read(value) {
      const ms = inRange([leastMs, mostMs])(typeof value === 'string' ? parseDuration(value) : value === 0 ? 0 : undefined);
      return ms === undefined ? undefined : ms / perMs;
    },
    write: (value) => writeDuration(Number((Number(value) * perMs).toPrecision(15))),
  };
}

function choice(key: string, target: string, values: readonly string[], description: string): PolicyField {
  return { key, target, where: 'any', allowed: `one of ${values.join(', ')}`, description, read: (value) => values.find((known) => known === value), write: (value) => value };
}

function boolean(key: string, target: string, description: string): PolicyField {
  return { key, target, where: 'any', allowed: 'true or false', description, read: (value) => (typeof value === 'boolean' ? value : undefined), write: (value) => value };
}

const hour = 3_600_000;

/** All that a policy says, in the order in which docs/reference/configuration.md shows it. */
export const policyFields: readonly PolicyField[] = [
  choice('analyzer', 'analyzer', analyzers, 'Which law decides. learned, which learns what replicas carry; or one of those of released versions: percent (KV cache use and queue), tokens, throughput, queueing.'),
  duration('slo.ttft', 'slo.ttftSeconds', [1, hour], 'Target of the time to the first token. Without it and slo.itl, saturation is what is kept away from.', { perMs: 1000 }),
  duration('slo.itl', 'slo.itlSeconds', [1, hour], 'Target of the mean time between the tokens of one answer.', { perMs: 1000 }),
  number('slo.attainment', 'slo.attainment', [0.5, 1], 'Share of the requests that are to meet both.', { below: true }),
  number('kvCacheThreshold', 'saturation.kvCacheThreshold', [0, 1], 'A replica is saturated when this fraction of its KV cache is in use. At least kvSpareTrigger. Keep it equal to that of the router (kvCacheUtilThreshold).'),
  number('queueLengthThreshold', 'saturation.queueLengthThreshold', [0, Infinity], 'A replica is saturated when this many requests wait in it. Keep it equal to that of the router (queueDepthThreshold).'),
  number('kvSpareTrigger', 'saturation.kvSpareTrigger', [0, 1], 'More replicas are called for when the spare fraction of KV cache, up to kvCacheThreshold, falls below this.'),
  number('queueSpareTrigger', 'saturation.queueSpareTrigger', [0, Infinity], 'More replicas are called for when the spare queue, up to queueLengthThreshold, falls below this.'),
  number('scaleUpThreshold', 'utilization.scaleUpThreshold', [0, 1], 'More capacity is called for when more than this share of it is asked for. More than scaleDownBoundary. Of the analyzers tokens, throughput and queueing.', { above: true }),
  number('scaleDownBoundary', 'utilization.scaleDownBoundary', [0, 1], 'Capacity may go while less than this share of the rest would be asked for. Of the same analyzers.', { above: true }),
  number('priority', 'priority', [0, Infinity], 'Weight of a model when accelerators are scarce: what it has of what it needs is divided by it, and the least comes first. 0: what the others leave.'),
  boolean('limitToInventory', 'limitToInventory', 'Never asks for more than is free on the nodes of today. Not where nodes are added when pods wait for them: none would wait.'),
  boolean('reclaim', 'reclaim', 'Whether replicas that run may be taken back when a quota or the accelerators do not suffice and other models have less of what they need, by priority. Down to minReplicas, and never the last that serves.'),
  choice('mode', 'mode', modes, 'act; recommend (decide and show, and nothing follows); paused (the last decision stays); pausedDown (it is not undercut, and growing is allowed).'),
  {
    key: 'schedule',
    target: 'schedule',
    where: 'any',
    allowed: 'a list of entries with from, to, timeZone and minReplicas or maxReplicas',
    description: 'Bounds that stand in for those of the resource at some hours of the week (below).',
    read: (value, complain, key) => readSchedule(value, complain, key),
    write: writeSchedule,
    complains: true,
  },
  boolean('scaleToZero.enabled', 'scaleToZero', 'Whether the last replica may go.'),
  duration('scaleToZero.retention', 'retentionMs', [1000, 720 * hour], 'How long there must have been no request before it goes.'),
  duration('startup', 'startupMs', [1000, 6 * hour], 'How long a replica takes to start, until one has been seen to. Absent: a built-in guess.'),
  boolean('forecast', 'forecast', 'Whether load is foreseen, besides being followed.'),
  duration('staleAfter', 'staleAfterMs', [5000, hour], 'Metrics older than this are no reason to remove a replica.', { where: 'global' }),
  duration('scaleDownStabilization', 'scaleDownStabilizationMs', [0, hour], 'Replicas are removed when fewer have been enough for this long.'),
  duration('pendingExpiry', 'pendingExpiryMs', [10_000, 6 * hour], 'A replica that is not ready after this long is no longer waited for.'),
  duration('unschedulableExpiry', 'unschedulableExpiryMs', [10_000, 6 * hour], 'A variant with a replica that the scheduler has refused for this long is given up for others. Longer than a node takes to come, where nodes are added when pods wait for them.'),
  number('scaleDownMaxFraction', 'scaleDownMaxFraction', [0, 1], 'At most this fraction of the replicas, and at least one, is removed at a time.', { above: true }),
  number('scaleUpMaxFactor', 'scaleUpMaxFactor', [1, Infinity], 'A decision multiplies the replicas by at most this, and adds at least one.', { above: true }),
  number('scaleDownMargin', 'scaleDownMargin', [0, 1], 'Before replicas are removed, this fraction is added to the load that the rest would have to carry.'),
  boolean('podDeletionCost', 'podDeletionCost', 'Whether the pods with the least work in flight are marked to go first when replicas of a Deployment are removed. Needs the right of deploy/pod-deletion-cost.'),
];

const byTarget = new Map(policyFields.map((field) => [field.target, field]));

export function fieldOf(target: string): PolicyField {
  const field = byTarget.get(target);
  if (field === undefined) throw new Error(`No field of a policy is called ${target}.`);
  return field;
}

/** What a policy, or a layer, says there; `undefined` where it says nothing. */
export function valueAt(policy: object, target: string): unknown {
  let value: unknown = policy;
  for (const part of target.split('.')) value = (value as Readonly<Record<string, unknown>> | undefined)?.[part];
  return value;
}

/** As it would be written; empty where there is none. */
export function defaultText({ target, write }: PolicyField): string {
  const value = valueAt(defaultPolicy satisfies Policy, target);
  if (value === undefined) return '';
  const written = write(value);
  return typeof written === 'string' ? written : JSON.stringify(written);
}

