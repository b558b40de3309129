import type { LatencyHistogram } from '../../model/index.ts';

/** Latencies whose distribution is read. */
export type LatencyName = 'ttft' | 'itl';

/** Buckets of a histogram as a page shows them: how many took no longer than each bound, the last one being infinite. */
export type Buckets = ReadonlyMap<number, number>;

/** Buckets from what stands under each `le`. Ways to write one bound (`1` and `1.0`) add up. A bound or a count that is no number makes none of it. */
export function bucketsOf(rows: Iterable<readonly [le: string, value: unknown]>): Buckets | undefined {
  const buckets = new Map<number, number>();
  for (const [le, value] of rows) {
    const bound = le === '+Inf' ? Infinity : Number(le);
    if (le === '' || Number.isNaN(bound) || typeof value !== 'number' || !Number.isFinite(value)) return undefined;
    buckets.set(bound, (buckets.get(bound) ?? 0) + value);
  }
  return buckets.has(Infinity) ? buckets : undefined;
}

/** By how much each bucket grew, from nothing where it was not shown before; `undefined` where one went back, or the bounds are others. */
export function growth(latest: Buckets, before: Buckets | undefined): Buckets | undefined {
  const grown = new Map<number, number>();
  for (const [bound, count] of latest) {
    const earlier = before ? before.get(bound) : 0;
    if (earlier === undefined || count < earlier) return undefined;
    grown.set(bound, count - earlier);
  }
  return grown;
}

/** Both together. A bound that only one of them has tells nothing of the other, so it is left out. */
export function added(a: Buckets, b: Buckets): Buckets {
  const both = new Map<number, number>();
  for (const [bound, count] of a) {
    const other = b.get(bound);
    if (other !== undefined) both.set(bound, count + other);
  }
  return both;
}

/**
 * In plain data. Bounds that tell nothing are left out: those that nothing was within, but for the widest of them, and those after the
 * first that everything was within. Of vLLM's 22 bounds for the time to the first token that leaves 5 to 10, in every record of every cycle.
 */
export function histogramOf(buckets: Buckets, seconds: number): LatencyHistogram {
  const rows = [...buckets].filter(([bound]) => bound !== Infinity).toSorted(([a], [b]) => a - b);
  const total = Math.max(0, buckets.get(Infinity) ?? 0);
  const boundsSeconds: number[] = [];
  const withinPerSecond: number[] = [];
  let within = 0;
  for (const [index, [bound, count]] of rows.entries()) {
    // engines of two releases may have other bounds, and what only one of them says then lies below what both say
    if (count < within) continue;
    const next = rows[index + 1]?.[1];
    if (count === 0 && next === 0) continue;
    if (within > 0 && within >= total) break;
    within = Math.min(count, total);
    boundsSeconds.push(bound);
    withinPerSecond.push(within / seconds);
  }
  return { boundsSeconds, withinPerSecond, totalPerSecond: total / seconds };
}
