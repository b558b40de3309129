import { groupBy } from '../../base/index.ts';
import type { Engine } from '../../model/index.ts';
import { bucketsOf, type LatencyName } from '../latency/buckets.ts';
import { cacheCapacityTokens } from './capacity.ts';
import { bucketNames, engineMetrics, seriesNames, startTimeName, type EngineMetric, type Meaning } from './names.ts';
import type { CounterName, EngineSample, GaugeName, Told } from './sample.ts';

/** What is known of a series before its value is. */
export interface SeriesIdentity {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

type Part = 'value' | 'sum' | 'count' | 'bucket';

/** The series of a page in its order, and where one of them stands. */
interface Column extends SeriesIdentity {
  readonly at: number;
}

/** What adds up: of each inner list, whose columns are copies of one number, the largest value. */
type Total = readonly (readonly number[])[];

/**
 * How the pages of one layout, which is a list of series, are read. It is worked out once for a layout, so that a page costs no more than
 * its additions: a fleet of thousands of servers shows a handful of layouts, and a page of each of them every few seconds.
 */
export interface PageReader {
  readonly engine: Engine;
  /** Which data-parallel ranks the page shows. */
  readonly ranks: string;
  /** The column whose labels name the model, if one does. */
  readonly modelColumn: number | undefined;
  /** What tells the size of the KV caches by labels alone, by rank. */
  readonly capacities: Capacities;
  /** Blocks of a KV cache that its engine keeps for itself. */
  readonly ownBlocks: 0 | 1;
  /**
   * One page, its values standing in the layout's order from `offset`.
   * @param capacities of the KV caches, where they are told beside the page.
   */
  read(values: ArrayLike<number>, offset: number, atMs: number, modelName: string | undefined, capacities?: Capacities): EngineSample;
}

/** Tokens by rank. */
export type Capacities = ReadonlyMap<string, Told>;

/**
 * Tells by the series themselves which engine a page is of, and how to say in our words what it says.
 * Returns `undefined` when no series of a known engine is among them.
 *
 * One page may show several data-parallel ranks (label `engine` of vLLM, `dp_rank` of SGLang): requests,
 * tokens and capacity add up, shares are averaged by capacity. Copies of one rank's numbers
 * (SGLang's tensor- and pipeline-parallel workers) are counted once.
 */
export function pageReader(series: readonly SeriesIdentity[]): PageReader | undefined {
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
  const modelColumn = [...found.values()].flatMap((parts) => [...parts.values()].flat()).find(({ labels }) => labels['model_name'])?.at;
  const ranks = [...new Set(page.of('running').map(({ labels }) => rankOf(labels)))].toSorted().join(' ');
  const gauges = gaugesOf(page, engine);
  const counters = countersOf(page, engine);
  const awake = page.of('sleepState').filter(({ labels }) => labels['sleep_state'] === 'awake').map(({ at }) => at);
  const buckets = bucketsOn(page);
  // the V0 engine kept no block for itself; it is the one that knew swapping
  const ownBlocks = page.all('waitingElsewhere').length > 0 ? 0 : 1;

  function read(values: ArrayLike<number>, offset: number, atMs: number, modelName: string | undefined, capacities: Capacities = nothing): EngineSample {
    const cacheTokens = engine === 'vllm' ? capacities : byRank(gauges.kvCapacity, values, offset);
    const startedAtSeconds = latestOf(startTimes, values, offset);
    const told: { -readonly [K in GaugeName]?: Told } = {};
    put(told, 'running', total(gauges.running, values, offset));
    put(told, 'waiting', total(gauges.waiting, values, offset));
    put(told, 'waitingElsewhere', total(gauges.waitingElsewhere, values, offset));
    put(told, 'kvUsed', weighted(gauges.kvUsed, values, offset, cacheTokens));
    put(told, 'kvCapacity', totalOf(cacheTokens));
    put(told, 'prefixHitShare', weighted(gauges.prefixHitShare, values, offset, nothing));
    const counted: { -readonly [K in CounterName]?: Told } = {};
    for (let index = 0; index < counters.length; index++) {
      const [name, parts] = counters[index] as (typeof counters)[number];
      counted[name] = total(parts, values, offset) ?? 0;
    }
    return {
      atMs,
      engine,
      ...(modelName === undefined ? {} : { modelName }),
      ranks,
      ...(startedAtSeconds === undefined ? {} : { startedAtSeconds }),
      gauges: told,
      counters: counted,
      ...(awake.length === 0 ? {} : { asleep: awake.every((at) => values[offset + at] === 0) }),
      ...shownBuckets(buckets, values, offset),
    };
  }

  return { engine, ranks, modelColumn, capacities: engine === 'vllm' ? capacitiesOf(page.of('cacheConfig'), ownBlocks) : nothing, ownBlocks, read };
}

/** Of the series that tell it by their labels: how many tokens the KV cache of each rank holds. */
export function capacitiesOf(series: readonly SeriesIdentity[], ownBlocks: 0 | 1): Capacities {
  if (series.length === 0) return nothing;
  const capacities = new Map<string, Told>();
  for (const { labels } of series) {
    const tokens = cacheCapacityTokens(labels, ownBlocks);
    if (tokens !== undefined) capacities.set(rankOf(labels), tokens);
  }
  return capacities;
}

/** The data-parallel rank that a series is of; empty where it does not say. */
export function rankOf(labels: SeriesIdentity['labels']): string {
  return labels['engine'] ?? labels['dp_rank'] ?? '';
}

const nothing: Capacities = new Map();

function bucketOf(name: string): { readonly metric: EngineMetric; readonly part: 'bucket' } | undefined {
  const metric = bucketNames.get(name);
  return metric && { metric, part: 'bucket' };
}

interface Page {
  of(meaning: Meaning, part?: Part): readonly Column[];
  all(meaning: Meaning): readonly Column[];
}

const rows: Readonly<Record<Engine, ReadonlyMap<Meaning, readonly EngineMetric[]>>> = {
  vllm: groupBy(engineMetrics.filter(({ engine }) => engine === 'vllm'), ({ meaning }) => meaning),
  sglang: groupBy(engineMetrics.filter(({ engine }) => engine === 'sglang'), ({ meaning }) => meaning),
};

function rowsOf(engine: Engine, meaning: Meaning): readonly EngineMetric[] {
  return rows[engine].get(meaning) ?? [];
}

interface Gauges {
  readonly running: Total;
  readonly waiting: Total;
  readonly waitingElsewhere: Total;
  readonly kvUsed: ReadonlyMap<string, readonly number[]>;
  readonly kvCapacity: ReadonlyMap<string, readonly number[]>;
  readonly prefixHitShare: ReadonlyMap<string, readonly number[]>;
}

function gaugesOf(page: Page, engine: Engine): Gauges {
  return {
    running: [...perRank(page.of('running')).values()],
    waiting: [...perRank(page.of('waiting')).values()],
    // each of these rows is another queue, so within a rank they add up
    waitingElsewhere: [...groupBy(page.all('waitingElsewhere'), ({ name }) => name).values()].flatMap((list) => [...perRank(list).values()]),
    kvUsed: perRank(page.of('kvUsed')),
    kvCapacity: engine === 'vllm' ? new Map() : perRank(page.of('kvCapacity')),
    prefixHitShare: perRank(page.of('prefixHitShare')),
  };
}

/** Those that the page shows, the columns of each; of one that is told by nothing it is known all the same that it is 0. */
function countersOf(page: Page, engine: Engine): (readonly [CounterName, Total])[] {
  const departures = page.of('departures');
  const completed = departures.filter(({ labels }) => !unserved.has(labels['finished_reason'] ?? ''));
  const served = shownIn(page, 'e2e', 'count');
  const promptTokens = shownIn(page, 'promptTokens');
  const asMade = page.of('realtimeTokens');
  const madeBy = (modes: RegExp): Total | undefined => (asMade.length === 0 ? undefined : partsOf(asMade.filter(({ labels }) => modes.test(labels['mode'] ?? ''))));
  const all: (readonly [CounterName, Total | undefined])[] = [
    // a release without the counter of departures still observes an end-to-end time for each of them
    ['departures', departures.length > 0 ? partsOf(departures) : served],
    ['completions', departures.length > 0 ? partsOf(completed) : served],
    ['rejections', shownIn(page, 'rejections')],
    ['promptTokens', madeBy(/^prefill_/) ?? promptTokens],
    ['generationTokens', madeBy(/^decode$/) ?? shownIn(page, 'generationTokens')],
    ['preemptions', shownIn(page, 'preemptions')],
    ['prefixQueries', engine === 'sglang' ? promptTokens : shownIn(page, 'prefixQueries')],
    ['prefixHits', shownIn(page, 'prefixHits')],
    ...(['promptLength', 'generationLength', 'ttft', 'itl', 'e2e', 'queueTime'] as const).flatMap((meaning): [CounterName, Total | undefined][] => [
      [`${meaning}Sum`, shownIn(page, meaning, 'sum')],
      [`${meaning}Count`, shownIn(page, meaning, 'count')],
    ]),
  ];
  return all.flatMap(([name, parts]) => (parts === undefined ? [] : [[name, parts] as const]));
}

/** Reasons for which a request leaves without having been served. */
const unserved: ReadonlySet<string> = new Set(['abort', 'error']);

function shownIn(page: Page, meaning: Meaning, part: Part = 'value'): Total | undefined {
  const list = page.of(meaning, part);
  return list.length === 0 ? undefined : partsOf(list);
}

/** Labels that tell copies of the same number apart, rather than parts of it. */
const copies: ReadonlySet<string> = new Set(['tp_rank', 'pp_rank', 'moe_ep_rank', 'pid']);

/** What a counter's series add up to: copies once, and NAME beside NAME_total once. */
function partsOf(list: readonly Column[]): Total {
  const first = list[0];
  if (list.length <= 1 || (first && tellsApart(list, first))) return list.map(({ at }) => [at]);
  const parts = groupBy(list, ({ labels }) => {
    let key = '';
    for (const label of Object.keys(labels).toSorted()) if (!copies.has(label)) key += `${label}=${labels[label]}\n`;
    return key;
  });
  return [...parts.values()].map((part) => part.map(({ at }) => at));
}

/** Whether one label alone tells all of them apart, as `finished_reason` nearly always does: then none is a copy, and whole keys need not be compared. */
function tellsApart(list: readonly Column[], { labels }: Column): boolean {
  for (const label in labels) {
    // most labels are the same for all: the second says so without a set
    if (copies.has(label) || list[1]?.labels[label] === labels[label]) continue;
    if (new Set(list.map((one) => one.labels[label])).size === list.length) return true;
  }
  return false;
}

/** Gauges by rank; where a rank shows several (workers, priorities beside their total), the largest counts. */
function perRank(list: readonly Column[]): Map<string, number[]> {
  const ranks = groupBy(list, ({ labels }) => rankOf(labels));
  return new Map([...ranks].map(([rank, columns]) => [rank, columns.map(({ at }) => at)]));
}

/** One part that is no number makes the whole unknown: a sum of some is not the sum. */
function total(parts: Total, values: ArrayLike<number>, offset: number): Told | undefined {
  if (parts.length === 0) return undefined;
  let whole = 0;
  for (let index = 0; index < parts.length; index++) {
    const part = largest(parts[index] as readonly number[], values, offset);
    if (part === 'NotANumber') return part;
    whole += part;
  }
  return whole;
}

function largest(columns: readonly number[], values: ArrayLike<number>, offset: number): Told {
  let most = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < columns.length; index++) {
    const value = values[offset + (columns[index] as number)] as number;
    if (!Number.isFinite(value)) return 'NotANumber';
    if (value > most) most = value;
  }
  return most;
}

function byRank(ranks: ReadonlyMap<string, readonly number[]>, values: ArrayLike<number>, offset: number): Capacities {
  return ranks.size === 0 ? nothing : new Map([...ranks].map(([rank, columns]) => [rank, largest(columns, values, offset)]));
}

function totalOf(told: Capacities): Told | undefined {
  if (told.size === 0) return undefined;
  let whole = 0;
  for (const one of told.values()) {
    if (one === 'NotANumber') return one;
    whole += one;
  }
  return whole;
}

/** Mean by capacity where every rank's capacity is known, else the plain mean. */
function weighted(ranks: ReadonlyMap<string, readonly number[]>, values: ArrayLike<number>, offset: number, capacities: Capacities): Told | undefined {
  let [count, plain, whole, byCapacity, every] = [0, 0, 0, 0, true];
  for (const [rank, columns] of ranks) {
    const share = largest(columns, values, offset);
    // one is what it is, without rounding errors of multiplying and dividing it
    if (share === 'NotANumber' || ranks.size === 1) return share;
    const weight = capacities.get(rank);
    count += 1;
    plain += share;
    if (typeof weight === 'number') {
      whole += weight;
      byCapacity += share * weight;
    } else every = false;
  }
  if (count === 0) return undefined;
  return every && whole > 0 ? byCapacity / whole : plain / count;
}

function latestOf(columns: readonly number[], values: ArrayLike<number>, offset: number): number | undefined {
  let latest: number | undefined;
  for (const column of columns) {
    const value = values[offset + column] as number;
    if (Number.isFinite(value)) latest = Math.max(latest ?? 0, value);
  }
  return latest;
}

function put<K extends string>(record: Partial<Record<K, Told>>, name: K, value: Told | undefined): void {
  if (value !== undefined) record[name] = value;
}

type BucketColumns = readonly (readonly [LatencyName, readonly (readonly [le: string, parts: Total])[]])[];

function bucketsOn(page: Page): BucketColumns {
  return (['ttft', 'itl'] as const).flatMap((name) => {
    const byBound = groupBy(page.of(name, 'bucket'), ({ labels }) => labels['le'] ?? '');
    return byBound.size === 0 ? [] : [[name, [...byBound].map(([le, list]) => [le, partsOf(list)] as const)] as const];
  });
}

function shownBuckets(columns: BucketColumns, values: ArrayLike<number>, offset: number): Pick<EngineSample, 'buckets'> {
  if (columns.length === 0) return {};
  const shown = columns.flatMap(([name, bounds]) => {
    const buckets = bucketsOf(bounds.map(([le, parts]) => [le, total(parts, values, offset)] as const));
    return buckets ? [[name, buckets] as const] : [];
  });
  return shown.length === 0 ? {} : { buckets: Object.fromEntries(shown) };
}
