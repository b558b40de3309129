import type { KubernetesObject } from '../wire/index.ts';
import type { ServingProfile } from './serving/profile.ts';
import type { WorkloadSpec } from './workload/index.ts';

/** From scheduled to ready: normal around the mean, never below `lowestMs`. */
export interface StartupTime {
  readonly meanMs: number;
  readonly standardDeviationMs: number;
  readonly lowestMs: number;
}

/** A thing that goes wrong at a given time. `pod` and `node` are regular expressions on names. */
export type Fault =
  | { readonly kind: 'pod-never-ready'; readonly atMs: number; readonly pod: string; readonly untilMs?: number }
  | { readonly kind: 'pod-slow'; readonly atMs: number; readonly pod: string; readonly factor: number; readonly untilMs?: number }
  | { readonly kind: 'node-lost'; readonly atMs: number; readonly node: string; readonly untilMs?: number }
  | {
      readonly kind: 'metrics-page';
      readonly atMs: number;
      readonly pod: string;
      /** `slow` answers after 30 s, `garbage` is no exposition, `huge` is 32 MiB, `hangs` never answers. */
      readonly how: 'slow' | 'garbage' | 'huge' | 'hangs' | 'refuses';
      readonly untilMs?: number;
    };

/** Who asks a model for something. */
export interface Traffic {
  /** The served model's name. */
  readonly modelID: string;
  readonly namespace: string;
  readonly sources: readonly WorkloadSpec[];
  /** The Deployment whose pods show the metrics of this model's router. Requests are routed whether or not there is one. */
  readonly router?: { readonly deployment: string; readonly flowControl?: boolean };
}

/** A world as data: what stands in the cluster, what it can do, and what happens to it. */
export interface Scenario {
  readonly name: string;
  readonly durationMs: number;
  /** Created in this order before time starts. */
  readonly objects: readonly KubernetesObject[];
  readonly profiles: readonly ServingProfile[];
  readonly traffic: readonly Traffic[];
  /** How long after the start the first request may come, so that the first pods are ready; 0 unless told. */
  readonly warmUpMs?: number;
  readonly startup: StartupTime;
  readonly hpaSyncMs: number;
  /** Names on the metrics pages of the servers; those of today unless told. */
  readonly metricNames?: 'current' | 'old';
  readonly faults: readonly Fault[];
}
