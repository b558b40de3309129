/** Readings of the last while, oldest first. */
export interface SlidingWindow {
  /** Keeps a reading, and forgets those that are older than the window. */
  add(atMs: number, value: number): void;
  /** What is no older than the window at this time. */
  values(nowMs: number): readonly number[];
  average(nowMs: number): number | undefined;
  highest(nowMs: number): number | undefined;
  lowest(nowMs: number): number | undefined;
}

/** @param widthMs A reading that is exactly so old still counts. */
export function createSlidingWindow(widthMs: number): SlidingWindow {
  let readings: { readonly atMs: number; readonly value: number }[] = [];

  function values(nowMs: number): readonly number[] {
    return readings.filter(({ atMs }) => atMs >= nowMs - widthMs).map(({ value }) => value);
  }

  function of(nowMs: number, choose: (kept: readonly number[]) => number): number | undefined {
    const kept = values(nowMs);
    return kept.length === 0 ? undefined : choose(kept);
  }

  return {
    add(atMs, value) {
      readings = [...readings.filter((reading) => reading.atMs >= atMs - widthMs), { atMs, value }];
    },
    values,
    average: (nowMs) => of(nowMs, (kept) => kept.reduce((total, value) => total + value, 0) / kept.length),
    highest: (nowMs) => of(nowMs, (kept) => Math.max(...kept)),
    lowest: (nowMs) => of(nowMs, (kept) => Math.min(...kept)),
  };
}
