import { independentGroups } from '../../decide/index.ts';
import type { InvalidVariant, Observation, Problem, ReplicaObservation, ReplicaReadings, Variant, VariantObservation } from '../../model/index.ts';
import type { ClusterSnapshot, SnapshotVariant } from '../../observe/index.ts';
import type { Samples } from '../../prometheus/index.ts';
import type { HistoryChunk } from './history.ts';
import { MissingReasons, ReadingColumns, type Missing } from './reading-columns.ts';

/** What the API server knew, from one cycle of the chunk on. Replicas come and go within minutes, so a snapshot lasts for many cycles. */
export interface Segment {
  readonly fromCycle: number;
  readonly snapshot: ClusterSnapshot;
}

export interface ColumnChunkOptions {
  /** Time of each cycle. */
  readonly timesMs: Float64Array;
  /** In order; the first begins at cycle 0. */
  readonly segments: readonly Segment[];
  /** By `namespace/pod`. */
  readonly readings: ReadonlyMap<string, ReadingColumns>;
  /** What could not be known of this part of the past. */
  readonly problems?: readonly Problem[];
}

/** What a thread is sent to decide about some of the variants. Readings are handed over, not copied; all else is little. */
export interface ChunkPortion extends Omit<ColumnChunkOptions, 'readings'> {
  readonly readings: readonly { readonly key: string; readonly memory: ArrayBuffer; readonly modelName: string | undefined; readonly reasons: readonly Missing[] }[];
}

type Seen = Omit<VariantObservation, 'replicas' | 'unmatchedPods'>;
type PodSeen = Omit<ReplicaObservation, 'readings'>;

interface Prepared {
  readonly fromCycle: number;
  readonly snapshot: ClusterSnapshot;
  readonly variants: readonly { readonly seen: Seen; readonly pods: readonly { readonly pod: PodSeen; readonly columns: ReadingColumns | undefined }[] }[];
}

const silence: ReplicaReadings = new ReadingColumns(1, new MissingReasons()).readings(0, 0, 0);
const none: readonly string[] = [];

/** Cycles in columns, made into observations one at a time, without an object for what nobody asks. */
export class ColumnChunk implements HistoryChunk {
  readonly cycles: number;
  readonly #options: ColumnChunkOptions;
  #segments: readonly Prepared[] | undefined;

  constructor(options: ColumnChunkOptions) {
    this.#options = options;
    this.cycles = options.timesMs.length;
  }

  static from({ readings, ...options }: ChunkPortion): ColumnChunk {
    const columnsOf = ({ memory, modelName, reasons }: ChunkPortion['readings'][number]): ReadingColumns => {
      const columns = new ReadingColumns(options.timesMs.length, new MissingReasons(reasons), 0, memory);
      columns.modelName = modelName;
      return columns;
    };
    return new ColumnChunk({ ...options, readings: new Map(readings.map((one) => [one.key, columnsOf(one)])) });
  }

  /** Every variant of the chunk once, as its resource says it. */
  variants(): readonly Variant[] {
    return [...new Map(this.#options.segments.flatMap(({ snapshot: { variants } }) => variants.map(({ variant }) => [variant.key, variant] as const))).values()];
  }

  /** What is needed to decide about these variants. */
  portion(keys: ReadonlySet<string>): ChunkPortion {
    const { readings, segments, ...rest } = this.#options;
    const own = segments.map(({ fromCycle, snapshot }) => ({ fromCycle, snapshot: { ...snapshot, variants: snapshot.variants.filter(({ variant }) => keys.has(variant.key)) } }));
    const pods = new Set(own.flatMap(({ snapshot }) => snapshot.variants.flatMap(({ variant, pods: all }) => all.map(({ pod }) => `${variant.namespace}/${pod}`))));
    return {
      ...rest,
      segments: own,
      readings: [...pods].flatMap((key) => {
        const columns = readings.get(key);
        return columns ? [{ key, memory: columns.memory, modelName: columns.modelName, reasons: columns.reasons.all() }] : [];
      }),
    };
  }

  /**
   * One part for each group of variants that know nothing of the others. Going through one group from the first cycle to the last, and then through the
   * next, takes one thread a fifth less time than going through a hundred variants cycle by cycle: the columns of a few pods stay in the processor's cache.
   */
  parts(): readonly ColumnChunk[] {
    const groups = independentGroups(this.variants());
    if (groups.length < 2) return [this];
    const partOf = new Map(groups.flatMap((keys, part) => keys.map((key) => [key, part] as const)));
    const parts = groups.map((): Segment[] => []);
    for (const { fromCycle, snapshot } of this.#options.segments) {
      const variants = groups.map((): SnapshotVariant[] => []);
      const invalid = groups.map((): InvalidVariant[] => []);
      for (const seen of snapshot.variants) variants[partOf.get(seen.variant.key) ?? 0]?.push(seen);
      // one that could not be used in all of the chunk is in no group, and only has to be remembered
      for (const resource of snapshot.invalid) invalid[partOf.get(resource.resource.key) ?? 0]?.push(resource);
      for (const [part, segments] of parts.entries()) segments.push({ fromCycle, snapshot: { ...snapshot, variants: variants[part] ?? [], invalid: invalid[part] ?? [] } });
    }
    return parts.map((segments) => new ColumnChunk({ ...this.#options, segments }));
  }

  atMs(cycle: number): number {
    return this.#options.timesMs[cycle] as number;
  }

  observe(cycle: number, staleAfterMs: number): Observation {
    const { snapshot, variants } = this.#segmentAt(cycle);
    const nowMs = this.atMs(cycle);
    const { conflicts, invalid } = snapshot;
    return { atMs: nowMs, variants: variants.map((variant) => observed(variant, cycle, nowMs, staleAfterMs)), conflicts, invalid, problems: this.#options.problems ?? [] };
  }

  /** The same cycle as the product's own join takes it: what the cluster was and what pods said, undated and unjoined. */
  unjoined(cycle: number): { readonly snapshot: ClusterSnapshot; readonly samples: Samples } {
    const { snapshot } = this.#segmentAt(cycle);
    const nowMs = this.atMs(cycle);
    const pods = snapshot.variants.flatMap(({ variant: { namespace }, pods: all }) =>
      all.flatMap(({ pod, ...state }) => {
        const columns = this.#options.readings.get(`${namespace}/${pod}`);
        if (!columns || !isAsked({ pod, ...state })) return [];
        const readings = (JSON.parse(JSON.stringify(columns.readings(cycle, nowMs, Infinity))) as ReplicaReadings);
        return [{ namespace, pod, ...(columns.modelName === undefined ? {} : { modelName: columns.modelName }), readings }];
      }),
    );
    return { snapshot, samples: { atMs: nowMs, pods, problems: this.#options.problems ?? [] } };
  }

  #segmentAt(cycle: number): Prepared {
    const segments = (this.#segments ??= this.#options.segments.map((segment) => prepare(segment, this.#options.readings)));
    let low = 0;
    let high = segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((segments[middle] as Prepared).fromCycle <= cycle) low = middle;
      else high = middle - 1;
    }
    return segments[low] as Prepared;
  }
}

function prepare({ fromCycle, snapshot }: Segment, readings: ReadonlyMap<string, ReadingColumns>): Prepared {
  return {
    fromCycle,
    snapshot,
    variants: snapshot.variants.map(({ pods, ...seen }) => {
      const { namespace, modelID } = seen.variant;
      const withColumns = pods.map(({ ip: _ip, ports: _ports, ...pod }) => ({ pod, columns: isAsked(pod) ? readings.get(`${namespace}/${pod.pod}`) : undefined }));
      const reported = modelID === '' ? withColumns.find(({ columns }) => columns?.modelName)?.columns?.modelName : undefined;
      return { seen: reported === undefined ? seen : { ...seen, variant: { ...seen.variant, modelID: reported } }, pods: withColumns };
    }),
  };
}

/** Pods on their way out are not asked, whatever a Prometheus still scrapes of them. */
function isAsked({ phase, terminating }: PodSeen): boolean {
  return phase === 'Running' && !terminating;
}

function observed({ seen, pods }: Prepared['variants'][number], cycle: number, nowMs: number, staleAfterMs: number): VariantObservation {
  const replicas: ReplicaObservation[] = [];
  let unmatched: string[] | undefined;
  for (const { pod, columns } of pods) {
    const readings = columns === undefined ? silence : columns.readings(cycle, nowMs, staleAfterMs);
    replicas.push({ ...pod, readings });
    if (pod.ready && !pod.terminating && (columns === undefined || Number.isNaN(columns.sampledAtMs[cycle]))) (unmatched ??= []).push(pod.pod);
  }
  return { ...seen, replicas, unmatchedPods: unmatched ?? none };
}
