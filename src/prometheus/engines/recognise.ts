import type { ExpositionSeries } from '../../wire/index.ts';
import { pageReader } from './page-reader.ts';
import type { EngineSample } from './sample.ts';

type Series = Pick<ExpositionSeries, 'name' | 'labels' | 'value'>;

/** What one page says in our words, if a series of a known engine is on it. Whoever reads many pages of one layout keeps its `pageReader`. */
export function recognise(series: readonly Series[], atMs: number): EngineSample | undefined {
  const reader = pageReader(series);
  if (!reader) return undefined;
  const modelName = reader.modelColumn === undefined ? undefined : series[reader.modelColumn]?.labels['model_name'];
  return reader.read(series.map(({ value }) => value), 0, atMs, modelName, reader.capacities);
}
