import type { Clock, Random } from '../../runtime/index.ts';
import type { KubernetesObject } from '../../wire/index.ts';
import type { Cluster } from './cluster.ts';

/** What every controller of the simulated cluster is given. */
export interface ControllerContext {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly random: Random;
  /** Between a change and a controller's answer to it. */
  readonly latencyMs: number;
  readonly record: EventRecorder;
}

/** Writes an Event about an object; the same one again raises its count. */
export type EventRecorder = (
  component: string,
  about: KubernetesObject,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
) => void;

/** RFC 3339 to the second, as Kubernetes writes `metav1.Time`. */
export function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
