import type { InvalidVariant, Observation, Problem, ReplicaObservation, TargetConflict, TargetState, Variant, VariantObservation } from '../../model/index.ts';
import type { HistoryChunk } from './history.ts';
import type { ReadingColumns } from './reading-columns.ts';

/** States of a pod at one cycle, as bits. */
export const podState = { there: 1, ready: 2, scheduled: 4, terminating: 8 } as const;

/** One pod of a variant over the cycles of a chunk. */
export interface PodColumns {
  readonly pod: string;
  readonly uid: string;
  readonly createdAtMs: number;
  /** `podState` bits. */
  readonly state: Uint8Array;
  readonly readings: ReadingColumns;
}

/** One variant over the cycles of a chunk. */
export interface VariantColumns {
  readonly variant: Variant;
  /** `Kind/name` of the autoscaler that targets the same object. */
  readonly scaledBy?: string;
  readonly suppressedBy?: string;
  /** `spec.replicas` of the whole target; -1 where history does not say. */
  readonly targetReplicas: Int32Array;
  readonly targetReady: Int32Array;
  /** Of them those that belong to this variant. */
  readonly current: Int32Array;
  /** What the product of the time desired; -1 where history does not say. */
  readonly desiredThen: Int32Array;
  /** Oldest first. */
  readonly pods: readonly PodColumns[];
}

export interface ColumnChunkOptions {
  /** Time of each cycle. */
  readonly timesMs: Float64Array;
  /** In the order of their keys. */
  readonly variants: readonly VariantColumns[];
  readonly conflicts?: readonly TargetConflict[];
  readonly invalid?: readonly InvalidVariant[];
  /** What could not be known of this part of the past. */
  readonly problems?: readonly Problem[];
  /** True for the first chunk: what was desired before it stands in for the status that a controller starts from. */
  readonly first?: boolean;
}

const nowhere: TargetState = { kind: 'missing', why: 'NotYetKnown', detail: 'History does not say how many replicas the target asked for.' };
const noConditions = {};
const none: readonly string[] = [];

/** Cycles in columns, made into observations one at a time, without an object for what nobody asks. */
export class ColumnChunk implements HistoryChunk {
  readonly cycles: number;
  readonly #options: ColumnChunkOptions;
  readonly #indexes: ReadonlyMap<string, VariantColumns>;

  constructor(options: ColumnChunkOptions) {
    this.#options = options;
    this.cycles = options.timesMs.length;
    this.#indexes = new Map(options.variants.map((columns) => [columns.variant.key, columns]));
  }

  atMs(cycle: number): number {
    return this.#options.timesMs[cycle] as number;
  }

  desiredThen(cycle: number, variantKey: string): number | undefined {
    const desired = this.#indexes.get(variantKey)?.desiredThen[cycle] ?? -1;
    return desired < 0 ? undefined : desired;
  }

  observe(cycle: number, staleAfterMs: number): Observation {
    const { variants, conflicts = [], invalid = [], problems = [], first = false } = this.#options;
    const nowMs = this.atMs(cycle);
    const isFirst = first && cycle === 0;
    return { atMs: nowMs, variants: variants.map((columns) => observed(columns, cycle, nowMs, staleAfterMs, isFirst)), conflicts, invalid, problems };
  }
}

function observed(columns: VariantColumns, cycle: number, nowMs: number, staleAfterMs: number, isFirst: boolean): VariantObservation {
  const replicas: ReplicaObservation[] = [];
  let unmatched: string[] | undefined;
  for (const { pod, uid, createdAtMs, state, readings } of columns.pods) {
    const bits = state[cycle] as number;
    if ((bits & podState.there) === 0) continue;
    const ready = (bits & podState.ready) !== 0;
    const scheduled = (bits & podState.scheduled) !== 0;
    const terminating = (bits & podState.terminating) !== 0;
    replicas.push({ pod, uid, createdAtMs, phase: scheduled ? 'Running' : 'Pending', scheduled, ready, terminating, readings: readings.readings(cycle, nowMs, staleAfterMs) });
    if (ready && !terminating && Number.isNaN(readings.sampledAtMs[cycle])) (unmatched ??= []).push(pod);
  }
  const seen = {
    variant: columns.variant,
    targetState: targetState(columns, cycle),
    currentReplicas: columns.current[cycle] as number,
    replicas,
    lastConditions: noConditions,
    unmatchedPods: unmatched ?? none,
  };
  if (!isFirst && columns.suppressedBy === undefined) return seen;
  const before = columns.desiredThen[cycle] as number;
  return {
    ...seen,
    ...(isFirst && before >= 0 ? { lastDesired: { replicas: before, atMs: nowMs, accelerator: columns.variant.accelerator } } : {}),
    ...(columns.suppressedBy === undefined ? {} : { suppressedBy: columns.suppressedBy }),
  };
}

function targetState({ targetReplicas, targetReady, scaledBy }: VariantColumns, cycle: number): TargetState {
  const replicas = targetReplicas[cycle] as number;
  if (replicas < 0) return nowhere;
  const readyReplicas = targetReady[cycle] as number;
  return scaledBy === undefined ? { kind: 'found', replicas, readyReplicas, scalable: true } : { kind: 'found', replicas, readyReplicas, scalable: true, scaledBy };
}
