import type { Policy } from '../policies/policy.ts';
import type { ExperimentScenario } from '../scenario/scenario.ts';

export interface ExperimentOptions {
  readonly scenario: ExperimentScenario;
  readonly policy: Policy;
  /** All chance of the run comes from it: load, start-up times, victims. Two policies with one seed meet the same load and the same luck. */
  readonly seed: number;
  /** Keeps the time line and what was decided. */
  readonly timeline?: boolean;
  /** Goes into the result's fingerprint, so that results of other code are run again. */
  readonly codeVersion?: string;
}
