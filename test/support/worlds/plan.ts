import type { Policy, PolicyLayer, Quotas, Role } from '../../../src/model/index.ts';
import type { Requests, Server } from '../decide/fleet.ts';

export interface ServerPlan extends Server {
  /** `--max-num-seqs`. */
  readonly maxSequences: number;
}

/** One variant of a random world. */
export interface VariantPlan {
  readonly name: string;
  readonly accelerator: string;
  /** Of one replica; one if not said. */
  readonly accelerators?: number;
  /** What it does of a request's work; all of it if not said. */
  readonly role?: Role;
  readonly costPerHour: number;
  readonly min: number;
  readonly minAssumed: boolean;
  readonly max: number | undefined;
  readonly initial: number;
  /** What one replica of it can do. */
  readonly server: ServerPlan;
  /** Whether the arguments of its engine are known. */
  readonly argumentsKnown: boolean;
  /** Pods become ready so long after they have a node, give or take `startSpreadMs`. */
  readonly startMs: number;
  readonly startSpreadMs: number;
  /** So many of its pods find a node; the others stay Pending for ever. */
  readonly nodes: number | undefined;
  readonly mode: Policy['mode'];
}

/** How many requests come, as a function of time. */
export interface LoadPlan {
  readonly kind: 'steady' | 'ramp' | 'bursts' | 'idle' | 'steps';
  /** Requests per second. */
  readonly low: number;
  readonly high: number;
  readonly periodMs: number;
  /** What comes, without change, when the faults are over. */
  readonly rest: number;
}

export interface ModelPlan {
  readonly namespace: string;
  readonly modelID: string;
  readonly policy: PolicyLayer;
  readonly router: 'none' | 'plain' | 'flowControl';
  readonly requests: Requests;
  readonly load: LoadPlan;
  /** One target with pods on several accelerators, instead of a target for each variant. */
  readonly shared: boolean;
  readonly actuation: 'metric' | 'direct';
  /** Of its HorizontalPodAutoscaler, a fraction. */
  readonly tolerance: number;
  readonly variants: readonly VariantPlan[];
}

export const faultKinds = [
  'prometheus-away', 'scrapes-lost', 'pods-silent', 'not-a-number', 'engines-restarted', 'pods-crashed', 'starts-stuck', 'starts-slow', 'no-nodes', 'servers-slow',
  'target-missing', 'target-unread', 'writes-refused', 'controller-restarted', 'router-away', 'metrics-api-away', 'scaled-by-hand',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  readonly kind: FaultKind;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Index of the model that it is about, where it is about one. */
  readonly model: number;
  /** Of pods that are hit, or what else the fault needs to be told, 0 to 1. */
  readonly share: number;
}

/** What there is only so much of, for all models of a world together. */
export interface Scarcity {
  /** What the policy gives the cluster and its namespaces. */
  readonly quotas: Quotas;
  /** A ResourceQuota of each of these namespaces: accelerators of all its pods. */
  readonly resourceQuotas: readonly { readonly namespace: string; readonly hard: number }[];
  /** The only nodes that there are; pods find nodes without end where they are not said. */
  readonly nodes?: readonly { readonly accelerator: string; readonly accelerators: number }[];
}

/** A whole world, drawn from a seed: first with faults, then without. Times are since its beginning. */
export interface WorldPlan {
  readonly seed: number;
  readonly intervalMs: number;
  readonly scrapeMs: number;
  readonly models: readonly ModelPlan[];
  readonly faults: readonly Fault[];
  readonly scarcity?: Scarcity;
  /** Faults are over, and the load is constant from here on. */
  readonly faultyMs: number;
  /** By then it must have settled. */
  readonly settlingMs: number;
  /** And stay as it is for so long. */
  readonly stableMs: number;
}

/** Requests per second of a load so long after the beginning. */
export function rateAt({ kind, low, high, periodMs }: LoadPlan, atMs: number): number {
  const place = (atMs % periodMs) / periodMs;
  switch (kind) {
    case 'steady':
      return high;
    case 'ramp':
      return low + (high - low) * (place < 0.5 ? 2 * place : 2 - 2 * place);
    case 'bursts':
      return place > 0.8 ? high : low;
    case 'steps':
      return low + ((high - low) * Math.floor(4 * place)) / 3;
    case 'idle':
      return place > 0.7 ? low : 0;
  }
}
