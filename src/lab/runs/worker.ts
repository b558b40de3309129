import { checkFeasible, runExperiment, type Feasibility } from '../stage/index.ts';
import type { ExperimentScenario } from '../scenario/index.ts';
import type { PlannedRun } from './grid.ts';
import { namedPolicy } from './named-policy.ts';
import type { RunResult } from './result.ts';

// What a worker thread does. A policy is code and cannot be sent to it, so it finds its own by name and settings.

/** Whether a generous static fleet meets the scenario's SLOs. */
export interface FeasibilityTask {
  readonly task: 'feasibility';
  readonly scenario: ExperimentScenario;
}

export interface RunTask {
  readonly task: 'run';
  readonly run: PlannedRun;
}

export default function perform(task: FeasibilityTask | RunTask): RunResult | Feasibility {
  if (task.task === 'feasibility') return checkFeasible(task.scenario);
  const { scenario, policy, settings, seed, timeline, code } = task.run;
  return runExperiment({ scenario, policy: namedPolicy(policy, settings), seed, timeline, codeVersion: code });
}
