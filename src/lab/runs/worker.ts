import { loadTraces, type ExperimentScenario, type LoadedTraces } from '../scenario/index.ts';
import { capacitiesOf, checkFeasible, runExperiment } from '../stage/index.ts';
import type { PlannedRun } from './grid.ts';
import { keptResult } from './kept-result.ts';
import type { Prepared } from './lines.ts';
import { namedPolicy } from './named-policy.ts';
import type { RunResult } from './result.ts';

// What a worker thread does. A policy is code and cannot be sent to it, so it finds its own by name and settings.

/** What is the same for every run of a scenario is found out once, before them. */
export interface PrepareTask {
  readonly task: 'prepare';
  readonly scenario: ExperimentScenario;
  readonly traceFolders: readonly string[];
  readonly code: string;
}

export interface RunTask {
  readonly task: 'run';
  readonly run: PlannedRun;
}

export default function perform(task: PrepareTask | RunTask): RunResult | Prepared {
  return task.task === 'prepare' ? prepare(task) : play(task.run);
}

function prepare({ scenario, traceFolders, code }: PrepareTask): Prepared {
  const traces = tracesOf(scenario, traceFolders);
  const withTraces = traces === undefined ? {} : { traces: traces.trace };
  return {
    code,
    feasibility: checkFeasible(scenario, withTraces),
    capacities: capacitiesOf(scenario, withTraces),
    traceProblems: traces?.problems ?? [],
  };
}

function play({ scenario, traceFolders = [], policy, settings, seed, timeline, code, capacities }: PlannedRun): RunResult {
  const traces = tracesOf(scenario, traceFolders);
  return keptResult(runExperiment({
    scenario,
    policy: namedPolicy(policy, settings),
    seed,
    timeline,
    codeVersion: code,
    ...(traces !== undefined && { traces: traces.trace }),
    ...(capacities !== undefined && { capacities }),
  }));
}

/** The last traces that were read: runs of one scenario follow each other, and two of them in memory could be too many. */
let last: { readonly scenario: string; readonly folders: string; readonly traces: LoadedTraces } | undefined;

function tracesOf(scenario: ExperimentScenario, traceFolders: readonly string[]): LoadedTraces | undefined {
  if (!scenario.models.some(({ traffic }) => traffic.some(({ kind }) => kind === 'trace'))) return undefined;
  const folders = traceFolders.join('\n');
  if (last?.scenario !== scenario.name || last.folders !== folders) last = { scenario: scenario.name, folders, traces: loadTraces(scenario, traceFolders) };
  return last.traces;
}
