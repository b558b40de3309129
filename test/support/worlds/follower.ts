import type { ReplicaSeries } from '../../../src/model/index.ts';
import type { Faults } from './faults.ts';
import type { ScaleTarget } from './scale-target.ts';

export const syncMs = 15_000;

/** What a HorizontalPodAutoscaler of the examples does at a sync: the sum of the target's series, but for what it tolerates; it sleeps at zero. */
export function follow(target: ScaleTarget, board: readonly ReplicaSeries[], faults: Faults, nowMs: number): void {
  const { plan, variants, name, spec } = target;
  if (plan.actuation === 'direct' || spec === 0 || faults.on('metrics-api-away', nowMs) !== undefined) return;
  const series = board.filter(({ namespace, targetName }) => namespace === plan.namespace && targetName === name);
  if (series.length === 0) return;
  const wanted = series.reduce((total, { desired }) => total + desired, 0);
  const { minReplicas, maxReplicas } = boundsOf(variants);
  if (spec >= minReplicas && spec <= maxReplicas && Math.abs(wanted / spec - 1) <= plan.tolerance) return;
  target.spec = Math.min(Math.max(wanted, minReplicas), maxReplicas);
}

export function boundsOf(variants: ScaleTarget['variants']): { readonly minReplicas: number; readonly maxReplicas: number } {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return { minReplicas: Math.max(1, sum(variants.map(({ min }) => min))), maxReplicas: Math.max(1, sum(variants.map(({ max = 1000 }) => max))) };
}
