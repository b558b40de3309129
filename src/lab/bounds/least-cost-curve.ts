import { sum } from '../../base/index.ts';
import type { Arrival } from '../../simulator/index.ts';
import type { PolicyStage } from '../stage/policy-stage.ts';
import { leastCost, type LoadSpan } from './cost-bound.ts';
import { carryingOf, meanShape, workByBin } from './known-load.ts';

/** One point of a bound: no plan reaches this attainment for less. */
export interface BoundPoint {
  readonly attainment: number;
  readonly money: number;
}

/** Attainments at which the bound is told. */
const attainments = [0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1];

/**
 * Least cost of the load's own time at some attainments, by `leastCost` over spans of time: what whole replicas, start-up times and draining
 * cost is not in it. A span is a minute, or ten times the TTFT that the SLO allows where that is longer: within it requests may wait for each other.
 *
 * What a replica carries is taken at the SLO with 99 % of the requests within it (`capacityAtSlo`); where fewer need to be, a replica may
 * carry somewhat more, so far below 0.99 it is the dearer side of the truth.
 */
export function leastCostCurve(stage: Pick<PolicyStage, 'scenario' | 'variants' | 'capacity' | 'foresee'>): readonly BoundPoint[] {
  const { scenario, variants } = stage;
  const parts = scenario.models.flatMap((model, index) => {
    const arrivals = allOf(stage.foresee(index));
    const spanSeconds = Math.max(60, 10 * model.slo.ttftSeconds);
    return (['both', 'prefill', 'decode'] as const).flatMap((role) => {
      const own = variants.filter((one) => one.model === model && one.variant.role === role);
      return own.length === 0 ? [] : [{ own, arrivals, spanSeconds }];
    });
  });
  return attainments.map((attainment) => ({
    attainment,
    money: sum(
      parts.map(({ own, arrivals, spanSeconds }) => {
        const capacities = own.map(({ key }) => stage.capacity(key));
        const able = own.findIndex((_, index) => (capacities[index] ?? 0) > 0);
        const first = own[able];
        const options = own.map(({ variant, costPerHour }, index) => ({
          carries: first === undefined ? 0 : (capacities[index] ?? 0) / (capacities[able] ?? 1),
          costPerHour,
          minReplicas: variant.minReplicas,
          maxReplicas: variant.maxReplicas,
        }));
        const work = first === undefined ? [0] : workByBin(arrivals, carryingOf(first.variant, capacities[able] ?? 0, meanShape(arrivals)), spanSeconds, scenario.durationSeconds);
        return leastCost(options, spansOf(work, spanSeconds, scenario.durationSeconds), attainment);
      }),
    ),
  }));
}

/** The last span is shorter where the load ends within it. */
function spansOf(work: readonly number[], spanSeconds: number, durationSeconds: number): LoadSpan[] {
  return work.map((load, index) => {
    const seconds = Math.min(spanSeconds, durationSeconds - index * spanSeconds);
    return { seconds, load: (load * spanSeconds) / seconds };
  });
}

export function allOf(source: { next(): Arrival | undefined }): Arrival[] {
  const arrivals: Arrival[] = [];
  for (let arrival = source.next(); arrival !== undefined; arrival = source.next()) arrivals.push(arrival);
  return arrivals;
}
