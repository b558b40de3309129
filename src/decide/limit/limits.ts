import { groupBy, sum } from '../../base/index.ts';
import { hasQuotas, type AcceleratorPool, type Observation, type Quota, type Quotas, type ReasonCode, type ReplicaObservation } from '../../model/index.ts';
import type { Subject } from '../analyze/group.ts';
import { placedOn, type FreeNodes } from './nodes.ts';

/** Something of which there is only so much, as it is before this decision. */
export interface Limit {
  readonly reason: Extract<ReasonCode, 'LimitedByAccelerators' | 'LimitedByQuota'>;
  /** What is left of it, at the beginning of a sentence: `The quota of the cluster has 4 of 16 A100 left`. */
  readonly words: () => string;
  /** Accelerators, or those that are free on each node, largest first. */
  readonly free: number | FreeNodes;
  /** Accelerators that are held beyond it, as after a quota was lowered. */
  readonly over?: number;
}

/** What one replica of a variant takes of a limit, on each of its pods. */
export interface Taking {
  readonly limit: Limit;
  readonly onPods: readonly number[];
}

/** What holds the variants back; a variant that nothing holds back is not there. By variant key. */
export type Limits = ReadonlyMap<string, readonly Taking[]>;

/**
 * Everything that is limited, less what is held of it: by replicas that are there, those that are ending included, and by those that are asked for and not there yet.
 * `undefined` where nothing is.
 */
export function limitsOn(subjects: readonly Subject[], { inventory, quotas }: Observation, policy: Quotas): Limits | undefined {
  const ofPolicy = hasQuotas(policy);
  const ofNamespaces = quotas !== undefined && quotas.length > 0;
  const ofNodes = inventory !== undefined && subjects.some((subject) => subject.policy.limitToInventory);
  if (!ofPolicy && !ofNamespaces && !ofNodes) return undefined;
  const counting = subjects.filter(({ seen }) => seen.suppressedBy === undefined);
  const takings = new Map<string, Taking[]>();
  const add = (subject: Subject, limit: Limit, onPods: readonly number[]): void => {
    const key = subject.variant.key;
    const before = takings.get(key);
    if (before === undefined) takings.set(key, [{ limit, onPods }]);
    else before.push({ limit, onPods });
  };
  if (ofPolicy) addPolicyQuotas(counting, policy, add);
  if (ofNamespaces) addResourceQuotas(counting, quotas, add);
  if (ofNodes) addPools(counting, inventory, add);
  return takings.size === 0 ? undefined : takings;
}

type Add = (subject: Subject, limit: Limit, onPods: readonly number[]) => void;

function addPolicyQuotas(subjects: readonly Subject[], { cluster, namespaces, defaultNamespace }: Quotas, add: Add): void {
  const limit = (sharers: readonly Subject[], quota: Quota | undefined, whose: string): void => {
    for (const [accelerator, those] of groupBy(sharers, ({ variant }) => variant.accelerator)) {
      const hard = quotaFor(quota, accelerator);
      if (hard === undefined) continue;
      const left = hard - sum(those.map((subject) => heldBy(subject) * subject.variant.acceleratorCount));
      const free = Math.max(0, left);
      const made: Limit = { reason: 'LimitedByQuota', free, ...(left < 0 && { over: -left }), words: () => `The quota of ${whose} has ${free} of ${hard} ${accelerator} left` };
      for (const subject of those) add(subject, made, [subject.variant.acceleratorCount]);
    }
  };
  limit(subjects, cluster, 'the cluster');
  for (const [namespace, sharers] of groupBy(subjects, ({ variant }) => variant.namespace)) {
    limit(sharers, Object.hasOwn(namespaces, namespace) ? namespaces[namespace] : defaultNamespace, `namespace ${namespace}`);
  }
}

function quotaFor(quota: Quota | undefined, accelerator: string): number | undefined {
  if (quota === undefined) return undefined;
  return Object.hasOwn(quota, accelerator) ? quota[accelerator] : quota['*'];
}

/** A ResourceQuota counts pods when they are made, so replicas that are asked for and have no pod hold some of it too. */
function addResourceQuotas(subjects: readonly Subject[], quotas: NonNullable<Observation['quotas']>, add: Add): void {
  for (const { namespace, name, resource, hard, used } of quotas) {
    const those = subjects.filter(({ variant, seen }) => variant.namespace === namespace && seen.request?.resource === resource);
    const left = hard - used - sum(those.map((subject) => unmadeOf(subject) * sum(subject.seen.request?.onPods ?? [])));
    const free = Math.max(0, left);
    const limit: Limit = { reason: 'LimitedByQuota', free, ...(left < 0 && { over: -left }), words: () => `ResourceQuota ${namespace}/${name} has ${free} of ${hard} ${resource} left` };
    for (const subject of those) add(subject, limit, [sum(subject.seen.request?.onPods ?? [])]);
  }
}

/**
 * Only pools whose every holder is known limit anything, and only those variants whose policy says that no node comes by itself. What two names describe stands in two
 * pools: whoever can only land in a part of a pool (`A100-80GB` in `A100`) takes from both.
 */
function addPools(subjects: readonly Subject[], inventory: readonly AcceleratorPool[], add: Add): void {
  const pools = new Map(inventory.map((pool) => [pool.accelerator, pool]));
  const byAccelerator = groupBy(subjects, ({ variant }) => variant.accelerator);
  for (const [accelerator, those] of byAccelerator) {
    if (pools.has(accelerator)) continue;
    const nowhere: Limit = { reason: 'LimitedByAccelerators', free: [], words: () => `No node has ${accelerator}` };
    for (const subject of those) if (subject.policy.limitToInventory) add(subject, nowhere, onPodsOf(subject));
  }
  for (const pool of inventory) {
    if (!pool.complete) continue;
    const within = [...byAccelerator].filter(([accelerator]) => isWithin(pools.get(accelerator), pool)).flatMap(([, those]) => those);
    if (!within.some(({ policy }) => policy.limitToInventory)) continue;
    const free = lessWaiting(pool.freeOnNodes, within);
    const limit: Limit = { reason: 'LimitedByAccelerators', free, words: () => `${sum(free)} of ${pool.capacity} ${pool.accelerator} are free${free.length > 0 ? `, at most ${free[0]} on one node` : ''}` };
    for (const subject of within) if (subject.policy.limitToInventory) add(subject, limit, onPodsOf(subject));
  }
}

function isWithin(pool: AcceleratorPool | undefined, other: AcceleratorPool): boolean {
  return pool === other || (pool !== undefined && pool.products.every((product) => other.products.includes(product)));
}

/** Without what is kept for replicas that are asked for and have no node: those that fit, the largest first. */
function lessWaiting(nodes: FreeNodes, subjects: readonly Subject[]): FreeNodes {
  const waiting = subjects.flatMap((subject) => {
    const placed = subject.seen.replicas.filter((replica) => isThere(replica) && !replica.terminating && replica.scheduled).length;
    return Array.from({ length: Math.max(0, subject.seen.currentReplicas - placed) }, () => onPodsOf(subject));
  });
  return waiting.toSorted((a, b) => sum(b) - sum(a) || b.length - a.length).reduce((left, onPods) => placedOn(left, onPods) ?? left, nodes);
}

function onPodsOf({ seen, variant }: Subject): readonly number[] {
  return seen.request?.onPods ?? [variant.acceleratorCount];
}

/**
 * Replicas that hold accelerators now or will: what is asked for, and more while some are on their way out. A target that cannot be read, and is not known to be gone, holds
 * what was decided for it last, and what was ending then: a minute without the right to read it is no reason to give its room away.
 */
export function heldBy({ seen, recalled }: Subject): number {
  const { targetState } = seen;
  if (targetState.kind === 'missing' && targetState.why !== 'NotFound' && targetState.why !== 'KindUnknown') return Math.max(recalled.desired ?? 0, recalled.holds ?? 0, seen.replicas.filter(isThere).length);
  return Math.max(seen.currentReplicas, seen.replicas.filter(isThere).length);
}

/** Asked for, and no pod yet. */
function unmadeOf({ seen }: Subject): number {
  return Math.max(0, seen.currentReplicas - seen.replicas.filter((replica) => isThere(replica) && !replica.terminating).length);
}

function isThere({ phase }: ReplicaObservation): boolean {
  return phase !== 'Succeeded' && phase !== 'Failed';
}
