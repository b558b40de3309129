import { findProfile } from '../../simulator/index.ts';
import type { NamedProfile } from '../../simulator/index.ts';
import type { ExperimentScenario, ScenarioVariant } from '../scenario/scenario.ts';
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

/** @throws when there is no such profile; reading a scenario finds it before. */
export function profileOf(variant: ScenarioVariant): NamedProfile {
  const profile = findProfile(variant.profile);
  if (profile === undefined) throw new Error(`Variant ${variant.name} names the serving profile ${variant.profile}, which does not exist.`);
  return profile;
}

/** A fault names a variant by its name, or by `model index/name` where several models have one of that name. */
export function faultHits(named: string, key: string): boolean {
  return named === key || key.slice(key.indexOf('/') + 1) === named;
}
