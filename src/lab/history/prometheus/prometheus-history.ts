import type { ClusterObjects, SnapshotOptions } from '../../../observe/index.ts';
import { pastReadings, type PrometheusClient } from '../../../prometheus/index.ts';
import type { Clock } from '../../../runtime/index.ts';
import { ColumnChunk } from '../column-chunk.ts';
import type { History, HistoryGap } from '../history.ts';
import { MissingReasons, ReadingColumns } from '../reading-columns.ts';
import type { Answers } from './answers.ts';
import type { ChunkStore, Stretch } from './chunk-store.ts';
import { createPastCluster } from './past-cluster.ts';
import { readStretches, type ReadOptions } from './read-stretches.ts';

export interface PrometheusHistoryOptions {
  readonly client: PrometheusClient;
  readonly clock: Clock;
  readonly store: ChunkStore;
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  /** Label matchers added to every query, such as `cluster="blue"`. */
  readonly matchers?: string;
  /** Resources, and what else is known of the cluster as it is today. */
  readonly objects: ClusterObjects;
  readonly snapshot?: SnapshotOptions;
  /** Rates and means are over this long; 60 000 as everywhere in the product. */
  readonly windowMs?: number;
  readonly onRead?: ReadOptions['onRead'];
}

/** History as a Prometheus holds it. One chunk is read ahead while the one before is used. */
export function openPrometheusHistory(options: PrometheusHistoryOptions): History {
  const { client, clock, store, fromMs, toMs, stepMs, objects, matchers = '', windowMs = 60_000, snapshot = { actuation: 'metric' } } = options;
  const lookbackMs = windowMs + 60_000;
  const gaps: HistoryGap[] = [];
  const reasons = new MissingReasons();
  const namespaces = [...new Set(objects.variantAutoscalings.map(({ metadata }) => metadata?.namespace ?? ''))].toSorted();
  const cluster = createPastCluster({ objects, snapshot, stepMs });
  const warned = new Set<string>();

  function chunkOf(stretch: Stretch, answers: Answers): ColumnChunk | undefined {
    const cycles = Math.round((stretch.toMs - stretch.fromMs) / stepMs) + 1;
    const timesMs = Float64Array.from({ length: cycles }, (_, cycle) => stretch.fromMs + cycle * stepMs);
    for (const name of ['samples', 'targets', 'pods'] as const) for (const warning of answers[name].warnings) warned.add(warning);
    const { segments, pods } = cluster.read(answers, timesMs);
    if (answers.samples.series.length === 0 && answers.targets.series.length === 0) {
      gaps.push({ ...stretch, why: 'Prometheus answered, and has nothing of this time: neither samples of an engine nor replicas of a target. It may keep less than was asked for, or not have been there yet. Nothing is decided for it.' });
      return undefined;
    }
    const readings = new Map<string, ReadingColumns>();
    const createdAtMs = new Map(pods.map((pod) => [pod.uid, pod.createdAtMs]));
    for (const { pod, index, readings: seen, modelName } of pastReadings({ samples: answers.samples, config: answers.config, pods, windowMs, lookbackMs }, timesMs)) {
      const key = `${pod.namespace}/${pod.pod}`;
      let columns = readings.get(key);
      if (!columns) readings.set(key, (columns = new ReadingColumns(cycles, reasons)));
      columns.modelName ??= modelName;
      columns.set(index, seen, createdAtMs.get(pod.uid));
    }
    return new ColumnChunk({ timesMs, segments, readings });
  }

  return {
    stepMs,
    cyclesAtMost: Math.max(0, Math.floor((toMs - fromMs) / stepMs) + 1),
    async *chunks(signal) {
      const question = { client, clock, matchers, namespaces, stepMs, lookbackMs };
      const stretches = readStretches({ question, store, fromMs, toMs, gaps, onRead: (read) => options.onRead?.(read) }, signal);
      let ahead = stretches.next();
      for (;;) {
        const { value, done } = await ahead;
        if (done) return;
        const chunk = chunkOf(value.stretch, value.answers);
        ahead = stretches.next();
        // a failure of reading ahead is told when its turn comes
        ahead.catch(() => {});
        if (chunk) yield chunk;
      }
    },
    gaps: () => gaps,
    notes: () => notesOf(cluster, store, [...warned]),
  };
}

function notesOf(cluster: ReturnType<typeof createPastCluster>, store: ChunkStore, warnings: readonly string[]): string[] {
  const bySource = new Map<string, string[]>();
  for (const [target, source] of cluster.sources()) bySource.set(source, [...(bySource.get(source) ?? []), target]);
  const told = { 'kube-state-metrics': 'kube-state-metrics', wva_current_replicas: 'wva_current_replicas, which the controller of the time served', pods: 'the pods whose engines were scraped, since neither kube-state-metrics nor a controller said it' };
  const strangers = cluster.strangers();
  return [
    ...[...bySource].map(([source, targets]) => `What replicas there were, of ${listed(targets)}: from ${told[source as keyof typeof told]}.`),
    'Bounds, prices, models and autoscalers are those of the resources as they were given; history does not keep specs.',
    ...(strangers.length === 0 ? [] : [`Engines that no variant owns were left out: ${listed(strangers)}.`]),
    ...warnings.map((warning) => `Prometheus warned that an answer may be incomplete: ${warning}`),
    ...store.broken.map(({ file, why }) => `The stored chunk ${file} could not be used (${why}) and was read again.`),
  ];
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
}
