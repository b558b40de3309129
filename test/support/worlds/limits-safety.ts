import { groupBy } from '../../../src/base/index.ts';
import type { Decision, Quota } from '../../../src/model/index.ts';
import type { VariantPlan, WorldPlan } from './plan.ts';
import type { WorldCycle } from './play-world.ts';
import { acceleratorsOf } from './room.ts';
import { isReady, type ScaleTarget } from './scale-target.ts';

/** One variant, as it is in truth and as it was decided about; accelerators of all its replicas, where it says so. */
interface Share {
  readonly decision: Decision;
  readonly target: ScaleTarget;
  readonly variant: VariantPlan;
  readonly each: number;
  /** Asked for and not gone, before this decision. */
  readonly holds: number;
  /** What the decision adds to what is asked for. */
  readonly grows: number;
}

/** Nothing that is added goes over a limit, by the world's own arithmetic and not by what the product was shown; and nobody is left with nothing for somebody who has something. */
export function limitBreaches({ scarcity }: WorldPlan, { atMs, targets, room, record: { decisions } }: WorldCycle): string[] {
  if (scarcity === undefined || room === undefined) return [];
  const shares = decisions.flatMap((decision): Share[] => {
    const target = targets.find(({ name }) => name === decision.variant.target.name);
    const variant = target?.variants[0];
    if (target === undefined || variant === undefined) return [];
    const each = acceleratorsOf(variant);
    return [{ decision, target, variant, each, holds: each * Math.max(target.spec, target.pods.length), grows: each * Math.max(0, (decision.desired ?? 0) - target.spec) }];
  });
  const { quotas: { cluster, namespaces, defaultNamespace }, resourceQuotas, nodes } = scarcity;
  const found: string[] = [];
  const hold = (those: readonly Share[], hard: number | undefined, whose: string, held = sum(those.map(({ holds }) => holds))): void => {
    const grows = sum(those.map((one) => one.grows));
    if (hard !== undefined && grows > Math.max(0, hard - held)) found.push(`${grows} more of ${whose}, of which ${held} of ${hard} are held (${those.map(inShort).join(', ')})`);
  };
  for (const [accelerator, those] of groupBy(shares, ({ variant }) => variant.accelerator)) {
    hold(those, quotaOf(cluster, accelerator), `the cluster's ${accelerator}`);
    for (const [namespace, ofIt] of groupBy(those, ({ target }) => target.plan.namespace)) hold(ofIt, quotaOf(Object.hasOwn(namespaces, namespace) ? namespaces[namespace] : defaultNamespace, accelerator), `${namespace}'s ${accelerator}`);
    if (nodes === undefined || those[0]?.target.plan.policy.limitToInventory !== true) continue;
    const free = room.freeOn(accelerator);
    hold(those, sum(free), `the nodes' ${accelerator}`, 0);
    for (const { grows, each, decision } of those) {
      const places = sum(free.map((one) => Math.floor(one / each)));
      if (grows > places * each) found.push(`${decision.variant.key}: ${grows / each} more replicas of ${each} where the nodes have ${free.join(', ')} free`);
    }
  }
  for (const { namespace, hard } of resourceQuotas) {
    const those = shares.filter(({ target }) => target.plan.namespace === namespace);
    hold(those, hard, `the ResourceQuota of ${namespace}`, sum(those.map(({ target, each }) => each * (target.pods.length + Math.max(0, target.spec - target.pods.filter(({ terminatingSinceMs }) => terminatingSinceMs === undefined).length)))));
  }
  return [...found, ...leftWithNothing(shares, atMs), ...takenToTheLast(shares)];
}

/** Nobody who has something is given more of what somebody would take who has nothing. */
function leftWithNothing(shares: readonly Share[], atMs: number): string[] {
  const models = [...groupBy(shares, ({ target, variant }) => `${target.model} ${variant.role}`).values()];
  const hasNothing = (of: readonly Share[]): boolean => of.every(({ target }) => target.spec === 0 && target.pods.length === 0);
  const serves = (of: readonly Share[]): boolean => of.some(({ target }) => target.pods.some((pod) => isReady(pod, atMs)));
  return models.flatMap((starving) => {
    const first = starving.find(({ decision: { trail, variant } }) => variant.mode === 'act' && trail.at(-1)?.to === 0 && trail.some(({ from, to, reason }) => from > to && (reason === 'LimitedByQuota' || reason === 'LimitedByAccelerators')));
    if (first === undefined || !hasNothing(starving) || starving.some(({ grows }) => grows > 0)) return [];
    return shares
      .filter(({ target, variant, grows, each }) => grows > 0 && each >= first.each && variant.accelerator === first.variant.accelerator && target.plan.namespace === first.target.plan.namespace)
      .filter((other) => serves(models.find((model) => model.includes(other)) ?? []))
      .map((other) => `${first.decision.variant.key} is left with nothing, and ${inShort(other)} has something`);
  });
}

/** What is taken for others leaves each model one that is asked for. */
function takenToTheLast(shares: readonly Share[]): string[] {
  return [...groupBy(shares, ({ target, variant }) => `${target.model} ${variant.role}`).values()].flatMap((those) => {
    const isTaken = those.some(({ decision: { trail } }) => trail.some(({ reason }) => reason === 'Reclaimed'));
    return isTaken && those.every(({ decision: { desired = 0 } }) => desired === 0) ? [`the last is taken for others: ${those.map(inShort).join(', ')}`] : [];
  });
}

/** Whether a node or a quota keeps a variant from one replica more, as the world is now. */
export function hasRoomFor(target: ScaleTarget, { scarcity }: WorldPlan, { targets, room }: WorldCycle): boolean {
  const [variant] = target.variants;
  if (scarcity === undefined || room === undefined || variant === undefined) return true;
  const each = acceleratorsOf(variant);
  const held = (which: (one: ScaleTarget) => boolean): number => sum(targets.filter(which).map(({ spec, pods, variants: [its] }) => (its === undefined ? 0 : acceleratorsOf(its) * Math.max(spec, pods.length))));
  const { quotas: { cluster, namespaces, defaultNamespace }, resourceQuotas, nodes } = scarcity;
  const isAlike = (one: ScaleTarget): boolean => one.variants[0]?.accelerator === variant.accelerator;
  const { namespace } = target.plan;
  const isBeside = (one: ScaleTarget): boolean => one.plan.namespace === namespace;
  const limits: [number | undefined, number][] = [
    [quotaOf(cluster, variant.accelerator), held(isAlike)],
    [quotaOf(Object.hasOwn(namespaces, namespace) ? namespaces[namespace] : defaultNamespace, variant.accelerator), held((one) => isAlike(one) && isBeside(one))],
    [resourceQuotas.find((one) => one.namespace === namespace)?.hard, held(isBeside)],
  ];
  if (limits.some(([hard, holds]) => hard !== undefined && hard - holds < each)) return false;
  if (nodes === undefined) return true;
  // those that wait for a node have theirs before one more has
  const waiting = sum(targets.filter(isAlike).map(({ spec, pods, variants: [its] }) => (its === undefined ? 0 : acceleratorsOf(its) * Math.max(0, spec - pods.filter(({ node }) => node !== undefined).length))));
  return waiting === 0 && room.freeOn(variant.accelerator).some((free) => free >= each);
}

function quotaOf(quota: Quota | undefined, accelerator: string): number | undefined {
  return quota === undefined ? undefined : Object.hasOwn(quota, accelerator) ? quota[accelerator] : quota['*'];
}

function inShort({ decision: { variant, desired }, target, each }: Share): string {
  return `${variant.key} ${target.spec} -> ${desired} of ${each}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
