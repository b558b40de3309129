import { baseOf, emptyHistory, extended, recentBaseOf, windowOf, type WindowRules } from '../window/history.ts';
import type { Window } from '../window/readings.ts';
import { recognise } from '../engines/recognise.ts';
import type { Capacities } from '../engines/kv-capacities.ts';
import type { SeriesIdentity } from '../engines/page-series.ts';
import type { EngineSample } from '../engines/sample.ts';
import type { PageLayout } from './page-layouts.ts';

/** Stands for a series that a page did not show: what is no number stands as NaN. */
export const absent = Number.NEGATIVE_INFINITY;

/** What a target says beside its pages, by the labels of series that have no values. */
export interface Timeless {
  readonly series: readonly SeriesIdentity[];
  readonly capacities: Capacities;
  readonly modelName: string | undefined;
}

/** The last pages of one target, as numbers: a row for each scrape, a column for each series. */
export interface TargetScrapes {
  width: number;
  /** Oldest first. */
  timesMs: number[];
  /** The rows, the oldest beginning at `begin`. */
  values: Float64Array;
  begin: number;
  /** When a page was scraped that does not go on from the one before: a counter went back, or other series are shown. */
  brokenMs: number;
  /** Whether a row lacks a column. */
  partial: boolean;
}

export function noScrapes(): TargetScrapes {
  return { width: 0, timesMs: [], values: new Float64Array(0), begin: 0, brokenMs: Number.NEGATIVE_INFINITY, partial: false };
}

/**
 * Adds a page, `row` having a value or `absent` for each column; and drops those that no window that ends with it or later can begin with.
 * @param counts by column, 1 where it counts.
 */
export function addPage(scrapes: TargetScrapes, atMs: number, row: Float64Array, counts: Uint8Array, windowMs: number): void {
  const { width, timesMs } = scrapes;
  const count = timesMs.length;
  makeRoom(scrapes);
  const { values, begin } = scrapes;
  const at = begin + count * width;
  const before = at - width;
  let unbroken = true;
  for (let column = 0; column < width; column++) {
    const value = row[column] as number;
    values[at + column] = value;
    if (value === absent) scrapes.partial = true;
    if (count === 0) continue;
    const last = values[before + column] as number;
    // written so that NaN, of which one cannot tell, is no growth either
    if (counts[column] === 1 ? !(value >= last) || last === absent : (value === absent) !== (last === absent)) unbroken = false;
  }
  timesMs.push(atMs);
  if (!unbroken) scrapes.brokenMs = atMs;
  // where something broke, the page before tells it, and which pages no window can begin with
  while (timesMs.length > 2 && atMs - (timesMs[1] as number) >= windowMs && scrapes.brokenMs <= (timesMs[0] as number)) dropOldest(scrapes);
}

/** Drops what was scraped by then. */
export function dropUntil(scrapes: TargetScrapes, untilMs: number): void {
  while (scrapes.timesMs.length > 0 && (scrapes.timesMs[0] as number) <= untilMs) dropOldest(scrapes);
}

function dropOldest(scrapes: TargetScrapes): void {
  scrapes.timesMs.shift();
  scrapes.begin += scrapes.width;
}

/** Room for one more row: by moving the rows to the front, or four rows at a time. */
function makeRoom(scrapes: TargetScrapes): void {
  const { width, timesMs, begin, values } = scrapes;
  const used = timesMs.length * width;
  if (begin + used + width <= values.length) return;
  if (begin > 0 && used + width <= values.length) values.copyWithin(0, begin, begin + used);
  else {
    scrapes.values = new Float64Array((timesMs.length + 4) * width);
    scrapes.values.set(values.subarray(begin, begin + used));
  }
  scrapes.begin = 0;
}

/** The same pages with other columns, `from` giving the old one of each, or -1 for one that is new. */
export function withColumns(scrapes: TargetScrapes, from: readonly number[]): void {
  const { width, timesMs, begin, values } = scrapes;
  const rows = new Float64Array((timesMs.length + 2) * from.length).fill(absent);
  for (let row = 0; row < timesMs.length; row++) {
    for (const [column, old] of from.entries()) if (old !== -1) rows[row * from.length + column] = values[begin + row * width + old] as number;
  }
  scrapes.width = from.length;
  scrapes.values = rows;
  scrapes.begin = 0;
  scrapes.partial = rows.subarray(0, timesMs.length * from.length).includes(absent);
}

/** Columns that a page shows. */
export function shownColumns({ width, timesMs, begin, values }: TargetScrapes): number[] {
  return Array.from({ length: width }, (_, column) => column).filter((column) => timesMs.some((_, row) => values[begin + row * width + column] !== absent));
}

/**
 * What a target did up to its newest page, as if its pages had been read one by one. Where nothing restarted, which is nearly always, only the
 * pages are read that begin and end the window, and the one at which recent arrivals begin.
 * @param series the columns.
 */
export function windowOfScrapes(scrapes: TargetScrapes, layout: PageLayout, series: () => readonly SeriesIdentity[], ownModelName: string | undefined, timeless: Timeless, rules: WindowRules): Window | undefined {
  const { width, timesMs, begin, values } = scrapes;
  const latestMs = timesMs.at(-1);
  if (latestMs === undefined) return undefined;
  const modelName = ownModelName ?? timeless.modelName;
  if (scrapes.partial || scrapes.brokenMs > (timesMs[0] as number)) {
    const all = allOf(scrapes, series(), timeless);
    const latest = all.at(-1);
    return latest && windowOf(all.reduce((earlier, page) => extended(earlier, page, rules), emptyHistory), rules, latest);
  }
  const { reader } = layout;
  if (!reader) return undefined;
  const offset = (atMs: number): number => begin + timesMs.indexOf(atMs) * width;
  const page = (atMs: number): EngineSample => reader.read(values, offset(atMs), atMs, modelName, timeless.capacities);
  const latest = page(latestMs);
  const beforeMs = baseOf(timesMs, latestMs, rules);
  if (beforeMs === undefined) return windowOf(emptyHistory, rules, latest);
  const before = page(beforeMs);
  const recentMs = recentBaseOf(timesMs, latestMs, rules);
  if (recentMs === undefined) return { latest, before };
  return { latest, before, recentBefore: recentMs === beforeMs ? before : reader.readArrivals(values, offset(recentMs), recentMs) };
}

function allOf({ width, timesMs, begin, values }: TargetScrapes, series: readonly SeriesIdentity[], timeless: Timeless): EngineSample[] {
  const always = timeless.series.map(({ name, labels }) => ({ name, labels, value: 1 }));
  return timesMs.flatMap((atMs, row) => {
    const shown = series.flatMap(({ name, labels }, column) => {
      const value = values[begin + row * width + column] as number;
      return value === absent ? [] : [{ name, labels, value }];
    });
    return recognise([...shown, ...always], atMs) ?? [];
  });
}
