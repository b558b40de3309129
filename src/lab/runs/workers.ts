import { Tinypool } from 'tinypool';
import type { ExperimentScenario } from '../scenario/index.ts';
import type { PlannedRun } from './grid.ts';
import type { Prepared } from './lines.ts';
import type { RunResult } from './result.ts';
import type { PrepareTask, RunTask } from './worker.ts';

/** Threads that do runs. */
export interface Workers {
  perform(run: PlannedRun): Promise<RunResult>;
  /** Whether the scenario's SLOs can be met, and what its replicas carry. */
  prepare(scenario: ExperimentScenario, traceFolders: readonly string[], code: string): Promise<Prepared>;
  /** Ends the threads in the middle of what they do. */
  close(): Promise<void>;
}

/** @param count Threads; each plays one run at a time, on one core. */
export function startWorkers(count: number): Workers {
  const pool = new Tinypool({ filename: new URL('./worker.ts', import.meta.url).href, runtime: 'worker_threads', minThreads: count, maxThreads: count, isolateWorkers: false });
  const ask = async (task: RunTask | PrepareTask): Promise<unknown> => await pool.run(task);
  return {
    perform: async (run) => (await ask({ task: 'run', run })) as RunResult,
    prepare: async (scenario, traceFolders, code) => (await ask({ task: 'prepare', scenario, traceFolders, code })) as Prepared,
    close: async () => {
      await pool.destroy();
    },
  };
}
