import { capacityAtSlo } from './capacity.ts';
import type { CapacityOptions } from './capacity.ts';
import type { ExperimentScenario } from '../scenario/scenario.ts';
import { stagedVariants } from './stage-variants.ts';
import type { StagedVariant } from './stage-variants.ts';

/** Requests per second that one replica of each variant (by key) carries within the SLOs. */
export type Capacities = Readonly<Record<string, number>>;

/** Measures them; they are remembered in the process, and can be handed to workers with a run. */
export function capacitiesOf(scenario: ExperimentScenario, options: CapacityOptions = {}): Capacities {
  const { durationSeconds } = scenario;
  return Object.fromEntries(stagedVariants(scenario).map(({ key, model, variant }) => [key, capacityAtSlo(model, variant, { durationSeconds, ...options })]));
}

/** Whether what is ready is less than the load of the moment needs, or more. */
export type Standing = 'under' | 'enough' | 'over';

/**
 * What is ready against a rate of arrivals. Over: one replica above its minimum could go and the rest would still carry the load. Where
 * prefill and decode are apart each side has to carry it by itself.
 */
export function standing(ratePerSecond: number, variants: readonly StagedVariant[], ready: (key: string) => number, capacities: Capacities): Standing {
  const sides = (['prefill', 'decode'] as const).map((side) => variants.filter(({ variant }) => variant.role === side || variant.role === 'both'));
  let over = false;
  for (const side of sides) {
    const carried = side.reduce((total, { key }) => total + ready(key) * (capacities[key] ?? 0), 0);
    if (carried < ratePerSecond) return 'under';
    over ||= side.some(({ key, variant }) => ready(key) > variant.minReplicas && carried - (capacities[key] ?? 0) >= ratePerSecond);
  }
  return over ? 'over' : 'enough';
}

/** Replicas of the variant that would carry the rate alone; `undefined` where one carries nothing within the SLOs. */
export function needOf(ratePerSecond: number, key: string, capacities: Capacities): number | undefined {
  const capacity = capacities[key] ?? 0;
  return capacity > 0 ? Math.ceil(ratePerSecond / capacity) : undefined;
}
