import type { Random } from '../../../src/runtime/index.ts';
import { capabilityOf, type Capability } from './capability.ts';
import type { Faults } from './faults.ts';
import { createFluidReplica, type FluidReplica } from './fluid-replica.ts';
import type { ModelPlan, VariantPlan } from './plan.ts';
import { requestsAt } from './requests-at.ts';
import type { Room } from './room.ts';

/** Pods that are deleted finish what they run, for so long at most. */
const graceMs = 60_000;
/** A ResourceQuota lets so many pods of a target be made. */
const mostPods = 60;

export interface WorldPod {
  readonly name: string;
  readonly uid: string;
  /** Of its node, once it has one; in a shared target chance decides which. */
  readonly variant: VariantPlan;
  readonly createdAtMs: number;
  scheduledAtMs?: number;
  /** Where nodes are scarce, which one. */
  node?: number;
  /** When it will be ready, or has become so. */
  readyAtMs: number;
  terminatingSinceMs?: number;
  readonly replica: FluidReplica;
  /** Which part of the faults that hit a share of the pods it belongs to, 0 to 1. */
  readonly lot: number;
}

/** A Deployment, with its pods. */
export interface ScaleTarget {
  readonly name: string;
  readonly model: number;
  readonly plan: ModelPlan;
  readonly variants: readonly VariantPlan[];
  readonly pods: readonly WorldPod[];
  spec: number;
  readonly exists: boolean;
  /** Makes and deletes pods, gives them nodes, and what faults do to them meanwhile. */
  step(fromMs: number, toMs: number): void;
  capability(variant: VariantPlan, nowMs: number): Capability;
}

export function isReady({ readyAtMs, scheduledAtMs, terminatingSinceMs }: WorldPod, nowMs: number): boolean {
  return scheduledAtMs !== undefined && readyAtMs <= nowMs && terminatingSinceMs === undefined;
}

export function createScaleTarget(name: string, model: number, plan: ModelPlan, variants: readonly VariantPlan[], faults: Faults, random: Random, room?: Room): ScaleTarget {
  let pods: WorldPod[] = [];
  let made = 0;
  let exists = true;
  let spec = variants.reduce((total, { initial }) => total + initial, 0);
  const capabilities = new Map<string, Capability>();
  for (const variant of variants) for (let count = 0; count < variant.initial; count++) if (room === undefined) make(variant, -600_000, -600_000 + variant.startMs); else make(variant, 0);

  function make(variant: VariantPlan, nowMs: number, readyAtMs = Infinity): void {
    const name_ = `${name}-${made++}`;
    const pod: WorldPod = { name: name_, uid: `uid-${name_}`, variant, createdAtMs: nowMs, readyAtMs, replica: createFluidReplica(requestsAt(plan, variant), variant.server.kvCapacityTokens), lot: random.next() };
    if (readyAtMs < Infinity) pod.scheduledAtMs = nowMs;
    pods.push(pod);
  }

  function schedule(pod: WorldPod, nowMs: number): void {
    if (pod.scheduledAtMs !== undefined || pod.terminatingSinceMs !== undefined || faults.on('no-nodes', nowMs, model) !== undefined) return;
    const there = pods.filter((other) => other.variant === pod.variant && other.scheduledAtMs !== undefined).length;
    if (there >= (pod.variant.nodes ?? Infinity)) return;
    if (room?.isScarce === true) {
      const node = room.nodeFor(pod.variant);
      if (node === undefined) return;
      pod.node = node;
    }
    pod.scheduledAtMs = nowMs;
    const slow = faults.on('starts-slow', nowMs, model);
    const stuck = faults.on('starts-stuck', nowMs, model);
    const { startMs, startSpreadMs } = pod.variant;
    const takesMs = (startMs + startSpreadMs * random.next()) * (slow === undefined ? 1 : 1 + 3 * slow.share);
    pod.readyAtMs = (stuck === undefined ? nowMs : stuck.untilMs) + takesMs;
  }

  function misfortunes(fromMs: number, toMs: number): void {
    const hit = (of: number): boolean => of === model;
    for (const { share } of faults.beginning('pods-crashed', fromMs, toMs).filter((fault) => hit(fault.model))) pods = pods.filter(({ lot }) => lot >= share);
    for (const { share } of faults.beginning('engines-restarted', fromMs, toMs).filter((fault) => hit(fault.model))) {
      for (const pod of pods) {
        if (pod.lot >= share || !isReady(pod, fromMs)) continue;
        pod.replica.restart();
        pod.readyAtMs = toMs + pod.variant.startMs / 2;
      }
    }
    for (const { share } of faults.beginning('scaled-by-hand', fromMs, toMs).filter((fault) => hit(fault.model))) spec = 1 + Math.floor(share * 6);
    const missing = faults.on('target-missing', toMs, model);
    if (exists && missing !== undefined) [exists, pods, spec] = [false, [], 0];
    else if (!exists && missing === undefined) {
      exists = true;
      spec = Math.max(1, variants.reduce((total, { initial }) => total + initial, 0));
    }
  }

  function step(fromMs: number, toMs: number): void {
    misfortunes(fromMs, toMs);
    pods = pods.filter(({ terminatingSinceMs, replica }) => terminatingSinceMs === undefined || (replica.running + replica.waiting >= 0.5 && toMs - terminatingSinceMs < graceMs));
    const living = pods.filter(({ terminatingSinceMs }) => terminatingSinceMs === undefined);
    for (let count = living.length; count < Math.min(spec, mostPods); count++) {
      const variant = variants[random.integer(variants.length)] as VariantPlan;
      if (room?.admits(plan.namespace, variant) === false) break;
      make(variant, toMs);
    }
    // those that are not ready go first, then the youngest
    const victims = living.toSorted((a, b) => Number(isReady(a, toMs)) - Number(isReady(b, toMs)) || b.readyAtMs - a.readyAtMs).slice(0, Math.max(0, living.length - spec));
    for (const pod of victims) pod.terminatingSinceMs = toMs;
    for (const pod of pods) schedule(pod, toMs);
  }

  return {
    name, model, plan, variants, step,
    get pods() {
      return pods;
    },
    get spec() {
      return spec;
    },
    set spec(replicas) {
      if (exists) spec = replicas;
    },
    get exists() {
      return exists;
    },
    capability(variant, nowMs) {
      const slowness = 1 + 2 * (faults.on('servers-slow', nowMs, model)?.share ?? 0);
      const key = `${variant.name}/${slowness}`;
      let found = capabilities.get(key);
      if (found === undefined) capabilities.set(key, (found = capabilityOf(variant.server, requestsAt(plan, variant), slowness)));
      return found;
    },
  };
}
