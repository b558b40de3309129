import { groupBy } from '../../base/index.ts';
import type { LatencyName } from '../latency/buckets.ts';
import { rankOf } from './kv-capacities.ts';
import { seriesNames, type Meaning } from './names.ts';
import type { Column, PageSeries, Part } from './page-series.ts';
import type { CounterName } from './sample.ts';
import { totalOver, type RankColumns, type Total } from './totals.ts';

/** Columns of what is so many now. */
export interface GaugeColumns {
  readonly running: Total;
  readonly waiting: Total;
  readonly waitingElsewhere: Total;
  readonly kvUsed: RankColumns;
  readonly kvCapacity: RankColumns;
  readonly prefixHitShare: RankColumns;
}

export function gaugesOf(page: PageSeries): GaugeColumns {
  return {
    running: overRanks(page.of('running')),
    waiting: overRanks(page.of('waiting')),
    // each of these rows is another queue, so within a rank they add up
    waitingElsewhere: totalOver([...groupBy(page.all('waitingElsewhere'), ({ name }) => name).values()].flatMap((list) => perRank(list).map(([, columns]) => columns))),
    kvUsed: perRank(page.of('kvUsed')),
    kvCapacity: page.engine === 'vllm' ? [] : perRank(page.of('kvCapacity')),
    prefixHitShare: perRank(page.of('prefixHitShare')),
  };
}

/** Columns of what counts, `undefined` where the page does not show it; of one that is told by nothing it is known all the same that it is 0. */
export type CounterColumns = Readonly<Record<CounterName, Total | undefined>>;

export function countersOf(page: PageSeries): CounterColumns {
  const departures = page.of('departures');
  const completed = departures.filter(({ labels }) => !unserved.has(labels['finished_reason'] ?? ''));
  const served = shownIn(page, 'e2e', 'count');
  const promptTokens = shownIn(page, 'promptTokens');
  const asMade = page.of('realtimeTokens');
  const madeBy = (modes: RegExp): Total | undefined => (asMade.length === 0 ? undefined : partsOf(asMade.filter(({ labels }) => modes.test(labels['mode'] ?? ''))));
  // a release without the counter of departures still observes an end-to-end time for each of them
  const left = departures.length > 0 ? partsOf(departures) : served;
  const sums = <M extends 'promptLength' | 'generationLength' | 'ttft' | 'itl' | 'e2e' | 'queueTime'>(meaning: M): Record<`${M}Sum` | `${M}Count`, Total | undefined> => {
    const sum = page.of(meaning, 'sum');
    // where only the sum is read, each request that left is in it once
    const count = sum[0] && seriesNames.get(sum[0].name)?.metric.form === 'sum' ? (served ?? left) : shownIn(page, meaning, 'count');
    return { [`${meaning}Sum`]: shownIn(page, meaning, 'sum'), [`${meaning}Count`]: count } as Record<`${M}Sum` | `${M}Count`, Total | undefined>;
  };
  return {
    departures: left,
    completions: departures.length > 0 ? partsOf(completed) : served,
    rejections: shownIn(page, 'rejections'),
    promptTokens: madeBy(/^prefill_/) ?? promptTokens,
    generationTokens: madeBy(/^decode$/) ?? shownIn(page, 'generationTokens'),
    preemptions: shownIn(page, 'preemptions'),
    prefixQueries: page.engine === 'sglang' ? promptTokens : shownIn(page, 'prefixQueries'),
    prefixHits: shownIn(page, 'prefixHits'),
    ...sums('promptLength'),
    ...sums('generationLength'),
    ...sums('ttft'),
    ...sums('itl'),
    ...sums('e2e'),
    ...sums('queueTime'),
  };
}

/** Reasons for which a request leaves without having been served. */
const unserved: ReadonlySet<string> = new Set(['abort', 'error']);

function shownIn(page: PageSeries, meaning: Meaning, part: Part = 'value'): Total | undefined {
  const list = page.of(meaning, part);
  return list.length === 0 ? undefined : partsOf(list);
}

/** Labels that tell copies of the same number apart, rather than parts of it. */
const copies: ReadonlySet<string> = new Set(['tp_rank', 'pp_rank', 'moe_ep_rank', 'pid']);

/** Columns of each bucket of the latencies whose distribution is read. */
export type BucketColumns = readonly (readonly [LatencyName, readonly (readonly [le: string, parts: Total])[]])[];

export function bucketsOn(page: PageSeries): BucketColumns {
  return (['ttft', 'itl'] as const).flatMap((name) => {
    const byBound = groupBy(page.of(name, 'bucket'), ({ labels }) => labels['le'] ?? '');
    return byBound.size === 0 ? [] : [[name, [...byBound].map(([le, list]) => [le, partsOf(list)] as const)] as const];
  });
}

/** What a counter's series add up to: copies once, and NAME beside NAME_total once. */
function partsOf(list: readonly Column[]): Total {
  const first = list[0];
  if (list.length <= 1 || (first && tellsApart(list, first))) return totalOver(list.map(({ at }) => [at]));
  const parts = groupBy(list, ({ labels }) => {
    let key = '';
    for (const label of Object.keys(labels).toSorted()) if (!copies.has(label)) key += `${label}=${labels[label]}\n`;
    return key;
  });
  return totalOver([...parts.values()].map((part) => part.map(({ at }) => at)));
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
function perRank(list: readonly Column[]): RankColumns {
  const ranks = groupBy(list, ({ labels }) => rankOf(labels));
  return [...ranks].map(([rank, columns]) => [rank, columns.map(({ at }) => at)]);
}

function overRanks(list: readonly Column[]): Total {
  return totalOver(perRank(list).map(([, columns]) => columns));
}
