import { findProfile } from '../../simulator/index.ts';
import type { NamedProfile } from '../../simulator/index.ts';
import type { ExperimentScenario, ScenarioVariant } from './scenario.ts';

/**
 * The serving profile of a variant: one of the scenario's own, or a shipped one.
 * @throws when there is none of that name, which `readScenario` has excluded.
 */
export function profileOf(_scenario: ExperimentScenario, variant: ScenarioVariant): NamedProfile {
  const profile = findProfile(variant.profile);
  if (profile === undefined) throw new Error(`There is no serving profile ${variant.profile}.`);
  return profile;
}
