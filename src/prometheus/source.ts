import type { Engine, ModelReadings, Problem, ReplicaReadings } from '../model/index.ts';

/** Where a replica's own metrics can be asked for. */
export interface PodAddress {
  readonly namespace: string;
  readonly pod: string;
  /** Identity of this incarnation: counters of another uid are another history. */
  readonly uid: string;
  /** IPv4 or IPv6, without brackets. Empty while the pod has none. */
  readonly ip: string;
  /** Ports to try for `/metrics`, the likeliest first. */
  readonly ports: readonly number[];
  /** What the resource says it runs. A hint only: the series themselves tell. */
  readonly engine: Engine;
  readonly modelID: string;
  /** False while it starts: that it says nothing yet is missing all the same, and no problem. */
  readonly ready?: boolean;
}

/** Where a router's own metrics can be asked for. */
export type RouterAddress = Pick<PodAddress, 'namespace' | 'pod' | 'uid' | 'ip' | 'ports'>;

/** What one pod said, seen at one time. */
export interface PodSample {
  readonly namespace: string;
  readonly pod: string;
  /** The model that the engine itself names, where it does. */
  readonly modelName?: string;
  readonly readings: ReplicaReadings;
}

/** What was said of one model as a whole. */
export interface ModelSample {
  readonly namespace: string;
  /** As engines and routers call it. */
  readonly modelName: string;
  readonly readings: ModelReadings;
}

export interface ModelSamples {
  readonly seen: readonly ModelSample[];
  /** Of any model that is not among them: why nothing is known. */
  readonly others: ModelReadings;
}

export interface Samples {
  readonly atMs: number;
  /** One for every pod that was asked for, in the same order. */
  readonly pods: readonly PodSample[];
  /** Absent from a source that knows of pods only. */
  readonly models?: ModelSamples;
  /** What failed, in words for the person on call. */
  readonly problems: readonly Problem[];
}

/** A way to learn how replicas are doing. It never rejects because of the world: what is not known is missing. */
export interface MetricSource {
  collect(pods: readonly PodAddress[], signal: AbortSignal, routers?: readonly RouterAddress[]): Promise<Samples>;
}
