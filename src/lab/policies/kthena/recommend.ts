/** What the pods of a target said of one metric at one round. */
export interface KthenaReading {
  readonly target: number;
  /** Over the pods that answered. */
  readonly sum: number;
  readonly reporters: number;
  /** Pods that are not ready. */
  readonly unready: number;
}

export interface RecommendInput {
  /** Replicas that are asked for, over all workloads of the target. */
  readonly current: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** The band around the target in which nothing changes. */
  readonly tolerance: number;
  readonly readings: readonly KthenaReading[];
}

/**
 * The most that any metric asks for, within the bounds. A replica counts as any other, whatever its accelerator.
 *
 * @returns `undefined` when no pod said anything.
 */
export function recommend({ current, minReplicas, maxReplicas, tolerance, readings }: RecommendInput): number | undefined {
  if (current < minReplicas) return minReplicas;
  if (current > maxReplicas) return maxReplicas;
  const wants = readings.map((reading) => wantedFor(reading, current, tolerance)).filter((wanted) => wanted !== undefined);
  return wants.length === 0 ? undefined : Math.min(maxReplicas, Math.max(minReplicas, ...wants));
}

/** ceil(sum / target); pods that are missing count as at their target on the way down, unready ones as idle on the way up. */
function wantedFor({ target, sum, reporters, unready }: KthenaReading, current: number, tolerance: number): number | undefined {
  if (reporters === 0) return undefined;
  const ratio = sum / reporters / target;
  const up = ratio >= 1;
  const missing = Math.max(0, current - unready - reporters);
  const idle = up ? unready : 0;
  if (idle === 0 && missing === 0) return Math.abs(ratio - 1) <= tolerance ? current : ceil(sum / target);

  const counted = reporters + missing + idle;
  const assumed = (sum + (up ? 0 : missing * target)) / counted / target;
  if (Math.abs(assumed - 1) <= tolerance || assumed >= 1 !== up) return current;
  const wanted = ceil(assumed * counted);
  return up ? Math.max(current, wanted) : Math.min(current, wanted);
}

/** 3 × 0.7 / 0.7 may be 3.0000000000000004. */
function ceil(value: number): number {
  return Math.ceil(value - 1e-9);
}
