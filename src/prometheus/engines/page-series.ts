import { groupBy } from '../../base/index.ts';
import type { Engine } from '../../model/index.ts';
import { bucketNames, engineMetrics, seriesNames, startTimeName, type EngineMetric, type Meaning } from './names.ts';

/** What is known of a series before its value is. */
export interface SeriesIdentity {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export type Part = 'value' | 'sum' | 'count' | 'bucket';

/** The series of a page in its order, and where one of them stands. */
export interface Column extends SeriesIdentity {
  readonly at: number;
}

/** The series of a page, by what they mean. */
export interface PageSeries {
  readonly engine: Engine;
  /** Of the metrics that mean this, the first that is shown. */
  of(meaning: Meaning, part?: Part): readonly Column[];
  /** Of all of them. */
  all(meaning: Meaning): readonly Column[];
  /** The columns that say when a process began. */
  readonly startTimes: readonly number[];
  /** The column whose labels name the model, if one does. */
  readonly modelColumn: number | undefined;
}

/** `undefined` when no series of a known engine is among them. */
export function pageSeries(series: readonly SeriesIdentity[]): PageSeries | undefined {
  const found = new Map<EngineMetric, Map<Part, Column[]>>();
  const startTimes: number[] = [];
  const seen: Record<Engine, number> = { vllm: 0, sglang: 0 };
  for (const [at, { name, labels }] of series.entries()) {
    const known = seriesNames.get(name) ?? bucketOf(name);
    if (known) {
      if (known.part !== 'bucket') seen[known.metric.engine]++;
      let parts = found.get(known.metric);
      if (!parts) found.set(known.metric, (parts = new Map<Part, Column[]>()));
      const list = parts.get(known.part);
      if (list) list.push({ name, labels, at });
      else parts.set(known.part, [{ name, labels, at }]);
    } else if (name === startTimeName) startTimes.push(at);
  }
  if (seen.vllm === 0 && seen.sglang === 0) return undefined;
  const engine: Engine = seen.vllm >= seen.sglang ? 'vllm' : 'sglang';
  return {
    engine,
    startTimes,
    modelColumn: [...found.values()].flatMap((parts) => [...parts.values()].flat()).find(({ labels }) => labels['model_name'])?.at,
    of: (meaning, part = 'value') => {
      for (const metric of rowsOf(engine, meaning)) {
        const list = found.get(metric)?.get(part);
        if (list) return list;
      }
      return [];
    },
    all: (meaning) => rowsOf(engine, meaning).flatMap((metric) => found.get(metric)?.get('value') ?? []),
  };
}

function bucketOf(name: string): { readonly metric: EngineMetric; readonly part: 'bucket' } | undefined {
  const metric = bucketNames.get(name);
  return metric && { metric, part: 'bucket' };
}

const rows: Readonly<Record<Engine, ReadonlyMap<Meaning, readonly EngineMetric[]>>> = {
  vllm: groupBy(engineMetrics.filter(({ engine }) => engine === 'vllm'), ({ meaning }) => meaning),
  sglang: groupBy(engineMetrics.filter(({ engine }) => engine === 'sglang'), ({ meaning }) => meaning),
};

function rowsOf(engine: Engine, meaning: Meaning): readonly EngineMetric[] {
  return rows[engine].get(meaning) ?? [];
}
