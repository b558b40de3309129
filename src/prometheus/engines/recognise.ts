import { groupBy, mean, sum } from '../../base/index.ts';
import type { Engine } from '../../model/index.ts';
import type { ExpositionSeries } from '../../wire/index.ts';
import { bucketsOf } from '../latency/buckets.ts';
import { cacheCapacityTokens } from './capacity.ts';
import { bucketNames, engineMetrics, seriesNames, startTimeName, type EngineMetric, type Meaning } from './names.ts';
import type { CounterName, EngineSample, GaugeName, Told } from './sample.ts';

type Series = Pick<ExpositionSeries, 'name' | 'labels' | 'value'>;
type Part = 'value' | 'sum' | 'count' | 'bucket';

/**
 * Tells by the series themselves which engine a page is of, and says it in our words.
 * Returns `undefined` when no series of a known engine is among them.
 *
 * One page may show several data-parallel ranks (label `engine` of vLLM, `dp_rank` of SGLang): requests,
 * tokens and capacity add up, shares are averaged by capacity. Copies of one rank's numbers
 * (SGLang's tensor- and pipeline-parallel workers) are counted once.
 */
export function recognise(series: readonly Series[], atMs: number): EngineSample | undefined {
  const found = new Map<EngineMetric, Map<Part, Series[]>>();
  let startedAtSeconds: number | undefined;
  const seen: Record<Engine, number> = { vllm: 0, sglang: 0 };
  for (const one of series) {
    const known = seriesNames.get(one.name) ?? bucketOf(one.name);
    if (known) {
      if (known.part !== 'bucket') seen[known.metric.engine]++;
      let parts = found.get(known.metric);
      if (!parts) found.set(known.metric, (parts = new Map<Part, Series[]>()));
      const list = parts.get(known.part);
      if (list) list.push(one);
      else parts.set(known.part, [one]);
    } else if (one.name === startTimeName && Number.isFinite(one.value)) {
      startedAtSeconds = Math.max(startedAtSeconds ?? 0, one.value);
    }
  }
  if (seen.vllm === 0 && seen.sglang === 0) return undefined;
  const engine: Engine = seen.vllm >= seen.sglang ? 'vllm' : 'sglang';

  const page: Page = {
    of: (meaning, part = 'value') => {
      for (const metric of rowsOf(engine, meaning)) {
        const list = found.get(metric)?.get(part);
        if (list) return list;
      }
      return [];
    },
    all: (meaning) => rowsOf(engine, meaning).flatMap((metric) => found.get(metric)?.get('value') ?? []),
  };
  const modelName = [...found.values()].flatMap((parts) => [...parts.values()].flat()).find((one) => one.labels['model_name'])?.labels['model_name'];
  const asleep = isAsleep(page);
  return {
    atMs,
    engine,
    ...(modelName === undefined ? {} : { modelName }),
    ranks: [...new Set(page.of('running').map(({ labels }) => rankOf(labels)))].toSorted().join(' '),
    ...(startedAtSeconds === undefined ? {} : { startedAtSeconds }),
    gauges: present<GaugeName>(gaugesOf(page, engine)),
    counters: present<CounterName>(countersOf(page, engine)),
    ...(asleep === undefined ? {} : { asleep }),
    ...bucketsShown(page),
  };
}

function bucketOf(name: string): { readonly metric: EngineMetric; readonly part: 'bucket' } | undefined {
  const metric = bucketNames.get(name);
  return metric && { metric, part: 'bucket' };
}

function bucketsShown(page: Page): Pick<EngineSample, 'buckets'> {
  const shown = (['ttft', 'itl'] as const).flatMap((name) => {
    const byBound = groupBy(page.of(name, 'bucket'), ({ labels }) => labels['le'] ?? '');
    const buckets = bucketsOf([...byBound].map(([le, list]) => [le, count(list)] as const));
    return buckets ? [[name, buckets] as const] : [];
  });
  return shown.length === 0 ? {} : { buckets: Object.fromEntries(shown) };
}

interface Page {
  of(meaning: Meaning, part?: Part): readonly Series[];
  all(meaning: Meaning): readonly Series[];
}

const rows: Readonly<Record<Engine, ReadonlyMap<Meaning, readonly EngineMetric[]>>> = {
  vllm: groupBy(engineMetrics.filter(({ engine }) => engine === 'vllm'), ({ meaning }) => meaning),
  sglang: groupBy(engineMetrics.filter(({ engine }) => engine === 'sglang'), ({ meaning }) => meaning),
};

function rowsOf(engine: Engine, meaning: Meaning): readonly EngineMetric[] {
  return rows[engine].get(meaning) ?? [];
}

function gaugesOf(page: Page, engine: Engine): [GaugeName, Told | undefined][] {
  const capacities = engine === 'vllm' ? cacheCapacities(page) : perRank(page.of('kvCapacity'));
  return [
    ['running', total(perRank(page.of('running')).values())],
    ['waiting', total(perRank(page.of('waiting')).values())],
    // each of these rows is another queue, so within a rank they add up
    ['waitingElsewhere', total([...groupBy(page.all('waitingElsewhere'), (one) => one.name).values()].flatMap((list) => [...perRank(list).values()]))],
    ['kvUsed', weighted(perRank(page.of('kvUsed')), capacities)],
    ['kvCapacity', total(capacities.values())],
    ['prefixHitShare', weighted(perRank(page.of('prefixHitShare')), new Map())],
  ];
}

function countersOf(page: Page, engine: Engine): [CounterName, Told | undefined][] {
  const departures = page.of('departures');
  const completed = departures.filter((one) => !unserved.has(one.labels['finished_reason'] ?? ''));
  const served = countedBy(page, 'e2e', 'count');
  const promptTokens = countedBy(page, 'promptTokens');
  const asMade = page.of('realtimeTokens');
  const madeBy = (modes: RegExp): Told | undefined => (asMade.length === 0 ? undefined : count(asMade.filter((one) => modes.test(one.labels['mode'] ?? ''))));
  return [
    // a release without the counter of departures still observes an end-to-end time for each of them
    ['departures', departures.length > 0 ? count(departures) : served],
    ['completions', departures.length > 0 ? (completed.length > 0 ? count(completed) : 0) : served],
    ['rejections', countedBy(page, 'rejections')],
    ['promptTokens', madeBy(/^prefill_/) ?? promptTokens],
    ['generationTokens', madeBy(/^decode$/) ?? countedBy(page, 'generationTokens')],
    ['preemptions', countedBy(page, 'preemptions')],
    ['prefixQueries', engine === 'sglang' ? promptTokens : countedBy(page, 'prefixQueries')],
    ['prefixHits', countedBy(page, 'prefixHits')],
    ...(['promptLength', 'generationLength', 'ttft', 'itl', 'e2e', 'queueTime'] as const).flatMap((meaning): [CounterName, Told | undefined][] => [
      [`${meaning}Sum`, countedBy(page, meaning, 'sum')],
      [`${meaning}Count`, countedBy(page, meaning, 'count')],
    ]),
  ];
}

/** Reasons for which a request leaves without having been served. */
const unserved: ReadonlySet<string> = new Set(['abort', 'error']);

function countedBy(page: Page, meaning: Meaning, part: Part = 'value'): Told | undefined {
  const list = page.of(meaning, part);
  return list.length === 0 ? undefined : count(list);
}

/** Labels that tell copies of the same number apart, rather than parts of it. */
const copies: ReadonlySet<string> = new Set(['tp_rank', 'pp_rank', 'moe_ep_rank', 'pid']);

/** Adds up a counter's series, copies once, and NAME beside NAME_total once. */
function count(list: readonly Series[]): Told {
  const first = list[0];
  if (list.length === 1 && first) return told(first.value);
  if (first && tellsApart(list, first)) return total(list.map(({ value }) => told(value))) ?? 0;
  const kept = new Map<string, Told>();
  for (const { labels, value } of list) {
    let key = '';
    for (const label of Object.keys(labels).toSorted()) if (!copies.has(label)) key += `${label}=${labels[label]}\n`;
    kept.set(key, larger(kept.get(key), told(value)));
  }
  return total(kept.values()) ?? 0;
}

/** Whether one label alone tells all of them apart, as `finished_reason` nearly always does: then none is a copy, and whole keys need not be compared. */
function tellsApart(list: readonly Series[], { labels }: Series): boolean {
  for (const label in labels) {
    // most labels are the same for all: the second says so without a set
    if (copies.has(label) || list[1]?.labels[label] === labels[label]) continue;
    if (new Set(list.map((one) => one.labels[label])).size === list.length) return true;
  }
  return false;
}

/** Gauges by rank; where a rank shows several (workers, priorities beside their total), the largest. */
function perRank(list: readonly Series[]): Map<string, Told> {
  const ranks = new Map<string, Told>();
  for (const one of list) ranks.set(rankOf(one.labels), larger(ranks.get(rankOf(one.labels)), told(one.value)));
  return ranks;
}

/** The data-parallel rank that a series is of; empty where it does not say. */
export function rankOf(labels: Series['labels']): string {
  return labels['engine'] ?? labels['dp_rank'] ?? '';
}

function told(value: number): Told {
  return Number.isFinite(value) ? value : 'NotANumber';
}

function larger(a: Told | undefined, b: Told): Told {
  if (a === undefined) return b;
  return a === 'NotANumber' || b === 'NotANumber' ? 'NotANumber' : Math.max(a, b);
}

/** One rank that says NaN makes the whole unknown: a sum of some is not the sum. */
function total(values: Iterable<Told>): Told | undefined {
  const all = [...values];
  if (all.length === 0) return undefined;
  return all.every((value) => typeof value === 'number') ? sum(all) : 'NotANumber';
}

/** Mean by capacity where every rank's capacity is known, else the plain mean. */
function weighted(shares: ReadonlyMap<string, Told>, capacities: ReadonlyMap<string, Told>): Told | undefined {
  const values = [...shares.values()];
  // one is what it is, without rounding errors of multiplying and dividing it
  if (values.length <= 1) return values[0];
  if (!values.every((value) => typeof value === 'number')) return 'NotANumber';
  const weights = [...shares.keys()].map((rank) => capacities.get(rank));
  const whole = weights.every((weight) => typeof weight === 'number') ? sum(weights) : 0;
  if (whole <= 0) return mean(values);
  return sum(values.map((value, index) => value * (weights[index] as number))) / whole;
}

function cacheCapacities(page: Page): Map<string, Told> {
  // the V0 engine kept no block for itself; it is the one that knew swapping
  const ownBlocks = page.all('waitingElsewhere').length > 0 ? 0 : 1;
  const capacities = new Map<string, Told>();
  for (const one of page.of('cacheConfig')) {
    const tokens = cacheCapacityTokens(one.labels, ownBlocks);
    if (tokens !== undefined) capacities.set(rankOf(one.labels), tokens);
  }
  return capacities;
}

function isAsleep(page: Page): boolean | undefined {
  const awake = page.of('sleepState').filter((one) => one.labels['sleep_state'] === 'awake');
  return awake.length === 0 ? undefined : awake.every((one) => one.value === 0);
}

function present<K extends string>(entries: readonly [K, Told | undefined][]): Partial<Record<K, Told>> {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Partial<Record<K, Told>>;
}
