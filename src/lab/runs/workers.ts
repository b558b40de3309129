import { Tinypool } from 'tinypool';
import type { ExperimentScenario } from '../scenario/index.ts';
import type { Feasibility } from '../stage/index.ts';
import type { PlannedRun } from './grid.ts';
import type { RunResult } from './result.ts';
import type { FeasibilityTask, RunTask } from './worker.ts';

/** Threads that do runs. */
export interface Workers {
  perform(run: PlannedRun): Promise<RunResult>;
  judge(scenario: ExperimentScenario): Promise<Feasibility>;
  /** Ends the threads in the middle of what they do. */
  close(): Promise<void>;
}

/** @param count Threads; each plays one run at a time, on one core. */
export function startWorkers(count: number): Workers {
  const pool = new Tinypool({ filename: new URL('./worker.ts', import.meta.url).href, runtime: 'worker_threads', minThreads: count, maxThreads: count, isolateWorkers: false });
  const ask = async (task: RunTask | FeasibilityTask): Promise<unknown> => await pool.run(task);
  return {
    perform: async (run) => (await ask({ task: 'run', run })) as RunResult,
    judge: async (scenario) => (await ask({ task: 'feasibility', scenario })) as Feasibility,
    close: async () => {
      await pool.destroy();
    },
  };
}
