import { Tinypool } from 'tinypool';
import type { PlannedRun } from './grid.ts';
import type { RunResult } from './result.ts';

/** Threads that do runs. */
export interface Workers {
  perform(run: PlannedRun): Promise<RunResult>;
  /** Ends the threads in the middle of what they do. */
  close(): Promise<void>;
}

/** @param count Threads; each plays one run at a time, on one core. */
export function startWorkers(count: number): Workers {
  const pool = new Tinypool({ filename: new URL('./worker.ts', import.meta.url).href, runtime: 'worker_threads', minThreads: count, maxThreads: count, isolateWorkers: false });
  return {
    perform: async (run) => (await pool.run(run)) as RunResult,
    close: async () => {
      await pool.destroy();
    },
  };
}
