import type { UtilizationPolicy } from '../../model/index.ts';
import type { Analysis } from './analysis.ts';

/** The capacities at both edges of the band that a demand is to be kept in, in the demand's unit. */
export interface Edges {
  /** With so much the demand is just at the threshold above which more is called for. */
  readonly required: number;
  /** With so much it is just at the boundary below which less would do. */
  readonly sufficient: number;
}

export function edgesOf(demand: number, { scaleUpThreshold, scaleDownBoundary }: UtilizationPolicy): Edges {
  return { required: demand / scaleUpThreshold, sufficient: demand / scaleDownBoundary };
}

/**
 * The same step for every analyzer that compares a demand with a capacity of one unit (WVA 0.9's "universal thresholds"): more is called for above the share
 * `scaleUpThreshold` of what serves (0.85), less would do below the share `scaleDownBoundary` (0.70), and between the two nothing changes. What is starting is taken off
 * by those who share it out.
 */
export function againstBand(demand: number, servingCapacity: number, band: UtilizationPolicy): Pick<Analysis, 'required' | 'sufficient'> {
  const { required, sufficient } = edgesOf(demand, band);
  if (required > servingCapacity) return { required };
  return sufficient <= servingCapacity ? { sufficient } : {};
}
