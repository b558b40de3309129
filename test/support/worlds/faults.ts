import type { Fault, FaultKind } from './plan.ts';

/** Which faults are on, asked for at one time after another. */
export interface Faults {
  /** The first that is on now, of that kind and about that model. */
  on(kind: FaultKind, nowMs: number, model?: number): Fault | undefined;
  /** Those of that kind that begin in this step. */
  beginning(kind: FaultKind, fromMs: number, toMs: number): readonly Fault[];
}

export function createFaults(faults: readonly Fault[]): Faults {
  return {
    on: (kind, nowMs, model) => faults.find((fault) => fault.kind === kind && (model === undefined || fault.model === model) && fault.fromMs <= nowMs && nowMs < fault.untilMs),
    beginning: (kind, fromMs, toMs) => faults.filter((fault) => fault.kind === kind && fromMs <= fault.fromMs && fault.fromMs < toMs),
  };
}
