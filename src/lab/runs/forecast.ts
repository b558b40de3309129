import { mean, sum } from '../../base/index.ts';
import type { PlannedRun } from './grid.ts';

/** How long the rest takes: a run is expected to take what others of its scenario took, or what all took. */
export interface Forecast {
  ended(run: PlannedRun, wallSeconds?: number): void;
  /** `undefined` until one has ended. */
  secondsLeft(): number | undefined;
}

export function createForecast(runs: readonly PlannedRun[], jobs: number): Forecast {
  const left = new Map<string, number>();
  const took = new Map<string, number[]>();
  for (const { scenario } of runs) left.set(scenario.name, (left.get(scenario.name) ?? 0) + 1);
  return {
    ended({ scenario }, wallSeconds) {
      left.set(scenario.name, (left.get(scenario.name) ?? 1) - 1);
      if (wallSeconds !== undefined) took.set(scenario.name, [...(took.get(scenario.name) ?? []), wallSeconds]);
    },
    secondsLeft() {
      const overall = mean([...took.values()].flat());
      if (overall === undefined) return undefined;
      return sum([...left].map(([name, count]) => count * (mean(took.get(name) ?? []) ?? overall))) / jobs;
    },
  };
}
