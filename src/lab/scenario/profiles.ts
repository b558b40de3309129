import { assert } from '../../base/index.ts';
import { findProfile } from '../../simulator/index.ts';
import type { NamedProfile } from '../../simulator/index.ts';
import { namedProfile } from './profile-file.ts';
import type { ScenarioVariant } from './scenario.ts';

/**
 * The serving profile of a variant: its own, or the shipped one that it names.
 * @throws when there is none of that name, which `readScenario` excludes.
 */
export function profileOf(variant: ScenarioVariant): NamedProfile {
  if (variant.ownProfile !== undefined) return namedProfile(variant.ownProfile, variant.profile);
  const profile = findProfile(variant.profile);
  assert(profile !== undefined, `Variant ${variant.name} names the serving profile ${variant.profile}, which does not exist.`);
  return profile;
}
