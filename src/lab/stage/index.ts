import type { RunResult } from '../runs/result.ts';
import type { ExperimentScenario, ScenarioModel, ScenarioVariant } from '../scenario/scenario.ts';
import type { ExperimentOptions } from './run-options.ts';

export type { ExperimentOptions } from './run-options.ts';

/** Plays one scenario under one policy with one seed on simulated time, and scores it. */
export function runExperiment(options: ExperimentOptions): RunResult {
  throw new Error(`The stage cannot play ${options.scenario.name} yet.`);
}

/** Requests a second that one replica carries within the SLOs. */
export function capacityAtSlo(model: ScenarioModel, variant: ScenarioVariant, attainment = 0.99): number {
  throw new Error(`The stage cannot measure ${model.id} on ${variant.profile} at ${attainment} yet.`);
}

export interface Feasibility {
  readonly feasible: boolean;
  readonly staticReplicas: number;
  readonly attainment: number;
  /** What is missed, and why more replicas do not help; absent where it is feasible. */
  readonly why?: string;
}

/** Whether a generous static fleet meets the scenario's SLOs. */
export function checkFeasible(scenario: ExperimentScenario): Feasibility {
  throw new Error(`The stage cannot judge ${scenario.name} yet.`);
}
