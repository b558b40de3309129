import type { Percentiles } from '../statistics.ts';

/** Quantiles of any number of durations in little memory: buckets grow by 2 %, so answers are right within 1 %. */
export interface LatencySketch {
  add(seconds: number): void;
  percentiles(): Percentiles | undefined;
}

const growth = Math.log(1.02);
const finest = 1e-4;

export function createLatencySketch(): LatencySketch {
  const buckets: number[] = [];
  let total = 0;

  function at(fraction: number): number {
    let left = fraction * (total - 1);
    for (const [index, count = 0] of buckets.entries()) {
      left -= count;
      if (left < 0) return finest * Math.exp((index + 0.5) * growth);
    }
    return 0;
  }

  return {
    add(seconds) {
      const index = Math.max(0, Math.floor(Math.log(Math.max(seconds, finest) / finest) / growth));
      while (buckets.length <= index) buckets.push(0);
      buckets[index] = (buckets[index] ?? 0) + 1;
      total += 1;
    },
    percentiles: () => (total === 0 ? undefined : { p50: at(0.5), p90: at(0.9), p99: at(0.99) }),
  };
}
