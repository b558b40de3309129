import { assert } from '../../base/index.ts';
import type { Random } from '../../runtime/index.ts';
import type { EventQueue } from '../../simulator/index.ts';
import { createAccelerators } from './accelerators.ts';
import { isActive } from './pod.ts';
import type { Pod } from './pod.ts';
import type { PodFaults } from './pod-faults.ts';
import type { StageVariant } from './policy-stage.ts';
import { drawStartupMs } from './startup.ts';
import { leastWorthKeeping } from './victims.ts';

/** From a changed `spec.replicas` until the Deployment's and the ReplicaSet's controllers have created or deleted pods. */
export const controllersMs = 1000;
/** Until the API server knows of a lost node: `--node-monitor-grace-period` (50 s), and then the garbage collection of its pods. */
const nodeUnknownMs = 50_000;
const podsCollectedMs = 60_000;
/** Pods that are there when the load begins have been ready for so long. */
const settledMs = 600_000;

export interface FleetHooks {
  /** The pod can serve: gives it an engine and tells the router. */
  readonly onReady: (pod: Pod) => void;
  /** Nothing new may be sent to it. */
  readonly onLeaving: (pod: Pod) => void;
  /** Before pods of the variant change state: whoever counts over time settles up to now. */
  readonly beforeChange: (variant: StageVariant) => void;
  /** The pod is gone, and costs no more. */
  readonly onEnd: (pod: Pod, heldFromMs: number | undefined) => void;
}

/** Pods of every variant, as Deployments, the scheduler and the kubelets make and end them. */
export interface Fleet {
  spec(variant: string): number;
  /** Pods that are there, oldest first; those that end included. */
  pods(variant: string): readonly Pod[];
  /** What is free of an accelerator, and what pods hold of it on nodes that the API server believes to be there. */
  room(accelerator: string): { readonly free: number; readonly held: number };
  /** Writes `spec.replicas`. */
  scale(variant: string, replicas: number): void;
  /** Pods of the variant go with their node. */
  loseNode(variant: string, pods: number, random: Random, untilMs: number | undefined): void;
}

interface ReplicaSet {
  readonly variant: StageVariant;
  spec: number;
  pods: Pod[];
  created: number;
  /** When the number was last asked for, and not yet acted on. */
  askedAtMs?: number;
}

export function createFleet(options: {
  readonly agenda: EventQueue;
  readonly random: Random;
  readonly variants: readonly StageVariant[];
  readonly accelerators: Readonly<Record<string, number>>;
  readonly faults: PodFaults;
  readonly hooks: FleetHooks;
}): Fleet {
  const { agenda, random, faults, hooks } = options;
  const accelerators = createAccelerators(options.accelerators);
  const sets = new Map<string, ReplicaSet>(options.variants.map((variant) => [variant.key, { variant, spec: 0, pods: [], created: 0 }]));

  function setOf(key: string): ReplicaSet {
    const set = sets.get(key);
    assert(set !== undefined, `There is no variant ${key}; there are ${[...sets.keys()].join(', ')}.`);
    return set;
  }

  function createPod(set: ReplicaSet, askedAtMs: number): Pod {
    const ordinal = set.created++;
    const { key, variant } = set.variant;
    const chance = random.fork(`pod/${key}/${ordinal}`);
    const pod: Pod = {
      name: `${key.replaceAll('/', '-')}-${ordinal}`,
      uid: `${chance.integer(0x1_0000_0000).toString(16).padStart(8, '0')}-${variant.name}-${ordinal}`,
      variant: set.variant,
      ordinal,
      askedAtMs,
      createdAtMs: agenda.now(),
    };
    hooks.beforeChange(set.variant);
    set.pods.push(pod);
    return pod;
  }

  function begin(set: ReplicaSet): void {
    for (let count = 0; count < set.variant.variant.initialReplicas; count++) {
      const pod = createPod(set, agenda.now() - settledMs);
      Object.assign(pod, { createdAtMs: agenda.now() - settledMs });
      accelerators.ask(pod, () => {
        pod.scheduledAtMs = agenda.now() - settledMs;
      });
      assert(pod.scheduledAtMs !== undefined, `The scenario begins with more pods of ${set.variant.key} than there are accelerators ${set.variant.accelerator}.`);
      pod.readySinceMs = agenda.now() - settledMs;
      hooks.onReady(pod);
    }
    set.spec = set.variant.variant.initialReplicas;
  }

  function reconcile(set: ReplicaSet): void {
    const askedAtMs = set.askedAtMs ?? agenda.now();
    delete set.askedAtMs;
    const active = set.pods.filter(isActive);
    for (let count = active.length; count < set.spec; count++) start(set, createPod(set, askedAtMs));
    const victims = active.toSorted(leastWorthKeeping(agenda.now())).slice(0, Math.max(0, active.length - set.spec));
    for (const pod of victims) terminate(set, pod);
  }

  function start(set: ReplicaSet, pod: Pod): void {
    accelerators.ask(pod, () => {
      hooks.beforeChange(set.variant);
      pod.scheduledAtMs = agenda.now();
      if (faults.neverReady(set.variant.key, agenda.now())) return;
      const startupMs = drawStartupMs(set.variant.variant.startup, random.fork(`startup/${set.variant.key}/${pod.ordinal}`));
      // what the controllers took is part of the start-up time, what the pod waited for an accelerator is not
      pod.cancel = agenda.at(agenda.now() + Math.max(0, startupMs - (pod.createdAtMs - pod.askedAtMs)), () => {
        hooks.beforeChange(set.variant);
        pod.readySinceMs = agenda.now();
        hooks.onReady(pod);
      });
    });
  }

  function terminate(set: ReplicaSet, pod: Pod): void {
    hooks.beforeChange(set.variant);
    pod.cancel?.();
    pod.terminatingSinceMs = agenda.now();
    if (pod.lostAtMs !== undefined) return;
    const { engine } = pod;
    if (engine === undefined) {
      end(set, pod);
      return;
    }
    hooks.onLeaving(pod);
    pod.cancel = agenda.at(agenda.now() + set.variant.variant.terminationGraceSeconds * 1000, () => {
      engine.kill();
      end(set, pod);
    });
    engine.whenEmpty(() => {
      if (pod.lostAtMs !== undefined) return;
      pod.cancel?.();
      end(set, pod);
    });
  }

  function end(set: ReplicaSet, pod: Pod): void {
    if (!set.pods.includes(pod)) return; // it ended by emptying when it was killed
    hooks.beforeChange(set.variant);
    set.pods = set.pods.filter((other) => other !== pod);
    if (pod.scheduledAtMs === undefined) accelerators.forget(pod);
    else if (pod.lostAtMs === undefined) accelerators.give(pod);
    hooks.onEnd(pod, pod.scheduledAtMs);
  }

  for (const set of sets.values()) begin(set);

  return {
    spec: (variant) => setOf(variant).spec,
    pods: (variant) => setOf(variant).pods,
    room(accelerator) {
      const believed = ({ scheduledAtMs, lostAtMs }: Pod): boolean => scheduledAtMs !== undefined && (lostAtMs === undefined || agenda.now() < lostAtMs + nodeUnknownMs);
      let held = 0;
      for (const { variant, pods } of sets.values()) {
        if (variant.accelerator === accelerator) held += variant.acceleratorsPerReplica * pods.filter(believed).length;
      }
      return { free: accelerators.free(accelerator), held };
    },
    scale(variant, replicas) {
      const set = setOf(variant);
      set.spec = replicas;
      if (set.askedAtMs !== undefined) return;
      set.askedAtMs = agenda.now();
      agenda.at(agenda.now() + controllersMs, () => reconcile(set));
    },
    loseNode(variant, count, chance, untilMs) {
      const set = setOf(variant);
      const there = set.pods.filter((pod) => pod.scheduledAtMs !== undefined && pod.lostAtMs === undefined);
      for (let left = Math.min(count, there.length); left > 0; left--) {
        const [pod] = there.splice(chance.integer(there.length), 1);
        if (pod !== undefined) lose(set, pod, untilMs);
      }
    },
  };

  function lose(set: ReplicaSet, pod: Pod, untilMs: number | undefined): void {
    const nowMs = agenda.now();
    hooks.beforeChange(set.variant);
    pod.cancel?.();
    pod.lostAtMs = nowMs;
    hooks.onLeaving(pod);
    pod.engine?.kill();
    const { accelerator, acceleratorsPerReplica } = set.variant;
    if (untilMs !== undefined) agenda.at(untilMs, () => accelerators.change(accelerator, acceleratorsPerReplica));
    agenda.at(nowMs + nodeUnknownMs, () => {
      hooks.beforeChange(set.variant);
      delete pod.readySinceMs;
    });
    agenda.at(nowMs + podsCollectedMs, () => {
      end(set, pod);
      reconcile(set);
    });
  }

}
