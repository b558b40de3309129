import { groupBy, sum } from '../../base/index.ts';
import type { ExperimentScenario, ScenarioModel } from '../scenario/index.ts';
import type { Capacities } from '../stage/index.ts';

/** A scenario from which all variants of one role but one were taken. */
export interface OneVariant {
  /** Name of the variant that stays. */
  readonly variant: string;
  readonly scenario: ExperimentScenario;
}

/**
 * The scenario as those meet it who use one of the variants only: one for each of several variants of one role of a model. The one that stays begins with as
 * many replicas as carry what all began with, keeps at least one where any had to, and may have as many as carry what all may. None for a scenario without choice.
 *
 * @param capacities Requests per second that a replica carries within the SLOs, by `model index/variant name`.
 */
export function oneVariantScenarios(scenario: ExperimentScenario, capacities: Capacities): readonly OneVariant[] {
  return scenario.models.flatMap((model, index) =>
    [...groupBy(model.variants, ({ role }) => role).values()]
      .filter((variants) => variants.length > 1)
      .flatMap((variants) => variants.map(({ name }) => ({
        variant: name,
        scenario: {
          ...scenario,
          name: `${scenario.name}-only-${name}`,
          title: `${scenario.title}: ${name} only`,
          models: scenario.models.map((each) => (each === model ? { ...model, variants: withOnly(model, name, (variant) => capacities[`${index}/${variant}`] ?? 0) } : each)),
        },
      }))),
  );
}

function withOnly({ variants }: ScenarioModel, name: string, carries: (variant: string) => number): ScenarioModel['variants'] {
  const kept = variants.find((variant) => variant.name === name);
  if (kept === undefined) return variants;
  const all = variants.filter(({ role }) => role === kept.role);
  const capacity = carries(name);
  // a hair less: 3 x 4 / 12 is 1
  const enough = (count: (variant: ScenarioModel['variants'][number]) => number): number =>
    capacity > 0 ? Math.ceil(sum(all.map((variant) => count(variant) * carries(variant.name))) / capacity - 1e-9) : Math.max(...all.map(count));
  const maxReplicas = Math.max(kept.maxReplicas, enough((variant) => variant.maxReplicas));
  const minReplicas = all.some((variant) => variant.minReplicas > 0) ? Math.max(1, kept.minReplicas) : 0;
  const { staticReplicas: _, ...rest } = kept;
  const only = { ...rest, minReplicas, maxReplicas, initialReplicas: Math.max(minReplicas, enough((variant) => variant.initialReplicas)) };
  return variants.flatMap((variant) => (variant === kept ? [only] : variant.role === kept.role ? [] : [variant]));
}
