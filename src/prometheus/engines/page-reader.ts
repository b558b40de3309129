import type { Engine } from '../../model/index.ts';
import { bucketsOf } from '../latency/buckets.ts';
import { capacitiesOf, nothingTold, rankOf, type Capacities } from './kv-capacities.ts';
import { bucketsOn, countersOf, gaugesOf, type BucketColumns } from './page-columns.ts';
import { pageSeries, type SeriesIdentity } from './page-series.ts';
import type { EngineSample, Told } from './sample.ts';
import { byRank, latestOf, total, totalOf, weighted, type Total } from './totals.ts';

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
  /** Of a page only what tells arrivals, in a third of the time. */
  readArrivals(values: ArrayLike<number>, offset: number, atMs: number): EngineSample;
}

/**
 * Tells by the series themselves which engine a page is of, and how to say in our words what it says.
 * Returns `undefined` when no series of a known engine is among them.
 *
 * One page may show several data-parallel ranks (label `engine` of vLLM, `dp_rank` of SGLang): requests,
 * tokens and capacity add up, shares are averaged by capacity. Copies of one rank's numbers
 * (SGLang's tensor- and pipeline-parallel workers) are counted once.
 */
export function pageReader(series: readonly SeriesIdentity[]): PageReader | undefined {
  const page = pageSeries(series);
  if (!page) return undefined;
  const { engine, startTimes, modelColumn } = page;
  const ranks = [...new Set(page.of('running').map(({ labels }) => rankOf(labels)))].toSorted().join(' ');
  const gauges = gaugesOf(page);
  const counters = countersOf(page);
  const awake = page.of('sleepState').filter(({ labels }) => labels['sleep_state'] === 'awake').map(({ at }) => at);
  const buckets = bucketsOn(page);
  // the V0 engine kept no block for itself; it is the one that knew swapping
  const ownBlocks = page.all('waitingElsewhere').length > 0 ? 0 : 1;

  function read(values: ArrayLike<number>, offset: number, atMs: number, modelName: string | undefined, capacities: Capacities = nothingTold): EngineSample {
    const cacheTokens = engine === 'vllm' ? capacities : byRank(gauges.kvCapacity, values, offset);
    const startedAtSeconds = latestOf(startTimes, values, offset);
    // names that are written out make one object of known shape: names that are put one after the other took three times as long
    return {
      atMs,
      engine,
      modelName,
      ranks,
      startedAtSeconds,
      gauges: {
        running: total(gauges.running, values, offset),
        waiting: total(gauges.waiting, values, offset),
        waitingElsewhere: total(gauges.waitingElsewhere, values, offset),
        kvUsed: weighted(gauges.kvUsed, values, offset, cacheTokens),
        kvCapacity: totalOf(cacheTokens),
        prefixHitShare: weighted(gauges.prefixHitShare, values, offset, nothingTold),
      },
      counters: {
        departures: counted(counters.departures, values, offset),
        completions: counted(counters.completions, values, offset),
        rejections: counted(counters.rejections, values, offset),
        promptTokens: counted(counters.promptTokens, values, offset),
        generationTokens: counted(counters.generationTokens, values, offset),
        preemptions: counted(counters.preemptions, values, offset),
        prefixQueries: counted(counters.prefixQueries, values, offset),
        prefixHits: counted(counters.prefixHits, values, offset),
        promptLengthSum: counted(counters.promptLengthSum, values, offset),
        promptLengthCount: counted(counters.promptLengthCount, values, offset),
        generationLengthSum: counted(counters.generationLengthSum, values, offset),
        generationLengthCount: counted(counters.generationLengthCount, values, offset),
        ttftSum: counted(counters.ttftSum, values, offset),
        ttftCount: counted(counters.ttftCount, values, offset),
        itlSum: counted(counters.itlSum, values, offset),
        itlCount: counted(counters.itlCount, values, offset),
        e2eSum: counted(counters.e2eSum, values, offset),
        e2eCount: counted(counters.e2eCount, values, offset),
        queueTimeSum: counted(counters.queueTimeSum, values, offset),
        queueTimeCount: counted(counters.queueTimeCount, values, offset),
      },
      asleep: awake.length === 0 ? undefined : awake.every((at) => values[offset + at] === 0),
      buckets: shownBuckets(buckets, values, offset),
    };
  }

  function readArrivals(values: ArrayLike<number>, offset: number, atMs: number): EngineSample {
    return {
      atMs,
      engine,
      ranks,
      gauges: {
        running: total(gauges.running, values, offset),
        waiting: total(gauges.waiting, values, offset),
        waitingElsewhere: total(gauges.waitingElsewhere, values, offset),
      },
      counters: {
        departures: counted(counters.departures, values, offset),
        ttftCount: counted(counters.ttftCount, values, offset),
        rejections: counted(counters.rejections, values, offset),
      },
    };
  }

  return { engine, ranks, modelColumn, capacities: engine === 'vllm' ? capacitiesOf(page.of('cacheConfig'), ownBlocks) : nothingTold, ownBlocks, read, readArrivals };
}

function counted(parts: Total | undefined, values: ArrayLike<number>, offset: number): Told | undefined {
  return parts === undefined ? undefined : (total(parts, values, offset) ?? 0);
}

function shownBuckets(columns: BucketColumns, values: ArrayLike<number>, offset: number): EngineSample['buckets'] {
  if (columns.length === 0) return undefined;
  const shown = columns.flatMap(([name, bounds]) => {
    const buckets = bucketsOf(bounds.map(([le, parts]) => [le, total(parts, values, offset)] as const));
    return buckets ? [[name, buckets] as const] : [];
  });
  return shown.length === 0 ? undefined : Object.fromEntries(shown);
}
