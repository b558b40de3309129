import { fitLinear } from './least-squares.ts';

export interface BucketedRegressionOptions {
  readonly maxSamples: number;
  readonly minObservations: number;
  readonly bucketsPerAxis: number;
  /** Features whose slope is taken as 0 when it comes out negative; with any other the fit is not used. */
  readonly clippable?: ReadonlySet<number>;
}

/** A linear regression of the time of an iteration that keeps what it knows of all loads, however long one of them lasts. */
export interface BucketedRegression {
  add(features: readonly number[], seconds: number): void;
  /** Seconds; `undefined` while there are too few observations, or the fit says that more work takes less time. */
  predict(features: readonly number[]): number | undefined;
  readonly size: number;
}

interface Observation {
  readonly features: readonly number[];
  readonly seconds: number;
}

/** Each axis is cut into equal buckets; beyond `maxSamples` the oldest observation of the fullest bucket goes. */
export function createBucketedRegression(options: BucketedRegressionOptions): BucketedRegression {
  const lowest: number[] = [];
  const highest: number[] = [];
  let buckets = new Map<string, Observation[]>();
  let size = 0;
  let fit: { readonly intercept: number; readonly slopes: readonly number[] } | undefined;
  let stale = true;

  function keyOf(features: readonly number[]): string {
    return features
      .map((value, axis) => {
        const low = lowest[axis] ?? 0;
        const high = highest[axis] ?? 0;
        return high <= low ? 0 : Math.min(options.bucketsPerAxis - 1, Math.max(0, Math.trunc(((value - low) / (high - low)) * options.bucketsPerAxis)));
      })
      .join('/');
  }

  function put(observation: Observation): void {
    const key = keyOf(observation.features);
    const bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, [observation]);
    else bucket.push(observation);
  }

  /** @returns Whether an axis became longer. */
  function stretch(features: readonly number[]): boolean {
    let longer = false;
    for (const [axis, value] of features.entries()) {
      if (value < (lowest[axis] ?? Infinity)) {
        lowest[axis] = value;
        longer = true;
      }
      if (value > (highest[axis] ?? -Infinity)) {
        highest[axis] = value;
        longer = true;
      }
    }
    return longer;
  }

  function refit(): void {
    stale = false;
    fit = undefined;
    if (size < options.minObservations) return;
    const all = [...buckets.values()].flat();
    const found = fitLinear(all.map(({ features }) => features), all.map(({ seconds }) => seconds));
    if (found === undefined || found.slopes.some((slope, axis) => slope < 0 && options.clippable?.has(axis) !== true)) return;
    fit = { intercept: found.intercept, slopes: found.slopes.map((slope) => Math.max(0, slope)) };
  }

  return {
    add(features, seconds) {
      if (stretch(features)) {
        const all = [...buckets.values()].flat();
        buckets = new Map();
        for (const observation of all) put(observation);
      }
      put({ features, seconds });
      size += 1;
      stale = true;
      if (size <= options.maxSamples) return;
      let fullest: readonly [string, Observation[]] | undefined;
      for (const entry of buckets) if (fullest === undefined || entry[1].length > fullest[1].length) fullest = entry;
      if (fullest === undefined) return;
      fullest[1].shift();
      size -= 1;
      if (fullest[1].length === 0) buckets.delete(fullest[0]);
    },
    predict(features) {
      if (stale) refit();
      return fit === undefined ? undefined : Math.max(1e-6, fit.slopes.reduce((total, slope, axis) => total + slope * (features[axis] ?? 0), fit.intercept));
    },
    get size() {
      return size;
    },
  };
}
