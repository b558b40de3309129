import type { Buckets } from './page-reading.ts';

/** What was observed between two pages. `undefined` where either does not show the histogram. */
export function increase(from: Buckets | undefined, to: Buckets | undefined): Buckets | undefined {
  if (from === undefined || to === undefined || from.bounds.length !== to.bounds.length) return undefined;
  return { bounds: to.bounds, counts: to.counts.map((count, index) => count - (from.counts[index] ?? 0)), sum: to.sum - from.sum, count: to.count - from.count };
}

/** Observations of several stretches together. */
export function together(parts: readonly (Buckets | undefined)[]): Buckets | undefined {
  const known = parts.filter((part) => part !== undefined);
  const [first, ...others] = known;
  if (first === undefined || known.length < parts.length) return undefined;
  return others.reduce<Buckets>(
    (sum, part) => ({ bounds: sum.bounds, counts: sum.counts.map((count, index) => count + (part.counts[index] ?? 0)), sum: sum.sum + part.sum, count: sum.count + part.count }),
    first,
  );
}

export function meanOf(buckets: Buckets | undefined): number | undefined {
  return buckets === undefined || buckets.count <= 0 ? undefined : buckets.sum / buckets.count;
}

/** Share of the observations at or below a bound of the histogram. */
export function shareUpTo({ bounds, counts, count }: Buckets, bound: number): number {
  let below = 0;
  for (const [index, upTo] of bounds.entries()) if (upTo <= bound) below += counts[index] ?? 0;
  return below / count;
}

/** The quantile by straight lines within the buckets, as Prometheus' histogram_quantile; the highest bound for what is above it. */
export function bucketQuantile(buckets: Buckets | undefined, fraction: number): number | undefined {
  if (buckets === undefined || buckets.count <= 0) return undefined;
  const { bounds, counts, count } = buckets;
  const rank = fraction * count;
  let below = 0;
  for (const [index, bound] of bounds.entries()) {
    const here = counts[index] ?? 0;
    if (here > 0 && below + here >= rank) {
      const lower = index === 0 ? 0 : (bounds[index - 1] as number);
      return lower + ((bound - lower) * (rank - below)) / here;
    }
    below += here;
  }
  return bounds.at(-1);
}
