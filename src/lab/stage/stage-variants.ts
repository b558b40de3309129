import type { NamedProfile } from '../../simulator/index.ts';
import { profileOf } from '../scenario/index.ts';
import type { ExperimentScenario } from '../scenario/index.ts';
import type { StageVariant } from './policy-stage.ts';

/** A variant of the stage with what serves in its pods. */
export interface StagedVariant extends StageVariant {
  readonly modelIndex: number;
  readonly profile: NamedProfile;
}

export function stagedVariants(scenario: ExperimentScenario): readonly StagedVariant[] {
  return scenario.models.flatMap((model, modelIndex) =>
    model.variants.map((variant): StagedVariant => {
      const profile = profileOf(variant);
      const { acceleratorsPerReplica, serving } = profile;
      const costPerHour = variant.costPerHour ?? profile.costPerHour;
      return { key: `${modelIndex}/${variant.name}`, modelIndex, model, variant, profile, accelerator: serving.accelerator, acceleratorsPerReplica, costPerHour };
    }),
  );
}

/** A fault names a variant by its name, or by `model index/name` where several models have one of that name. */
export function faultHits(named: string, key: string): boolean {
  return named === key || key.slice(key.indexOf('/') + 1) === named;
}
