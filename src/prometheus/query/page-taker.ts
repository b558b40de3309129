import type { ScannedAnswer } from '../answer/scanned-answer.ts';
import { absent, addPage, type TargetScrapes } from './target-scrapes.ts';

/** What of a target changes as its pages are taken. */
export interface PagedTarget {
  /** Series, in the order of the columns. */
  readonly series: readonly number[];
  readonly scrapes: TargetScrapes;
  /** Time of the newest page, or -Infinity. */
  newestMs: number;
  /** When the page was scraped that the last answer had only a part of, if it had one. */
  unfinishedMs: number | undefined;
}

/** Takes pages of one target after the other out of an answer. */
export interface PageTaker {
  /**
   * @param positions where in the answer each series stands, or -1.
   * @param counts by column, 1 where it counts.
   */
  take(target: PagedTarget, answer: ScannedAnswer, positions: Int32Array, counts: Uint8Array): void;
}

export function createPageTaker(windowMs: number): PageTaker {
  let ends = new Int32Array(64);
  let row = new Float64Array(64);

  /** Takes the new pages of a target, or tells that its series do not stand for whole pages. */
  function takeWhole(target: PagedTarget, { firstPoint, timesMs, values }: ScannedAnswer, positions: Int32Array, counts: Uint8Array): boolean {
    const { series, newestMs } = target;
    const width = series.length;
    if (width > ends.length) {
      ends = new Int32Array(2 * width);
      row = new Float64Array(2 * width);
    }
    let fresh = -1;
    let end0 = 0;
    for (let column = 0; column < width; column++) {
      const position = positions[series[column] as number] as number;
      if (position === -1) return false;
      const first = firstPoint[position] as number;
      const end = firstPoint[position + 1] as number;
      if (fresh === -1) {
        let from = end;
        while (from > first && (timesMs[from - 1] as number) > newestMs) from -= 1;
        fresh = end - from;
        end0 = end;
      } else {
        if (end - first < fresh || (end - first > fresh && (timesMs[end - fresh - 1] as number) > newestMs)) return false;
        for (let back = 1; back <= fresh; back++) if (timesMs[end - back] !== timesMs[end0 - back]) return false;
      }
      ends[column] = end;
    }
    for (let back = fresh; back >= 1; back--) {
      for (let column = 0; column < width; column++) {
        const value = values[(ends[column] as number) - back] as number;
        row[column] = value - value === 0 ? value : Number.NaN;
      }
      const atMs = timesMs[end0 - back] as number;
      addPage(target.scrapes, atMs, row, counts, windowMs);
      target.newestMs = atMs;
    }
    return true;
  }

  /** The same where not all series have the same times. */
  function takeParts(target: PagedTarget, { firstPoint, timesMs, values }: ScannedAnswer, positions: Int32Array, counts: Uint8Array): void {
    const { series, newestMs, scrapes } = target;
    const pages = new Map<number, Float64Array>();
    for (const [column, one] of series.entries()) {
      const position = positions[one] as number;
      if (position === -1) continue;
      for (let point = firstPoint[position] as number; point < (firstPoint[position + 1] as number); point++) {
        const atMs = timesMs[point] as number;
        if (atMs <= newestMs) continue;
        let page = pages.get(atMs);
        if (!page) pages.set(atMs, (page = new Float64Array(series.length).fill(absent)));
        const value = values[point] as number;
        page[column] = Number.isFinite(value) ? value : Number.NaN;
      }
    }
    const inOrder = [...pages].toSorted(([a], [b]) => a - b);
    const shown = (page: ArrayLike<number>, from = 0): number => {
      let count = 0;
      for (let column = 0; column < series.length; column++) if (page[from + column] !== absent) count += 1;
      return count;
    };
    // A scrape that is still being written (remote write does so in parts) would look like counters that vanished. It will be there whole the next time.
    const last = inOrder.at(-1);
    const previous = inOrder.at(-2);
    const shownBefore = previous ? shown(previous[1]) : scrapes.timesMs.length > 0 ? shown(scrapes.values, scrapes.begin + (scrapes.timesMs.length - 1) * scrapes.width) : 0;
    if (last && shown(last[1]) < shownBefore) {
      inOrder.pop();
      target.unfinishedMs = last[0];
    }
    for (const [atMs, page] of inOrder) {
      addPage(scrapes, atMs, page, counts, windowMs);
      target.newestMs = atMs;
    }
  }

  return {
    take(target, answer, positions, counts) {
      target.unfinishedMs = undefined;
      if (!takeWhole(target, answer, positions, counts)) takeParts(target, answer, positions, counts);
    },
  };
}
