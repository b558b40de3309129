import type { RunLine } from './lines.ts';
import type { PlannedRun } from './grid.ts';
import type { RunResult } from './result.ts';
import { createForecast } from './forecast.ts';

/** A run that ended by a mistake in the laboratory or a policy. It is not kept, so it is tried again next time. */
export interface FailedRun {
  readonly run: PlannedRun;
  readonly error: unknown;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  /** Of the runs that are left, by what runs of the same scenario took; absent before the first one ended. */
  readonly secondsLeft?: number;
  /** What ended last. */
  readonly last?: RunLine;
}

export interface RunnerOptions {
  readonly runs: readonly PlannedRun[];
  /** Runs at the same time. */
  readonly jobs: number;
  /** Does one run. It must reject when the signal ends the whole. */
  perform(run: PlannedRun): Promise<RunResult>;
  /** Called with each result at once, in the order in which they end. */
  keep(line: RunLine): void;
  onProgress?(progress: Progress): void;
  /** Ends the whole: what runs is given up, what has ended is kept. */
  readonly signal: AbortSignal;
}

/** Does runs side by side, and keeps each result as soon as it is there. Never throws for a run. */
export async function performRuns(options: RunnerOptions): Promise<{ readonly done: number; readonly failed: readonly FailedRun[] }> {
  const { runs, signal } = options;
  const forecast = createForecast(runs, options.jobs);
  const failed: FailedRun[] = [];
  let done = 0;
  let next = 0;
  const report = (last?: RunLine): void => {
    const secondsLeft = forecast.secondsLeft();
    options.onProgress?.({ done, total: runs.length, failed: failed.length, ...(secondsLeft !== undefined && { secondsLeft }), ...(last !== undefined && { last }) });
  };
  const work = async (): Promise<void> => {
    for (;;) {
      const run = runs[next++];
      if (run === undefined || signal.aborted) return;
      try {
        const result = await options.perform(run);
        const { fingerprint, code, scenarioHash, policyHash } = run;
        const line: RunLine = { kind: 'run', ...result, fingerprint, code, scenarioHash, policyHash };
        options.keep(line);
        done++;
        forecast.ended(run, result.wallSeconds);
        report(line);
      } catch (error) {
        if (signal.aborted) return;
        failed.push({ run, error });
        forecast.ended(run);
        report();
      }
    }
  };
  report();
  await Promise.all(Array.from({ length: Math.min(options.jobs, runs.length) }, work));
  return { done, failed };
}
