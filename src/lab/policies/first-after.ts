import type { PolicyStage } from '../stage/policy-stage.ts';

/** When a loop first runs: somewhere in its period, by chance, since parts of a cluster do not start together. Milliseconds. */
export function firstAfter(stage: PolicyStage, loop: string, periodMs: number): number {
  return 1 + Math.floor(stage.random.fork(`phase/${loop}`).next() * periodMs);
}
