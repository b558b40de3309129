import { assert } from '../base/index.ts';
import type { ReasonCode, TrailStep } from '../model/index.ts';

/**
 * A step before anybody reads it: its sentence is put into words when it is asked for. A replay of a week makes millions of steps, and
 * people read a few of them.
 */
export interface TrailMark {
  readonly from: number;
  readonly to: number;
  readonly reason: ReasonCode;
  readonly sentence: () => string;
}

/** The way of one number through the stages; each step begins where the one before ended. */
export interface Trail {
  readonly steps: readonly TrailMark[];
  readonly at: number;
}

export function startAt(current: number): Trail {
  return { steps: [], at: current };
}

/** The trail with one step more. */
export function step(trail: Trail, to: number, reason: ReasonCode, sentence: () => string): Trail {
  if (!(Number.isInteger(to) && to >= 0)) assert(false, `A trail leads to whole numbers of replicas, and not to ${to} (${reason}).`);
  return { steps: [...trail.steps, { from: trail.at, to, reason, sentence }], at: to };
}

/** The steps in words, as plain data. */
export function written({ steps }: Trail): TrailStep[] {
  return steps.map(({ from, to, reason, sentence }) => ({ from, to, reason, sentence: sentence() }));
}

/** The reason that people are told: that of the last step that changed the number, else that of the first step. */
export function reasonOf({ steps }: Trail): ReasonCode {
  for (let index = steps.length - 1; index >= 0; index--) {
    const { from, to, reason } = steps[index] as TrailMark;
    if (from !== to) return reason;
  }
  return steps[0]?.reason ?? 'Steady';
}

/** `3 replicas`, `1 replica`. */
export function replicas(count: number): string {
  return count === 1 ? '1 replica' : `${count} replicas`;
}
