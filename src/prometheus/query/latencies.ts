import { groupBy } from '../../base/index.ts';
import { missing, type LatencyHistogram, type LatencyReadings, type Reading } from '../../model/index.ts';
import type { PrometheusAnswer, PrometheusSeries } from '../../wire/index.ts';
import { bucketNames } from '../engines/names.ts';
import { added, bucketsOf, type LatencyName } from '../latency/buckets.ts';
import { histogramReading } from '../latency/model-latencies.ts';

/** Label under which each part of the answer says which buckets it is of: a rate has no name. */
const nameLabel = 'of';

/** Labels by which scrape configurations tell the namespace of a pod, the likeliest first. */
const namespaceLabels = ['exported_namespace', 'namespace', 'kubernetes_namespace', 'k8s_namespace_name'] as const;

/**
 * How the latencies of all models were distributed in the window: one query, and as many series as there are models and bounds, whatever
 * the number of pods. Those of every pod would be two thirds of all that is asked of Prometheus.
 */
export function latencyQuery(windowMs: number, matchers: string): string {
  const by = [...namespaceLabels, 'model_name', 'le'].join(', ');
  const range = `[${Math.ceil(windowMs / 1000)}s]`;
  return [...bucketNames.keys()]
    .map((name) => `label_replace(sum by (${by}) (rate({__name__="${name}"${matchers === '' ? '' : `,${matchers}`}}${range})), "${nameLabel}", "${name}", "", "")`)
    .join(' or ');
}

/** Whose series these are: the namespace by its labels, where it is one that was asked about. */
export type NamespaceOf = (labels: Readonly<Record<string, string>>, modelName: string) => string | undefined;

/**
 * The namespace of a series by its labels, or by the only namespace in which this model is served, where no label tells. Series of
 * namespaces that nobody asked about are nobody's.
 */
export function namespaceFinder(asked: Iterable<{ readonly namespace: string; readonly modelID: string }>): NamespaceOf {
  const namespaces = new Set<string>();
  const byModel = new Map<string, Set<string>>();
  let last = { namespace: '', modelID: '' };
  for (const one of asked) {
    // the pods of a model mostly stand one after the other
    if (one.namespace === last.namespace && one.modelID === last.modelID) continue;
    last = one;
    const { namespace, modelID } = one;
    namespaces.add(namespace);
    const those = byModel.get(modelID);
    if (those) those.add(namespace);
    else byModel.set(modelID, new Set([namespace]));
  }
  return (labels, modelName) => {
    let isTold = false;
    for (const label of namespaceLabels) {
      const namespace = labels[label];
      if (namespace === undefined || namespace === '') continue;
      if (namespaces.has(namespace)) return namespace;
      isTold = true;
    }
    if (isTold) return undefined;
    const [only, ...more] = byModel.get(modelName) ?? [];
    return more.length === 0 ? only : undefined;
  };
}

export interface ModelLatency {
  readonly namespace: string;
  readonly modelName: string;
  readonly latency: LatencyReadings;
}

/**
 * What the answer says of each model. Under one engine the first name in the table's order counts, as on a page; two engines of one model add up.
 * @param atMs time of the newest sample of a model's pods, where it is known: the answer itself is dated by when it was asked.
 */
export function latenciesOf(answer: PrometheusAnswer, namespaceOf: NamespaceOf, atMs: (namespace: string, modelName: string) => number | undefined): ModelLatency[] {
  const models: { readonly namespace: string; readonly modelName: string; readonly series: PrometheusSeries[] }[] = [];
  const byNamespace = new Map<string, Map<string, PrometheusSeries[]>>();
  for (const series of answer.series) {
    const modelName = series.metric['model_name'] ?? '';
    const namespace = namespaceOf(series.metric, modelName);
    if (namespace === undefined) continue;
    let byModel = byNamespace.get(namespace);
    if (!byModel) byNamespace.set(namespace, (byModel = new Map<string, PrometheusSeries[]>()));
    const those = byModel.get(modelName);
    if (those) {
      those.push(series);
      continue;
    }
    const first = [series];
    byModel.set(modelName, first);
    models.push({ namespace, modelName, series: first });
  }
  return models.map(({ namespace, modelName, series }) => {
    const sampledAtMs = atMs(namespace, modelName);
    const byName = groupBy(series, ({ metric }) => metric[nameLabel] ?? '');
    return { namespace, modelName, latency: { ttft: readingOf('ttft', byName, sampledAtMs), itl: readingOf('itl', byName, sampledAtMs) } };
  });
}

/** Names of the buckets of each engine, in the table's order. */
const namesPerEngine: Readonly<Record<LatencyName, readonly (readonly string[])[]>> = { ttft: namesOf('ttft'), itl: namesOf('itl') };

function namesOf(name: LatencyName): string[][] {
  const rows = [...bucketNames].filter(([, { meaning }]) => meaning === name);
  return [...groupBy(rows, ([, { engine }]) => engine).values()].map((those) => those.map(([series]) => series));
}

function readingOf(name: LatencyName, byName: ReadonlyMap<string, readonly PrometheusSeries[]>, sampledAtMs: number | undefined): Reading<LatencyHistogram> {
  const perEngine = namesPerEngine[name].flatMap((names) => {
    const first = names.find((one) => byName.has(one));
    return first === undefined ? [] : [byName.get(first) as readonly PrometheusSeries[]];
  });
  if (perEngine.length === 0) return missing('NotReported');
  const buckets = perEngine.flatMap((series) => bucketsOf(series.map(({ metric, points }) => [metric['le'] ?? '', points.at(-1)?.value] as const)) ?? []);
  if (buckets.length < perEngine.length) return missing('NotANumber');
  const evaluatedAtMs = perEngine[0]?.[0]?.points.at(-1)?.atMs ?? 0;
  return histogramReading(buckets.reduce(added), Math.min(sampledAtMs ?? evaluatedAtMs, evaluatedAtMs));
}
