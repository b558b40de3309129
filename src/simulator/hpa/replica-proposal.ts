import { largestMilli } from './quantity.ts';

/** How far the ratio of usage to target may stray from 1 before anything is done, as fractions. */
export interface Tolerances {
  readonly up: number;
  readonly down: number;
}

/** What one metric asks for, and what status says about it (in thousandths). */
export interface Proposal {
  readonly replicas: number;
  readonly usageMilli: number;
}

const mostReplicas = 2_147_483_647;

function within(tolerances: Tolerances, ratio: number): boolean {
  return 1 - tolerances.down <= ratio && ratio <= 1 + tolerances.up;
}

/**
 * `AverageValue`: the sum of all series, shared between the replicas that exist (`status.replicas` of the scale). Outside
 * the tolerance the answer is ceil(usage / target), whatever the number of replicas.
 */
export function proposeForAverageValue(metric: {
  readonly usageMilli: number;
  readonly targetMilli: number;
  readonly statusReplicas: number;
  readonly tolerances: Tolerances;
}): Proposal {
  const { usageMilli, targetMilli, statusReplicas, tolerances } = metric;
  const ratio = usageMilli / (targetMilli * statusReplicas);
  const replicas = within(tolerances, ratio)
    ? statusReplicas
    : Math.min(mostReplicas, Math.ceil(usageMilli / targetMilli));
  // with no replica there is no average; the genuine controller shows an overflow then, we show the sum
  const whole = statusReplicas === 0 || usageMilli >= largestMilli;
  return { replicas, usageMilli: whole ? usageMilli : Math.ceil(usageMilli / statusReplicas) };
}

/**
 * `Value`: the ratio of the sum to the target, times the pods that are ready. From zero replicas (where that is allowed
 * at all) it is the ratio itself.
 */
export function proposeForValue(metric: {
  readonly usageMilli: number;
  readonly targetMilli: number;
  readonly specReplicas: number;
  readonly readyPods: number;
  readonly tolerances: Tolerances;
}): Proposal {
  const { usageMilli, targetMilli, specReplicas, readyPods, tolerances } = metric;
  const ratio = usageMilli / targetMilli;
  if (specReplicas === 0) return { replicas: Math.min(mostReplicas, Math.ceil(ratio)), usageMilli };
  if (within(tolerances, ratio)) return { replicas: specReplicas, usageMilli };
  return { replicas: Math.min(mostReplicas, Math.ceil(ratio * readyPods)), usageMilli };
}
