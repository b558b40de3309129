/** Sums of whole seconds and their mean over windows, as Knative's autoscaler keeps them: a second without a report counts as 0. */
export interface SecondsWindow {
  add(atMs: number, value: number): void;
  /**
   * Mean over the last `windowSeconds`, or over the time since the first report while that is less.
   *
   * @returns `undefined` when nothing was reported in the longest window: then nothing is known, and nothing is done.
   */
  mean(atMs: number, windowSeconds: number): number | undefined;
}

/** @param longestSeconds How far back it remembers. */
export function createSecondsWindow(longestSeconds: number): SecondsWindow {
  const sums = new Float64Array(longestSeconds);
  let first: number | undefined;
  let last = -Infinity;

  return {
    add(atMs, value) {
      const second = Math.floor(atMs / 1000);
      if (second - last >= longestSeconds) sums.fill(0);
      else for (let at = last + 1; at <= second; at += 1) sums[at % longestSeconds] = 0;
      first = first === undefined || second - last >= longestSeconds ? second : first;
      last = Math.max(last, second);
      sums[second % longestSeconds] = (sums[second % longestSeconds] ?? 0) + value;
    },
    mean(atMs, windowSeconds) {
      const now = Math.floor(atMs / 1000);
      if (first === undefined || now - last >= longestSeconds) return undefined;
      const from = Math.max(now - windowSeconds + 1, first);
      let sum = 0;
      for (let second = from; second <= Math.min(now, last); second += 1) {
        if (second > last - longestSeconds) sum += sums[second % longestSeconds] ?? 0;
      }
      return from > now ? 0 : sum / (now - from + 1);
    },
  };
}
