import type { Arrival } from '../../simulator/index.ts';
import type { ScenarioVariant } from '../scenario/scenario.ts';
import type { PolicyStage, StageVariant } from '../stage/policy-stage.ts';
import { cheapestFirst, cheapestMix } from './cheapest-mix.ts';
import { carryingOf, meanShape, workByBin } from './known-load.ts';

/** Work is counted in bins of so many seconds. */
export const binSeconds = 5;
/** Beyond the mean start-up time, in standard deviations: pods are asked for early enough that 98 of 100 are ready in time. */
const leadDeviations = 2;

/** What a plan makes of the work that comes. */
export interface Planning {
  /** Replicas' worth of work that each bin is to carry, in the first able variant's, of the work that comes in each bin. */
  carried(work: readonly number[]): readonly number[];
  /** The most replicas of a variant that a bin may have. */
  most(variant: ScenarioVariant, bin: number): number;
  /** Fills the cheapest replicas first, instead of taking the cheapest mix of variants. */
  readonly cheapestFirst?: boolean;
}

/** Seconds before it is needed that a pod is asked for. */
export function leadSeconds({ startup: { meanSeconds, standardDeviationSeconds } }: ScenarioVariant): number {
  return meanSeconds + leadDeviations * standardDeviationSeconds;
}

/**
 * Replicas for every bin of the load, by the variants that do the same for a model. Knows all requests and what a replica carries. Models of higher priority come first
 * where accelerators are scarce. When the load has ended the least replicas are asked for.
 */
export function planned(stage: PolicyStage, planning: Planning, follow: (variants: readonly StageVariant[], counts: readonly (readonly number[])[]) => void): void {
  const free = freeAccelerators(stage);
  const models = stage.scenario.models.map((model, index) => ({ model, index })).toSorted((a, b) => b.model.priority - a.model.priority || a.index - b.index);
  for (const { model, index } of models) {
    const arrivals = allOf(stage.foresee(index));
    for (const role of ['both', 'prefill', 'decode'] as const) {
      const variants = stage.variants.filter((one) => one.model === model && one.variant.role === role);
      if (variants.length === 0) continue;
      follow(variants, countsOf(stage, variants, arrivals, planning, free));
      for (const { key, variant } of variants) stage.after(stage.scenario.durationSeconds * 1000, () => setReplicas(stage, key, variant.minReplicas, 'the load has ended'));
    }
  }
}

export function setReplicas(stage: PolicyStage, variant: string, to: number, why: string): void {
  const from = stage.replicas(variant).spec;
  if (from !== to) stage.scale({ variant, from, to, why });
}

function allOf(source: { next(): Arrival | undefined }): Arrival[] {
  const arrivals: Arrival[] = [];
  for (let arrival = source.next(); arrival !== undefined; arrival = source.next()) arrivals.push(arrival);
  return arrivals;
}

/** Accelerators left in each bin, by name; absent where there is no limit. */
function freeAccelerators(stage: PolicyStage): ReadonlyMap<string, number[]> {
  const bins = Math.ceil(stage.scenario.durationSeconds / binSeconds);
  return new Map(Object.entries(stage.scenario.accelerators).map(([name, count]) => [name, Array.from({ length: bins }, () => count)]));
}

/** Replicas of each variant that each bin calls for. Takes their accelerators. */
function countsOf(stage: PolicyStage, variants: readonly StageVariant[], arrivals: readonly Arrival[], planning: Planning, free: ReadonlyMap<string, number[]>): number[][] {
  const capacities = variants.map(({ key }) => stage.capacity(key));
  const able = variants.findIndex((_, index) => (capacities[index] ?? 0) > 0);
  const first = variants[able];
  // nothing carries anything within the SLOs: all there is, all the time
  if (first === undefined) return [variants.map(({ variant }) => variant.maxReplicas)];
  const reference = carryingOf(first.variant, capacities[able] ?? 0, meanShape(arrivals));
  // work in replicas of that variant; the others carry so many times as much
  return planning.carried(workByBin(arrivals, reference, binSeconds, stage.scenario.durationSeconds)).map((replicas, bin) => {
    const options = variants.map(({ variant, accelerator, acceleratorsPerReplica, costPerHour }, index) => {
      const left = Math.floor((free.get(accelerator)?.[bin] ?? Infinity) / acceleratorsPerReplica);
      const maxReplicas = Math.min(planning.most(variant, bin), left);
      return { carries: (capacities[index] ?? 0) / reference.requestsPerSecond, costPerHour, minReplicas: Math.min(variant.minReplicas, maxReplicas), maxReplicas };
    });
    const counts = (planning.cheapestFirst === true ? cheapestFirst : cheapestMix)(options, replicas);
    for (const [index, { accelerator, acceleratorsPerReplica }] of variants.entries()) {
      const left = free.get(accelerator);
      if (left !== undefined) left[bin] = Math.max(0, (left[bin] ?? 0) - (counts[index] ?? 0) * acceleratorsPerReplica);
    }
    return counts;
  });
}
