/** Time between tokens against the share of the KV cache in use: `base` + `slope` · k, in seconds. */
export interface ItlLaw {
  readonly slope: number;
  readonly base: number;
}

/** One replica at one time: share of the KV cache in use, 0..1, and seconds between tokens. */
export type ItlSample = readonly [kvUsedFraction: number, itlSeconds: number];

/** What an iteration takes with an empty cache, until it has been seen. */
export const usualBase = 0.006;
const leastSlope = 1e-12;

export function itlAt({ slope, base }: ItlLaw, kvUsedFraction: number): number {
  return base + slope * kvUsedFraction;
}

/** The line of least squares through the samples; `undefined` where they do not show a time that grows with use. */
export function fitLaw(samples: readonly ItlSample[], saturatedAt: number): ItlLaw | undefined {
  const n = samples.length;
  let [k, kk, y, ky] = [0, 0, 0, 0];
  for (const [use, itl] of samples) {
    k += use;
    kk += use * use;
    y += itl;
    ky += use * itl;
  }
  const spread = n * kk - k * k;
  if (Math.abs(spread) < leastSlope) return undefined;
  const slope = (n * ky - k * y) / spread;
  return valid({ slope, base: (y - slope * k) / n }, saturatedAt);
}

/** The line through a known base. */
export function fitSlope(samples: readonly ItlSample[], base: number, saturatedAt: number): ItlLaw | undefined {
  let [kk, above] = [0, 0];
  for (const [use, itl] of samples) {
    if (!(use > 0) || !(itl > 0)) continue;
    kk += use * use;
    above += (itl - base) * use;
  }
  return kk === 0 ? undefined : valid({ slope: above / kk, base }, saturatedAt);
}

function valid(law: ItlLaw, saturatedAt: number): ItlLaw | undefined {
  return Number.isFinite(law.slope) && Number.isFinite(law.base) && law.slope > leastSlope && itlAt(law, saturatedAt) > 0 ? law : undefined;
}
