import type { ReplicaSeries, SeriesSnapshot } from '../../model/index.ts';
import { compareText, groupBy } from '../../base/index.ts';
import type { Requirement } from './label-selector.ts';
import { matchesSelector } from './label-selector.ts';
import { type ExternalMetricName, externalMetrics } from './metrics.ts';
import { quantity } from './quantity.ts';

/** One item of an answer. */
interface Item {
  /** Sorted by name, as the answer's JSON has them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly json: string;
}

interface Items {
  readonly all: readonly Item[];
  readonly byTarget: ReadonlyMap<string, readonly Item[]>;
}

/** Answers to selectors over one snapshot. */
export interface SeriesIndex {
  /** The body of an ExternalMetricValueList. */
  answer(namespace: string, metric: ExternalMetricName, requirements: readonly Requirement[]): string;
}

const head = '{"kind":"ExternalMetricValueList","apiVersion":"external.metrics.k8s.io/v1beta1","metadata":{},"items":[';
const tail = ']}\n';

/**
 * Groups a snapshot by namespace at once, and the rest when it is first asked for: a namespace's items are
 * rendered once per snapshot and metric, and found by `target_name`, which is what an HPA asks by.
 */
export function createSeriesIndex(snapshot: SeriesSnapshot, options: { readonly variantNameLabel: boolean }): SeriesIndex {
  const namespaces = groupBy(snapshot.series, (series) => series.namespace);
  const timestamp = `${new Date(snapshot.atMs).toISOString().slice(0, 19)}Z`;
  const rendered = new Map<string, Items>();

  function itemsOf(namespace: string, metric: ExternalMetricName): Items | undefined {
    const key = `${metric}/${namespace}`;
    let items = rendered.get(key);
    if (items === undefined) {
      const series = namespaces.get(namespace);
      if (series === undefined) return undefined;
      items = index(valuesOf(series, metric, options.variantNameLabel).map(({ labels, value }) => render(metric, labels, value, timestamp)));
      rendered.set(key, items);
    }
    return items;
  }

  return {
    answer(namespace, metric, requirements) {
      const items = itemsOf(namespace, metric);
      if (items === undefined) return head + tail;
      const target = targetAskedFor(requirements);
      const candidates = target === undefined ? items.all : (items.byTarget.get(target) ?? []);
      let body = head;
      let first = true;
      for (const item of candidates) {
        // `namespace` is what a series says for itself, `exported_namespace` what it is called after a scrape
        const valueOf = (key: string): string => (key === 'namespace' ? namespace : (item.labels[key] ?? ''));
        if (!matchesSelector(requirements, valueOf)) continue;
        body += first ? item.json : `,${item.json}`;
        first = false;
      }
      return body + tail;
    },
  };
}

function targetAskedFor(requirements: readonly Requirement[]): string | undefined {
  for (const { key, operator, values } of requirements) if (key === 'target_name' && operator === 'in' && values.length === 1) return values[0];
  return undefined;
}

interface LabelledValue {
  readonly labels: Record<string, string>;
  value: number;
}

function valuesOf(all: readonly ReplicaSeries[], metric: ExternalMetricName, variantNameLabel: boolean): LabelledValue[] {
  const { value, sum } = externalMetrics[metric];
  const values = new Map<string, LabelledValue>();
  const seen = new Set<string>();
  for (const series of all) {
    const target = `${series.targetName}\n${series.targetKind}`;
    const one = `${target}\n${series.acceleratorType}`;
    // the same series twice counts once, as in the exposition: an HPA adds up what it is given
    if (seen.has(one)) continue;
    seen.add(one);
    const key = sum ? target : one;
    const known = values.get(key);
    if (known !== undefined) {
      known.value += value(series);
      continue;
    }
    const labels = {
      ...(!sum && { accelerator_type: series.acceleratorType }),
      exported_namespace: series.namespace,
      target_kind: series.targetKind,
      target_name: series.targetName,
      ...(!sum && variantNameLabel && { variant_name: series.variantName }),
    };
    values.set(key, { labels, value: value(series) });
  }
  return [...values].toSorted(([a], [b]) => compareText(a, b)).map(([, entry]) => entry);
}

function render(metric: ExternalMetricName, labels: Record<string, string>, value: number, timestamp: string): Item {
  return { labels, json: JSON.stringify({ metricName: metric, metricLabels: labels, timestamp, value: quantity(value) }) };
}

function index(items: readonly Item[]): Items {
  const byTarget = new Map<string, Item[]>();
  for (const item of items) {
    const target = item.labels['target_name'] ?? '';
    const group = byTarget.get(target);
    if (group) group.push(item);
    else byTarget.set(target, [item]);
  }
  return { all: items, byTarget };
}
