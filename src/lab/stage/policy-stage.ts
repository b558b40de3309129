import type { HorizontalPodAutoscaler } from '../../wire/index.ts';
import type { Random } from '../../runtime/index.ts';
import type { Arrival } from '../../simulator/index.ts';
import type { ExperimentScenario, ScenarioModel, ScenarioVariant } from '../scenario/scenario.ts';
import type { Telemetry } from './telemetry.ts';

/** A variant of a scenario with its model: what a policy scales. */
export interface StageVariant {
  /** `model index/variant name`, unique in the scenario. */
  readonly key: string;
  readonly model: ScenarioModel;
  readonly variant: ScenarioVariant;
  readonly accelerator: string;
  readonly acceleratorsPerReplica: number;
  readonly costPerHour: number;
}

/** A pod as the API server shows it. */
export interface StagePod {
  readonly name: string;
  readonly uid: string;
  readonly createdAtMs: number;
  /** False while no accelerator is free for it. */
  readonly scheduled: boolean;
  readonly scheduledAtMs?: number;
  readonly ready: boolean;
  readonly readySinceMs?: number;
  readonly terminating: boolean;
}

/** Accelerators of one name, where the scenario limits them. */
export interface StageAccelerators {
  readonly accelerator: string;
  /** On nodes that the API server believes to be there. */
  readonly capacity: number;
  /** Held by pods, the ending ones included. */
  readonly held: number;
}

/** What the API server knows about one variant. Always the truth of this moment: watches are fast and do not lie. */
export interface StageReplicas {
  /** `spec.replicas`. */
  readonly spec: number;
  /** Pods that are there, the ending ones included. */
  readonly pods: readonly StagePod[];
  /** Not terminating. */
  readonly ready: number;
  /** Not terminating, not ready: pending, pulling, loading. */
  readonly starting: number;
}

/** One decision for the time line and for who asks why. */
export interface StageDecision {
  readonly variant: string;
  readonly from: number;
  readonly to: number;
  /** A sentence with the numbers that led to it. */
  readonly why: string;
}

export interface HpaOptions {
  /** Asked for at every sync; `undefined` where the metrics API answers an error, and the HPA holds. */
  readonly metrics: readonly HpaMetric[];
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly behavior?: NonNullable<HorizontalPodAutoscaler['spec']>['behavior'];
  /** 15 000 in every cluster that does not say otherwise. */
  readonly syncMs?: number;
  /** 0.1 by default. */
  readonly tolerance?: number;
}

export interface HpaMetric {
  readonly name: string;
  /** `averageValue`: ceil(sum / target). `value`: ceil(current ready × value / target). */
  readonly type: 'averageValue' | 'value';
  readonly target: number;
  read(): number | undefined;
}

/** What a policy may see and do. Time is simulated; 0 is when the load begins. */
export interface PolicyStage {
  readonly scenario: ExperimentScenario;
  readonly variants: readonly StageVariant[];
  /** Chance of the policy's own. */
  readonly random: Random;
  now(): number;
  /** Calls `fire` every `periodMs`, first after `firstMs` (a period unless told). Chains of different parts do not run in step: give them different first times. */
  every(periodMs: number, fire: () => void, firstMs?: number): void;
  after(delayMs: number, fire: () => void): void;
  /**
   * A Prometheus of the policy's own: scrapes engines and routers at its intervals, and suffers the scenario's faults. Every target has its
   * own place in the interval; with `offsetMs` all have this one, as for an autoscaler that fetches all pages when its round begins.
   */
  scrape(options: { readonly enginesMs: number; readonly routerMs: number; readonly keepMs?: number; readonly offsetMs?: number }): Telemetry;
  replicas(variant: string): StageReplicas;
  /** What the nodes have: of the accelerators that are limited. */
  accelerators(): readonly StageAccelerators[];
  /** Writes `spec.replicas` at once, as `kubectl scale` would; clipped to nothing. */
  scale(decision: StageDecision): void;
  /** A HorizontalPodAutoscaler on the variant: the same law that is held against the genuine controller. */
  hpa(variant: string, options: HpaOptions): void;
  /** What was decided, whether or not the number changed. */
  note(decision: StageDecision): void;
  /** The arrivals of a model (index) that are still to come, from the first one, as the load will bring them: for bounds that know the future, and nobody else. */
  foresee(model: number): { next(): Arrival | undefined };
  /** Requests per second that one replica of the variant carries within the SLOs: for bounds as well. */
  capacity(variant: string): number;
  /** When requests begin to wait for a model that has no ready replica: what a push or a fast poll of the router would say. */
  onWaiting(model: ScenarioModel, fire: () => void): void;
}
