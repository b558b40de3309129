import type { Decision, Memory } from './decision.ts';
import type { Emission } from './emission.ts';
import type { Observation } from './observation.ts';
import type { PolicySet } from './policy-set.ts';

/** One cycle, whole: enough to decide it again on another machine. */
export interface CycleRecord {
  readonly atMs: number;
  readonly observation: Observation;
  readonly policy: PolicySet;
  readonly memory: Memory;
  readonly decisions: readonly Decision[];
  readonly emission: Emission;
}
