// 97.5th percentiles of Student's t for 1 to 30 degrees of freedom, as every textbook prints them.
const table = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069,
  2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];
/** 97.5th percentile of the normal distribution. */
const z = 1.959964;

/**
 * The factor of a two-sided 95 % interval around a mean. Beyond the table by the first two terms of Fisher's expansion around the
 * normal, which is exact to three decimals there.
 *
 * @param degreesOfFreedom At least 1.
 */
export function studentT975(degreesOfFreedom: number): number {
  const tabled = table[degreesOfFreedom - 1];
  if (tabled !== undefined) return tabled;
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  return z + first / degreesOfFreedom + second / degreesOfFreedom ** 2;
}
