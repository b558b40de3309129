import { sum } from '../../base/index.ts';
import type { MixOption } from './cheapest-mix.ts';

/** One span of time and the load that it brings. */
export interface LoadSpan {
  readonly seconds: number;
  /** Mean load over the span, in the unit of `MixOption.carries`. */
  readonly load: number;
}

/**
 * No plan that serves `attainment` of the load within the SLOs costs less: the linear programme
 *
 *     minimise   Σ_t seconds_t Σ_v cost_v x_tv / 3600
 *     subject to Σ_v carries_v x_tv ≥ load_t − missed_t,   min_v ≤ x_tv ≤ max_v,   Σ_t seconds_t missed_t ≤ (1 − attainment) Σ_t seconds_t load_t
 *
 * with fractions of replicas, no start-up times and no draining. Within a span the cheapest capacity is used first, so its cost is a convex
 * piecewise linear function of the load, and the load that may be missed is taken where its last unit is dearest: both greedy
 * choices are optimal (a fractional knapsack). Load beyond everything that there is must be missed and cannot be bought.
 *
 * It is a bound for plans whose replicas carry no more than `carries` over a span, whatever they are sent, and that do in each span the load that it is given here (`evenWork`).
 * @returns money.
 */
export function leastCost(options: readonly MixOption[], spans: readonly LoadSpan[], attainment: number): number {
  const floor = sum(options.map(({ minReplicas, costPerHour }) => minReplicas * costPerHour));
  const carriedByFloor = sum(options.map(({ minReplicas, carries }) => minReplicas * carries));
  const slices = options
    .filter(({ carries, minReplicas, maxReplicas }) => carries > 0 && maxReplicas > minReplicas)
    .map(({ carries, costPerHour, minReplicas, maxReplicas }) => ({ price: costPerHour / carries, width: (maxReplicas - minReplicas) * carries }))
    .toSorted((a, b) => a.price - b.price);

  // what is bought in all spans together, by price, in load × seconds
  const bought = slices.map(() => 0);
  let missed = 0;
  for (const { seconds, load } of spans) {
    let left = Math.max(0, load - carriedByFloor);
    for (const [index, { width }] of slices.entries()) {
      const used = Math.min(left, width);
      bought[index] = (bought[index] ?? 0) + used * seconds;
      left -= used;
    }
    missed += left * seconds;
  }

  let mayMiss = Math.max(0, (1 - attainment) * sum(spans.map(({ seconds, load }) => seconds * load)) - missed);
  let money = (floor * sum(spans.map(({ seconds }) => seconds))) / 3600;
  for (const [index, { price }] of [...slices.entries()].toReversed()) {
    const spared = Math.min(mayMiss, bought[index] ?? 0);
    mayMiss -= spared;
    money += (((bought[index] ?? 0) - spared) * price) / 3600;
  }
  return money;
}
