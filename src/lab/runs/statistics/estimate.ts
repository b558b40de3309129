import { mean, sum } from '../../../base/index.ts';
import { studentT975 } from './student-t.ts';

/** A mean over seeds with its 95 % confidence interval. */
export interface Estimate {
  readonly mean: number;
  /** Ends of the interval; absent with one value, of which nothing can be said. */
  readonly low?: number;
  readonly high?: number;
  readonly count: number;
}

/**
 * Mean with the interval of Student's t: mean ± t(0.975, n − 1) · s / √n. Seeds are independent and the mean of ten of them is near enough to
 * normal; a bootstrap of ten values is narrower than it should be. Where the value has natural bounds the interval ends there.
 *
 * @returns `undefined` for no values.
 */
export function estimate(values: readonly number[], bounds: { readonly lowest?: number; readonly highest?: number } = {}): Estimate | undefined {
  const centre = mean(values);
  if (centre === undefined) return undefined;
  const count = values.length;
  if (count === 1) return { mean: centre, count };
  const variance = sum(values.map((value) => (value - centre) ** 2)) / (count - 1);
  const half = studentT975(count - 1) * Math.sqrt(variance / count);
  return {
    mean: centre,
    low: Math.max(centre - half, bounds.lowest ?? -Infinity),
    high: Math.min(centre + half, bounds.highest ?? Infinity),
    count,
  };
}
