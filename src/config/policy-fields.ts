import { parseDuration, writeDuration } from '../base/index.ts';
import { defaultPolicy, type SaturationPolicy } from '../model/index.ts';

/** One key of an entry of the saturation scaling ConfigMap. */
export interface PolicyField {
  readonly key: string;
  /** `any`: also in the entry of one model. `default`: only in the entry `default`. */
  readonly where: 'any' | 'default';
  readonly allowed: string;
  /** As one would write it in YAML. */
  readonly default: string;
  readonly description: string;
  /** The value as Policy has it, or `undefined` when it is not allowed. */
  read(value: unknown): number | undefined;
  readonly target: keyof SaturationPolicy | (typeof plain)[number];
}

const plain = ['staleAfterMs', 'scaleDownStabilizationMs', 'pendingExpiryMs', 'scaleDownMaxFraction', 'scaleUpMaxFactor', 'scaleDownMargin'] as const;
type Target = PolicyField['target'];

const inRange = (least: number, most: number, above = false) => (value: unknown) =>
  typeof value === 'number' && value <= most && (above ? value > least : value >= least) ? value : undefined;

function number(key: Target, where: PolicyField['where'], [least, most]: readonly [number, number], description: string, above = false): PolicyField {
  const allowed = most === Infinity ? `a number that is ${above ? 'more than' : 'at least'} ${least}` : `a number ${above ? 'above' : 'from'} ${least} ${above ? 'and up ' : ''}to ${most}`;
  return { key, target: key, where, allowed, default: String(defaultOf(key)), description, read: inRange(least, most, above) };
}

function duration(key: string, target: Target, [leastMs, mostMs]: readonly [number, number], description: string): PolicyField {
  const read = (value: unknown): number | undefined => inRange(leastMs, mostMs)(typeof value === 'string' ? parseDuration(value) : value === 0 ? 0 : undefined);
  const allowed = `a duration from ${writeDuration(leastMs)} to ${writeDuration(mostMs)}, such as 90s`;
  return { key, target, where: 'default', allowed, default: writeDuration(defaultOf(target)), description, read };
}

function defaultOf(target: Target): number {
  return target in defaultPolicy.saturation ? defaultPolicy.saturation[target as keyof SaturationPolicy] : defaultPolicy[target as Exclude<Target, keyof SaturationPolicy>];
}

const hour = 3_600_000;

/** All keys that have an effect, in the order in which docs/reference/configuration.md shows them. */
export const policyFields: readonly PolicyField[] = [
  number('kvCacheThreshold', 'any', [0, 1], 'A replica is saturated when this fraction of its KV cache is in use. At least kvSpareTrigger. Keep it equal to that of the router (kvCacheUtilThreshold).'),
  number('queueLengthThreshold', 'any', [0, Infinity], 'A replica is saturated when this many requests wait in it. Keep it equal to that of the router (queueDepthThreshold).'),
  number('kvSpareTrigger', 'any', [0, 1], 'More replicas are called for when the spare fraction of KV cache, up to kvCacheThreshold, falls below this.'),
  number('queueSpareTrigger', 'any', [0, Infinity], 'More replicas are called for when the spare queue, up to queueLengthThreshold, falls below this.'),
  duration('staleAfter', 'staleAfterMs', [5000, hour], 'Metrics older than this are no reason to remove a replica.'),
  duration('scaleDownStabilization', 'scaleDownStabilizationMs', [0, hour], 'Replicas are removed when fewer have been enough for this long.'),
  duration('pendingExpiry', 'pendingExpiryMs', [10_000, 6 * hour], 'A replica that is not ready after this long is no longer waited for.'),
  number('scaleDownMaxFraction', 'default', [0, 1], 'At most this fraction of the replicas, and at least one, is removed at a time.', true),
  number('scaleUpMaxFactor', 'default', [1, Infinity], 'A decision multiplies the replicas by at most this, and adds at least one.', true),
  number('scaleDownMargin', 'default', [0, 1], 'Before replicas are removed, this fraction is added to the load that the rest would have to carry.'),
];

/** Keys of released versions that are let be: they name the entry, or have no effect here. */
export const identityKeys = ['model_id', 'namespace'] as const;
export const ineffectiveKeys: readonly string[] = [
  'analyzerName',
  'analyzers',
  'enableLimiter',
  'enableRescale',
  'limiters',
  'priority',
  'scaleDownBoundary',
  'scaleToZero',
  'scaleUpThreshold',
];
