/** A Prometheus histogram: cumulative counts only when it is written. */
export interface Histogram {
  readonly bounds: readonly number[];
  /** Adds `count` observations of the same value. */
  observe(value: number, count?: number): void;
  /**
   * Adds `steps` times `count` observations, of `first`, `first + step`, `first + 2·step` and so on: the latencies of a
   * run of decode iterations, each a little longer than the last. Costs as much as the buckets that they fall into, however long the run.
   */
  observeSeries(first: number, step: number, steps: number, count: number): void;
  snapshot(): { readonly counts: readonly number[]; readonly sum: number; readonly count: number };
}

export function createHistogram(bounds: readonly number[]): Histogram {
  const counts = new Float64Array(bounds.length + 1);
  const last = bounds.length;
  let sum = 0;
  let total = 0;

  /** The first bucket whose bound is not below the value. */
  function bucketOf(value: number): number {
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value <= (bounds[middle] as number)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  function add(bucket: number, count: number): void {
    counts[bucket] = (counts[bucket] as number) + count;
  }

  return {
    bounds,
    observe(value, count = 1) {
      add(bucketOf(value), count);
      sum += value * count;
      total += count;
    },
    observeSeries(first, step, steps, count) {
      if (steps <= 0 || count <= 0) return;
      let bucket = bucketOf(first);
      let done = 0;
      const end = step > 0 ? last : bucket;
      while (bucket < end && done < steps) {
        const upTo = Math.min(steps, Math.max(done, Math.floor(((bounds[bucket] as number) - first) / step) + 1));
        add(bucket, (upTo - done) * count);
        done = upTo;
        bucket += 1;
      }
      if (done < steps) add(bucket, (steps - done) * count);
      sum += count * (steps * first + (step * steps * (steps - 1)) / 2);
      total += steps * count;
    },
    snapshot: () => ({ counts: [...counts], sum, count: total }),
  };
}
