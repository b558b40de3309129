/** Mean of a value by whole seconds over a window, as Knative's autoscaler keeps it (pkg/autoscaler/aggregation). */
export interface SecondsWindow {
  add(atMs: number, value: number): void;
  /**
   * Mean over the window, or over the time since the first report while that is less. Seconds without a report between others count as 0; those
   * since the last report do not count, until the whole window is silent: then it is 0.
   */
  mean(atMs: number): number;
  /** Whether nothing was reported for longer than the window. */
  silent(atMs: number): boolean;
}

export function createSecondsWindow(windowSeconds: number): SecondsWindow {
  const sums = new Float64Array(windowSeconds);
  let first = 0;
  let last = -Infinity;

  return {
    add(atMs, value) {
      const second = Math.floor(atMs / 1000);
      if (second - last >= windowSeconds) {
        sums.fill(0);
        first = second;
      } else {
        for (let at = last + 1; at <= second; at += 1) sums[at % windowSeconds] = 0;
      }
      last = Math.max(last, second);
      sums[second % windowSeconds] = (sums[second % windowSeconds] ?? 0) + value;
    },
    mean(atMs) {
      const now = Math.floor(atMs / 1000);
      if (now - last >= windowSeconds) return 0;
      const from = Math.max(first, Math.max(now, last) - windowSeconds + 1);
      let sum = 0;
      for (let second = from; second <= last; second += 1) sum += sums[second % windowSeconds] ?? 0;
      return sum / (last - from + 1);
    },
    silent: (atMs) => Math.floor(atMs / 1000) - last > windowSeconds,
  };
}
