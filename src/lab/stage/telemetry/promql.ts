// The arithmetic of PromQL, as Prometheus 3 does it (promql/functions.go and promql/quantile.go). A cluster test holds it against the genuine one.

/**
 * `rate` of one counter over (endMs - windowMs, endMs]: its growth between the first and the last sample, extrapolated to the
 * window's ends where they are near enough, and never to before it was zero.
 *
 * @param first Index of the first sample in the window.
 * @param last Index of the last one.
 * @returns Per second; `undefined` with fewer than two samples.
 */
export function counterRate(timeAt: (index: number) => number, valueAt: (index: number) => number, first: number, last: number, windowMs: number, endMs: number): number | undefined {
  if (last - first < 1) return undefined;
  const firstValue = valueAt(first);
  let grown = valueAt(last) - firstValue;
  let before = firstValue;
  for (let index = first + 1; index <= last; index++) {
    const value = valueAt(index);
    if (value < before) grown += before; // it began anew
    before = value;
  }
  const sampledS = (timeAt(last) - timeAt(first)) / 1000;
  const betweenS = sampledS / (last - first);
  let toStartS = (timeAt(first) - (endMs - windowMs)) / 1000;
  let toEndS = (endMs - timeAt(last)) / 1000;
  const nearS = betweenS * 1.1;
  if (toStartS >= nearS) toStartS = betweenS / 2;
  if (grown > 0 && firstValue >= 0) toStartS = Math.min(toStartS, sampledS * (firstValue / grown));
  if (toEndS >= nearS) toEndS = betweenS / 2;
  return (grown * ((sampledS + toStartS + toEndS) / sampledS)) / (windowMs / 1000);
}

/** One bucket of a classic histogram: everything up to the bound. */
export interface Bucket {
  readonly bound: number;
  readonly cumulative: number;
}

/**
 * `histogram_quantile` of classic buckets in the order of their bounds, the last one +Inf: linear between the bounds, the lowest
 * bucket from 0, and the highest finite bound for what is above it.
 *
 * @returns `undefined` where Prometheus says NaN.
 */
export function histogramQuantile(q: number, given: readonly Bucket[]): number | undefined {
  if (Number.isNaN(q)) return undefined;
  const top = given.at(-1);
  if (top === undefined || top.bound !== Infinity || given.length < 2) return undefined;
  const buckets = monotonic(given);
  const total = (buckets.at(-1) as Bucket).cumulative;
  if (total === 0 || Number.isNaN(total)) return undefined;
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  let rank = q * total;
  const found = buckets.slice(0, -1).findIndex(({ cumulative }) => cumulative >= rank);
  if (found === -1) return (buckets.at(-2) as Bucket).bound;
  const { bound, cumulative } = buckets[found] as Bucket;
  if (found === 0 && bound <= 0) return bound;
  const below = found === 0 ? { bound: 0, cumulative: 0 } : (buckets[found - 1] as Bucket);
  rank -= below.cumulative;
  const value = below.bound + (bound - below.bound) * (rank / (cumulative - below.cumulative));
  return Number.isNaN(value) ? undefined : value; // 0 of an empty lowest bucket
}

/** Rates of buckets are extrapolated one by one, so a wider one may come out below a narrower one: it is raised. */
function monotonic(buckets: readonly Bucket[]): readonly Bucket[] {
  let highest = -Infinity;
  return buckets.map(({ bound, cumulative }) => {
    highest = Math.max(highest, cumulative);
    return { bound, cumulative: highest };
  });
}
