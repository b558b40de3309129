/** Samples of one target, newest last; each is one row of numbers, one column for each of its series. */
export interface Track {
  /** Takes a row that was true at `atMs`. What is not newer than the newest is refused, as a TSDB refuses what is out of order. */
  append(atMs: number, row: Float64Array): boolean;
  /** The target said nothing, or is gone: instant questions do not find it until it speaks again. */
  markStale(atMs: number): void;
  /** A row that can be filled for `append`; kept ones are used again. */
  spareRow(width: number): Float64Array;
  /** Index of the sample that an instant question at `nowMs` finds, or -1. */
  instant(nowMs: number): number;
  /** First and last index in (nowMs - windowMs, nowMs]; `last < first` where there are none. */
  range(nowMs: number, windowMs: number): { readonly first: number; readonly last: number };
  readonly atMs: (index: number) => number;
  value(index: number, column: number): number;
  row(index: number): Float64Array;
}

/** Prometheus' `--query.lookback-delta`. */
export const lookbackMs = 300_000;

/** @param keepMs Rows older than this are forgotten. */
export function createTrack(keepMs: number): Track {
  let times: number[] = [];
  let rows: Float64Array[] = [];
  let oldest = 0;
  let staleAtMs = -Infinity;
  const spare: Float64Array[] = [];

  function forget(nowMs: number): void {
    while (oldest < times.length - 1 && (times[oldest] as number) <= nowMs - keepMs) {
      spare.push(rows[oldest] as Float64Array);
      oldest += 1;
    }
    if (oldest < 64 || oldest * 2 < times.length) return;
    times = times.slice(oldest);
    rows = rows.slice(oldest);
    oldest = 0;
  }

  return {
    append(atMs, row) {
      const newest = times.at(-1);
      if (newest !== undefined && atMs <= newest) return false;
      forget(atMs);
      times.push(atMs);
      rows.push(row);
      return true;
    },
    markStale(atMs) {
      staleAtMs = Math.max(staleAtMs, atMs);
    },
    spareRow(width) {
      const row = spare.pop();
      return row?.length === width ? row : new Float64Array(width);
    },
    instant(nowMs) {
      const newest = times.length - 1;
      const atMs = times[newest];
      return atMs === undefined || newest < oldest || atMs <= nowMs - lookbackMs || staleAtMs >= atMs ? -1 : newest;
    },
    range(nowMs, windowMs) {
      let first = times.length;
      while (first > oldest && (times[first - 1] as number) > nowMs - windowMs) first -= 1;
      return { first, last: times.length - 1 };
    },
    atMs: (index) => times[index] as number,
    value: (index, column) => (rows[index] as Float64Array)[column] as number,
    row: (index) => rows[index] as Float64Array,
  };
}
