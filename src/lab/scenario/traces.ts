import { readTrace } from '../../simulator/index.ts';
import type { TraceProblem, TraceRecords, TraceSource } from '../../simulator/index.ts';
import type { ExperimentScenario } from './scenario.ts';

/** The traces of a scenario, read. */
export interface LoadedTraces {
  /** For `openWorkload`. */
  readonly trace: TraceSource;
  readonly records: readonly TraceRecords[];
  /** Lines that could not be used as they are. */
  readonly problems: readonly TraceProblem[];
}

/** Why a scenario cannot be run: a trace that is in none of the folders, and where to get it. `undefined` when it can. */
export function unavailable(_scenario: ExperimentScenario, _folders: readonly string[]): string | undefined {
  return undefined;
}

/**
 * Reads the traces that a scenario plays.
 * @throws when one is in none of the folders; `unavailable` says so before.
 */
export function loadTraces(_scenario: ExperimentScenario, _folders: readonly string[]): LoadedTraces {
  return { trace: (file, format) => readTrace('', format, file), records: [], problems: [] };
}
