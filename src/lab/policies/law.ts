import type { ExperimentScenario } from '../scenario/scenario.ts';
import type { PolicyStage } from '../stage/policy-stage.ts';
import type { Policy, PolicyFamily } from './policy.ts';

/** Numbers of a law, by name with unit. */
export type LawSettings = Readonly<Record<string, number>>;

/** A published law, written once: what documents, reports, the sweep and the stage need of it. */
export interface Law<S extends LawSettings> {
  readonly name: string;
  readonly family: PolicyFamily;
  /** One line for tables. */
  readonly title: string;
  /** Where the law and its settings are published. */
  readonly source: string;
  /** The law in symbols, one step a line. */
  readonly formula: readonly string[];
  /** What the source leaves open, and what was taken. */
  readonly assumed: readonly string[];
  /** As published. */
  readonly settings: S;
  /** One clause for each setting, with its unit. */
  readonly meaning: { readonly [K in keyof S]: string };
  /** Values that the sweep tries: every combination. Settings that are not named stay. */
  readonly sweep?: { readonly [K in keyof S]?: readonly number[] };
  refuses?(scenario: ExperimentScenario, settings: S): string | undefined;
  begin(stage: PolicyStage, settings: S): void;
}

/** A law that can be played with its own settings or with others. */
export interface PolicyKind extends Omit<Law<LawSettings>, 'refuses' | 'begin'> {
  /**
   * @param changed Settings that are other than published.
   * @param name Name of the policy where it is not the law's own.
   * @throws PolicyError when the law has no such setting.
   */
  create(changed?: LawSettings, name?: string): Policy;
}

/** A policy or a setting that does not exist. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

export function defineLaw<S extends LawSettings>(law: Law<S>): PolicyKind {
  const create: PolicyKind['create'] = (changed = {}, name = law.name) => {
    const unknown = Object.keys(changed).filter((key) => !(key in law.settings));
    if (unknown.length > 0) {
      throw new PolicyError(`policy ${law.name} has no setting ${unknown.join(', ')}; it has ${Object.keys(law.settings).join(', ') || 'none'}`);
    }
    const impossible = Object.keys(changed).filter((key) => (changed[key] ?? 0) < 0 && (law.settings[key] ?? 0) >= 0);
    if (impossible.length > 0) throw new PolicyError(`policy ${law.name} cannot have ${impossible.map((key) => `${key}=${changed[key]}`).join(', ')}; expected at least 0`);
    const settings: S = { ...law.settings, ...changed };
    return {
      name,
      family: law.family,
      title: law.title,
      source: law.source,
      settings,
      refuses: (scenario) => law.refuses?.(scenario, settings),
      begin: (stage) => {
        law.begin(stage, settings);
      },
    };
  };
  return { ...law, create };
}
