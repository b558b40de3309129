import type { Batch } from './schedule.ts';

/** A batch under way. Iteration i of it takes `firstMs + i × stepMs`: each decoded token stays resident. */
export interface Run {
  readonly batch: Batch;
  startMs: number;
  firstMs: number;
  readonly stepMs: number;
  iterations: number;
  cancel: (() => void) | undefined;
}

export function duration(run: Run, iterations: number): number {
  return iterations * run.firstMs + (run.stepMs * iterations * (iterations - 1)) / 2;
}

/** How many whole iterations of a run end by `atMs`, of the first `most`. */
export function finishedBy(run: Run, atMs: number, most: number): number {
  if (run.startMs + run.firstMs > atMs) return 0;
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (run.startMs + duration(run, middle) <= atMs) low = middle;
    else high = middle - 1;
  }
  return low;
}
