import { seriesKey, type Emission, type ReplicaSeries, type ScalingCount, type SeriesSnapshot } from '../model/index.ts';

/**
 * What /metrics and the external metrics API show. The whole set is replaced at once, so that no reader
 * ever meets a new series together with the one that it replaces: an HPA adds up every series it is given.
 */
export interface TargetBoard {
  /** `undefined` until something is known: after a start nothing is served before it is known again. */
  snapshot(): SeriesSnapshot | undefined;
  scalings(): readonly ScalingCount[];
  /** Shows what was decided in this process. */
  showDecisions(emission: Pick<Emission, 'series' | 'scalings'>, atMs: number): void;
  /** Shows what the leader wrote to status: after a start, and on followers. */
  showStatus(series: readonly ReplicaSeries[], atMs: number): void;
  /** Shows nothing any more: neither decisions nor status are known to be true. */
  clear(): void;
}

export function createTargetBoard(): TargetBoard {
  let shown: SeriesSnapshot | undefined;
  const counts = new Map<string, ScalingCount>();

  function forgetScalingsOf(gone: (key: string) => boolean): void {
    for (const [id, scaling] of counts) if (gone(seriesKey(scaling.series))) counts.delete(id);
  }

  return {
    snapshot: () => shown,
    scalings: () => [...counts.values()],
    showDecisions(emission, atMs) {
      shown = { atMs, series: emission.series, source: 'decision' };
      for (const { series, direction, reason } of emission.scalings) {
        const id = `${seriesKey(series)}\n${direction}\n${reason}`;
        counts.set(id, { series, direction, reason, count: (counts.get(id)?.count ?? 0) + 1 });
      }
      const alive = new Set(emission.series.map(seriesKey));
      forgetScalingsOf((key) => !alive.has(key));
    },
    showStatus(series, atMs) {
      shown = { atMs, series, source: 'status' };
    },
    clear() {
      shown = undefined;
      counts.clear();
    },
  };
}
