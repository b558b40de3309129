/** Thresholds of the law, in units of the SLO. */
export interface Band {
  /** More above this. */
  readonly up: number;
  /** Fewer below this. */
  readonly down: number;
}

/**
 * How close the tail of latency is to the SLO: the worse of the two quotients, at most `clamp`. Nothing to see reads as 0.
 *
 * @param ttft P90 of TTFT, seconds; `undefined` without traffic or without the series.
 * @param tpot P90 of TPOT, seconds.
 */
export function rawSaturation(ttft: number | undefined, tpot: number | undefined, slo: { readonly ttftSeconds: number; readonly tpotSeconds: number }, clamp: number): number {
  return Math.min(Math.max(quotient(ttft, slo.ttftSeconds), quotient(tpot, slo.tpotSeconds)), clamp);
}

function quotient(value: number | undefined, slo: number): number {
  return value === undefined || Number.isNaN(value) ? 0 : value / slo;
}

/**
 * Replicas that the law asks for. On the way up the signal is credited with the pods that are starting, because only ready
 * pods are measured; on the way down it is not, or it would remove pods in the middle of a start.
 */
export function sloAwareReplicas(at: { readonly saturation: number; readonly provisioned: number; readonly ready: number; readonly band: Band }): number {
  const { saturation, provisioned: n, ready, band } = at;
  const credit = ready > 0 && ready < n ? ready / n : 1;
  if (saturation > band.up) return n + Math.ceil(n * ((saturation * credit) / band.up - 1));
  if (saturation < band.down) return n - Math.floor(n * (1 - saturation / band.down));
  return n;
}
