import { clairvoyantCurve, informedRules } from '../bounds/index.ts';
import type { ExperimentScenario } from '../scenario/scenario.ts';
import { aibrixLaws } from './aibrix/index.ts';
import { dynamoLaws } from './dynamo/index.ts';
import { hpaLaw } from './hpa/index.ts';
import { kedaLaws } from './keda/index.ts';
import { knativeLaw } from './knative/index.ts';
import { kthenaLaws } from './kthena/index.ts';
import { PolicyError } from './law.ts';
import type { LawSettings, PolicyKind } from './law.ts';
import { nearNames } from './near-names.ts';
import { ourPolicies } from './ours/index.ts';
import type { Policy } from './policy.ts';
import { sloAwareLaw } from './slo-aware/index.ts';
import { staticFleet } from './static.ts';
import { tokenAwareLaw } from './token-aware/index.ts';
import { tunedPolicies } from './tuned.ts';
import { wvaReleasedLaws } from './wva-released/index.ts';

export { defineLaw, PolicyError } from './law.ts';
export type { LawSettings, PolicyKind } from './law.ts';
export { nearNames } from './near-names.ts';
export { knowsMore } from './policy.ts';
export type { Policy, PolicyFamily } from './policy.ts';
export { staticFleet } from './static.ts';
export { shippedSweep, tunedPolicies } from './tuned.ts';
export type { SweepOutcome, SweepRecord } from './tuned.ts';

const kinds: readonly PolicyKind[] = [
  hpaLaw,
  ...kedaLaws,
  tokenAwareLaw,
  sloAwareLaw,
  knativeLaw,
  ...aibrixLaws,
  ...dynamoLaws,
  ...kthenaLaws,
  ...wvaReleasedLaws,
];

/** Every published law, static fleets apart. */
export function policyKinds(): readonly PolicyKind[] {
  return kinds;
}

/**
 * Every policy: static fleets, the published laws, those with settings that a sweep found better, ours, and
 * plans that know the future.
 *
 * @param scenario Leaves out what refuses it, and gives static fleets of every size that it allows; without one, of 1 to 8.
 */
export function policies(scenario?: ExperimentScenario): readonly Policy[] {
  const variants = scenario?.models.flatMap((model) => model.variants);
  const largest = Math.max(...(variants?.map(({ maxReplicas }) => maxReplicas) ?? [8]));
  const least = Math.max(1, Math.min(...(variants?.map(({ minReplicas }) => minReplicas) ?? [1])));
  const fleets = Array.from({ length: largest - least + 1 }, (_, index) => staticFleet(least + index).create());
  const all = [...fleets, ...named()];
  return scenario === undefined ? all : all.filter((policy) => policy.refuses(scenario) === undefined);
}

/**
 * @param name As `policies` gives them; `static-N` with any N.
 * @param settings Other numbers than its own.
 * @throws PolicyError with names that are near.
 */
export function findPolicy(name: string, settings: LawSettings = {}): Policy {
  const fleet = /^static-(\d{1,4})$/.exec(name);
  if (fleet !== null) return staticFleet(Number(fleet[1])).create(settings);
  const kind = kinds.find((each) => each.name === name);
  if (kind !== undefined) return kind.create(settings);
  const all = named();
  const policy = all.find((each) => each.name === name);
  if (policy === undefined) {
    const names = all.map((each) => each.name);
    const near = nearNames(name, names);
    throw new PolicyError(
      near.length > 0 ? `there is no policy ${name}; near to it: ${near.join(', ')}` : `there is no policy ${name}; there are static-N, ${names.join(', ')}`,
    );
  }
  if (Object.keys(settings).length > 0) {
    const law = name.replace(/-tuned$/, '');
    throw new PolicyError(`the settings of ${name} are fixed; ${law === name ? 'only those of published laws can be changed' : `change those of ${law}, the published law`}`);
  }
  return policy;
}

function named(): readonly Policy[] {
  return [...kinds.map((kind) => kind.create()), ...tunedPolicies(kinds), ...ourPolicies(), ...clairvoyantCurve(), ...informedRules()];
}
