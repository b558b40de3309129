/** Keeps `value` within `[lowest, highest]`; `lowest` wins when the two are crossed. */
export function clamp(value: number, lowest: number, highest: number): number {
  return Math.max(lowest, Math.min(highest, value));
}

/** Sum of a list; 0 for an empty one. */
export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Arithmetic mean, or `undefined` for an empty list: nothing has no average. */
export function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : sum(values) / values.length;
}

/**
 * The `fraction` quantile (0..1) with linear interpolation between order statistics
 * (Hyndman and Fan's type 7), or `undefined` for an empty list.
 */
export function quantile(values: readonly number[], fraction: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const position = clamp(fraction, 0, 1) * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (position - below);
}

/** `value` with at most `digits` decimals, for sentences that people read. */
export function rounded(value: number, digits = 2): string {
  return String(Number(value.toFixed(digits)));
}
