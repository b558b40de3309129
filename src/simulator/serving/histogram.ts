/** A Prometheus histogram: cumulative counts only when it is written. */
export interface Histogram {
  readonly bounds: readonly number[];
  /** Adds `count` observations of the same value. */
  observe(value: number, count?: number): void;
  /**
   * Adds `steps` times `count` observations, of `first`, `first + step`, `first + 2·step` and so on: the latencies of a
   * run of decode iterations, each a little longer than the last. Costs as much as there are bounds, however long the run.
   */
  observeSeries(first: number, step: number, steps: number, count: number): void;
  snapshot(): { readonly counts: readonly number[]; readonly sum: number; readonly count: number };
}

export function createHistogram(bounds: readonly number[]): Histogram {
  const counts = Array.from({ length: bounds.length + 1 }, () => 0);
  let sum = 0;
  let total = 0;

  function add(value: number, count: number): void {
    const found = bounds.findIndex((bound) => value <= bound);
    const bucket = found === -1 ? bounds.length : found;
    counts[bucket] = (counts[bucket] ?? 0) + count;
  }

  return {
    bounds,
    observe(value, count = 1) {
      add(value, count);
      sum += value * count;
      total += count;
    },
    observeSeries(first, step, steps, count) {
      if (steps <= 0 || count <= 0) return;
      if (step <= 0) add(first, steps * count);
      else {
        let done = 0;
        for (let bucket = 0; bucket < bounds.length && done < steps; bucket++) {
          const upTo = Math.min(steps, Math.max(done, Math.floor(((bounds[bucket] as number) - first) / step) + 1));
          counts[bucket] = (counts[bucket] ?? 0) + (upTo - done) * count;
          done = upTo;
        }
        counts[bounds.length] = (counts[bounds.length] ?? 0) + (steps - done) * count;
      }
      sum += count * (steps * first + (step * steps * (steps - 1)) / 2);
      total += steps * count;
    },
    snapshot: () => ({ counts: [...counts], sum, count: total }),
  };
}
