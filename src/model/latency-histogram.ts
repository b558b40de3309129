/** How long things took, of those that happened in a window: how many of them a second took no longer than each bound. JSON-safe. */
export interface LatencyHistogram {
  /** Upper bounds in seconds, rising. None is infinite. */
  readonly boundsSeconds: readonly number[];
  /** Events a second that took no longer than the bound at the same place. */
  readonly withinPerSecond: readonly number[];
  /** All events a second, those above every bound too. */
  readonly totalPerSecond: number;
}

/**
 * The share of events that took no longer than so many seconds, 0..1; `undefined` where nothing happened. Between two bounds events are
 * taken to lie evenly, as Prometheus takes them. Beyond the last bound it is not known how far they lie: then those above it count as longer,
 * which tells too small a share rather than too large a one.
 */
export function shareWithin({ boundsSeconds, withinPerSecond, totalPerSecond }: LatencyHistogram, seconds: number): number | undefined {
  if (totalPerSecond <= 0) return undefined;
  let [below, before] = [0, 0];
  for (const [index, bound] of boundsSeconds.entries()) {
    const within = withinPerSecond[index] as number;
    if (seconds < bound) return (before + (within - before) * ((seconds - below) / (bound - below))) / totalPerSecond;
    below = bound;
    before = within;
  }
  return before / totalPerSecond;
}
