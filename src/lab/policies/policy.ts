import type { ExperimentScenario } from '../scenario/scenario.ts';
import type { PolicyStage } from '../stage/policy-stage.ts';

/** Where a law comes from. */
export type PolicyFamily = 'static' | 'peer' | 'ours' | 'bound' | 'informed';

/** Plans that know the future and rules that know the whole present are what is held against, and nobody's policy. */
export function knowsMore(family: PolicyFamily): boolean {
  return family === 'bound' || family === 'informed';
}

/** A way to decide replicas: a published law with its own periods, windows, delays and limits, or ours. */
export interface Policy {
  /** `static-8`, `slo-aware`, `wva`. */
  readonly name: string;
  readonly family: PolicyFamily;
  /** One line for tables. */
  readonly title: string;
  /** Where the law and its settings are published, and what was taken otherwise and why. */
  readonly source: string;
  /** Every number of the law, by name with unit, so that a report shows them and a sweep can change them. */
  readonly settings: Readonly<Record<string, number>>;
  /** Why it cannot run a scenario (no router metrics there, one variant only...); `undefined` when it can. */
  refuses(scenario: ExperimentScenario): string | undefined;
  /** Sets it going on a stage, at simulated time 0, after the first pods are ready. */
  begin(stage: PolicyStage): void;
}
