/** Rates that both of AIBrix's laws keep to: never more than `maxUpRate` times as many at once, nor fewer than one in `maxDownRate`. */
export interface ScaleRates {
  readonly maxUpRate: number;
  readonly maxDownRate: number;
}

export interface ApaInput extends ScaleRates {
  readonly current: number;
  /** Mean of the metric over the ready pods and the window. */
  readonly usePerPod: number;
  readonly target: number;
  readonly upTolerance: number;
  readonly downTolerance: number;
}

/** Application-specific Pod Autoscaling: in proportion to how far the use of a pod is from its target, outside a band around it. */
export function apaReplicas({ current, usePerPod, target, upTolerance, downTolerance, maxUpRate, maxDownRate }: ApaInput): number {
  const ratio = usePerPod / target;
  const wanted = ceil(current * ratio);
  if (ratio > 1 + upTolerance) return Math.min(wanted, Math.ceil(maxUpRate * current));
  if (ratio < 1 - downTolerance) return Math.max(wanted, Math.floor(current / maxDownRate));
  return current;
}

/** 3 × (0.7 / 0.7) may be 3.0000000000000004, which is no reason for a fourth pod. */
export function ceil(value: number): number {
  return Math.ceil(value - 1e-9);
}
