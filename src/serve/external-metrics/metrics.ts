import type { ReplicaSeries } from '../../model/index.ts';
import { desiredRatio } from '../exposition/renderer.ts';

/** Metrics that an HPA may ask for by name. `sum`: one value per target, all accelerators together. */
export const externalMetrics = {
  wva_desired_replicas: { value: (series: ReplicaSeries) => series.desired, sum: false },
  wva_current_replicas: { value: (series: ReplicaSeries) => series.current, sum: false },
  wva_desired_ratio: { value: desiredRatio, sum: false },
  wva_target_desired_replicas: { value: (series: ReplicaSeries) => series.desired, sum: true },
} as const satisfies Record<string, { value(series: ReplicaSeries): number; sum: boolean }>;

export type ExternalMetricName = keyof typeof externalMetrics;

export function isExternalMetric(name: string): name is ExternalMetricName {
  return Object.hasOwn(externalMetrics, name);
}
