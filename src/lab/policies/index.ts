import type { ExperimentScenario } from '../scenario/scenario.ts';
import { PolicyError } from './law.ts';
import type { LawSettings, PolicyKind } from './law.ts';
import type { Policy } from './policy.ts';
import { staticFleet } from './static.ts';

export { defineLaw, PolicyError } from './law.ts';
export type { Law, LawSettings, PolicyKind } from './law.ts';
export type { Policy, PolicyFamily } from './policy.ts';

const kinds: readonly PolicyKind[] = [];

/** Every law that there is, static fleets apart. */
export function policyKinds(): readonly PolicyKind[] {
  return kinds;
}

/**
 * Every policy, static fleets of the scenario's own sizes among them.
 *
 * @param scenario Leaves out what refuses it; without one, static fleets of 1 to 8.
 */
export function policies(scenario?: ExperimentScenario): readonly Policy[] {
  const sizes = scenario?.models.flatMap(({ variants }) => variants.map(({ maxReplicas }) => maxReplicas)) ?? [8];
  const largest = Math.max(...sizes);
  const fleets = Array.from({ length: largest }, (_, index) => staticFleet(index + 1).create());
  const all = [...fleets, ...kinds.map((kind) => kind.create())];
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
  throw new PolicyError(`there is no policy ${name}; there are static-N, ${kinds.map((each) => each.name).join(', ')}`);
}
