import { parseQuantity } from '../../wire/index.ts';

/** As near to the largest 64-bit integer as a number comes. */
export const largestMilli = Number(2n ** 63n - 1n);

/**
 * A Kubernetes quantity in thousandths, rounded away from zero as `MilliValue` does: "2500m" is 2500, "0.0001" is 1.
 * @returns `undefined` when the text is no quantity.
 */
export function parseMilli(text: string | number): number | undefined {
  const value = parseQuantity(text);
  if (value === undefined) return undefined;
  const magnitude = Math.abs(value) * 1000;
  // 0.1 * 1000 must stay 100 in spite of binary fractions: what is within 1e-9 of a whole number is that number
  const nearest = Math.round(magnitude);
  const whole = Math.abs(magnitude - nearest) < 1e-9 * Math.max(1, nearest) ? nearest : Math.ceil(magnitude);
  return Math.sign(value) * Math.min(whole, largestMilli);
}

/** The canonical form of a number of thousandths: 2500 is "2500m", 3000 is "3", 2000000 is "2k". */
export function formatMilli(milli: number): string {
  if (milli === 0) return '0';
  if (milli >= largestMilli) return `${2n ** 63n - 1n}m`;
  let value = milli;
  for (const suffix of ['m', '', 'k', 'M', 'G', 'T', 'P', 'E']) {
    if (value % 1000 !== 0 || suffix === 'E') return `${BigInt(value)}${suffix}`;
    value /= 1000;
  }
  return `${BigInt(value)}`;
}
