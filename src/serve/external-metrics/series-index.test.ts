import { expect, it } from 'vitest';
import type { ReplicaSeries } from '../../model/index.ts';
import { parseLabelSelector } from './label-selector.ts';
import type { ExternalMetricName } from './metrics.ts';
import { createSeriesIndex } from './series-index.ts';

function series(targetName: string, acceleratorType: string, desired: number, more: Partial<ReplicaSeries> = {}): ReplicaSeries {
  return {
    targetName,
    targetKind: 'Deployment',
    namespace: 'llm',
    acceleratorType,
    variantName: `${targetName}-${acceleratorType}`,
    modelName: 'm',
    costPerHour: 1,
    role: 'both',
    current: 2,
    desired,
    decidedAtMs: 0,
    held: false,
    ...more,
  };
}

const all = [
  series('decode', 'MI300X', 3),
  series('decode', 'A100', 2),
  series('decode', 'A100', 9), // the same once more: counts once
  series('prefill', 'A100', 1),
  series('prefill', 'A100', 4, { targetKind: 'StatefulSet' }),
  series('decode', 'A100', 7, { namespace: 'other' }),
];

function ask(selector: string, metric: ExternalMetricName = 'wva_desired_replicas', variantNameLabel = false, namespace = 'llm'): string[] {
  const parsed = parseLabelSelector(selector);
  if (!parsed.ok) throw new Error(parsed.message);
  const body = createSeriesIndex({ atMs: 0, series: all, source: 'decision' }, { variantNameLabel }).answer(namespace, metric, parsed.requirements);
  const { items } = JSON.parse(body) as { items: { metricLabels: Record<string, string>; value: string }[] };
  return items.map(({ metricLabels, value }) => `${Object.values(metricLabels).join(' ')} ${value}`);
}

it.each([
  ['', ['A100 llm Deployment decode 2', 'MI300X llm Deployment decode 3', 'A100 llm Deployment prefill 1', 'A100 llm StatefulSet prefill 4']],
  ['target_name=decode', ['A100 llm Deployment decode 2', 'MI300X llm Deployment decode 3']],
  ['target_name in (prefill),target_kind=StatefulSet', ['A100 llm StatefulSet prefill 4']],
  ['target_name=decode,target_name=prefill', []],
  ['target_name!=decode', ['A100 llm Deployment prefill 1', 'A100 llm StatefulSet prefill 4']],
  ['exported_namespace=llm,accelerator_type=MI300X', ['MI300X llm Deployment decode 3']],
  ['namespace=llm,accelerator_type=MI300X', ['MI300X llm Deployment decode 3']],
  ['namespace=other', []],
  ['exported_namespace notin (llm)', []],
  ['variant_name=decode-A100', []],
])('answers %j', (selector, expected) => {
  expect(ask(selector)).toEqual(expected);
});

it('adds up what belongs to one target, each series once', () => {
  expect(ask('target_name=decode', 'wva_target_desired_replicas')).toEqual(['llm Deployment decode 5']);
  expect(ask('', 'wva_desired_ratio')).toEqual(['A100 llm Deployment decode 1', 'MI300X llm Deployment decode 1500m', 'A100 llm Deployment prefill 500m', 'A100 llm StatefulSet prefill 2']);
});

it('finds by the name of the variant where the installation labels by it', () => {
  expect(ask('variant_name=decode-A100', 'wva_desired_replicas', true)).toEqual(['A100 llm Deployment decode decode-A100 2']);
});

it('keeps namespaces apart', () => {
  expect(ask('', 'wva_desired_replicas', false, 'other')).toEqual(['A100 other Deployment decode 7']);
  expect(ask('', 'wva_desired_replicas', false, '*')).toEqual([]);
});
