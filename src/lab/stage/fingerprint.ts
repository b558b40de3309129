import { createHash } from 'node:crypto';
import type { Policy } from '../policies/policy.ts';
import type { ExperimentScenario } from '../scenario/scenario.ts';

/** Sixteen hex digits that change when the scenario, the policy's settings or the code do: results with another one are run again. */
export function fingerprintOf(scenario: ExperimentScenario, policy: Policy, codeVersion: string): string {
  const { name, settings, source } = policy;
  return createHash('sha256').update(JSON.stringify([scenario, { name, settings, source }, codeVersion])).digest('hex').slice(0, 16);
}
