import type { ReplicaSeries, SeriesSnapshot } from '../model/index.ts';

/** How often one series' desired count went one way for one reason since this process began to decide. */
export interface ScalingCount {
  readonly series: ReplicaSeries;
  readonly direction: 'up' | 'down';
  readonly reason: string;
  readonly count: number;
}

/** Where the servers read what is to be said about replicas. The snapshot is replaced as a whole, never edited. */
export interface SeriesSource {
  /** `undefined`: nothing is known yet (a start), or nothing known is true any more. Nothing is served then. */
  snapshot(): SeriesSnapshot | undefined;
  scalings(): readonly ScalingCount[];
}
