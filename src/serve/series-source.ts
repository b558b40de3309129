import type { ScalingCount, SeriesSnapshot } from '../model/index.ts';

/** Where the servers read what is to be said about replicas. The snapshot is replaced as a whole, never edited. */
export interface SeriesSource {
  /** `undefined`: nothing is known yet (a start), or nothing known is true any more. Nothing is served then. */
  snapshot(): SeriesSnapshot | undefined;
  scalings(): readonly ScalingCount[];
}
