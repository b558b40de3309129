import { assert } from '../base/index.ts';
import type { ReasonCode, TrailStep } from '../model/index.ts';

/** The way of one number through the stages; each step begins where the one before ended. */
export interface Trail {
  readonly steps: readonly TrailStep[];
  readonly at: number;
}

export function startAt(current: number): Trail {
  return { steps: [], at: current };
}

/** The trail with one step more. */
export function step(trail: Trail, to: number, reason: ReasonCode, sentence: string): Trail {
  assert(Number.isInteger(to) && to >= 0, `A trail leads to whole numbers of replicas, and not to ${to} (${reason}).`);
  return { steps: [...trail.steps, { from: trail.at, to, reason, sentence }], at: to };
}

/** The reason that people are told: that of the last step that changed the number, else that of the first step. */
export function reasonOf(trail: Trail): ReasonCode {
  return (trail.steps.findLast(({ from, to }) => from !== to) ?? trail.steps[0])?.reason ?? 'Steady';
}

/** `3 replicas`, `1 replica`. */
export function replicas(count: number): string {
  return count === 1 ? '1 replica' : `${count} replicas`;
}
