import { clamp } from '../../../base/index.ts';
import { ceil } from './apa.ts';
import type { ScaleRates } from './apa.ts';

export interface KpaInput extends ScaleRates {
  readonly current: number;
  /** Sum of the metric over the ready pods, mean over the stable window. */
  readonly stable: number;
  /** The same over the panic window. */
  readonly panic: number;
  /** Of one pod. */
  readonly target: number;
  readonly panicThreshold: number;
  /** Most that was wanted since this panic began; `undefined` outside of a panic. */
  readonly panicReplicas: number | undefined;
}

export interface KpaOutcome {
  readonly replicas: number;
  readonly panicReplicas: number | undefined;
}

/**
 * Knative's law on a metric of pods: as many as the stable window needs, and while the panic window is more than `panicThreshold` times
 * the stable one, as many as either needs, and never fewer than it wanted since then.
 */
export function kpaReplicas({ current, stable, panic, target, panicThreshold, maxUpRate, maxDownRate, panicReplicas }: KpaInput): KpaOutcome {
  const most = Math.max(1, Math.ceil(maxUpRate * current));
  const least = Math.floor(current / maxDownRate);
  const ofStable = clamp(ceil(stable / target), least, most);
  const panics = stable > 0 && panic / stable > panicThreshold;
  if (!panics) return { replicas: ofStable, panicReplicas: undefined };
  const ofPanic = clamp(ceil(panic / target), least, most);
  const replicas = Math.max(ofStable, ofPanic, panicReplicas ?? current);
  return { replicas, panicReplicas: replicas };
}
