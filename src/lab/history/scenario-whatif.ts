import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PolicySet } from '../../model/index.ts';
import type { TraceSource } from '../../simulator/index.ts';
import { ourPolicy } from '../policies/ours/index.ts';
import type { RunResult } from '../runs/result.ts';
import type { ExperimentScenario } from '../scenario/scenario.ts';
import { capacitiesOf, runExperiment } from '../stage/index.ts';
import type { Figures } from './verdict.ts';

/** Means over seeds of how our engine did in a scenario. */
export interface PlayedPolicy extends Figures {
  readonly name: string;
  readonly seeds: number;
  readonly attainment: number;
  readonly replicaHours: number;
  readonly changes: number;
  readonly reversals: number;
}

export interface ScenarioWhatif {
  readonly scenario: ExperimentScenario;
  readonly policies: readonly { readonly name: string; readonly policy: PolicySet }[];
  /** Every policy meets the same load and the same luck with each. */
  readonly seeds: number;
  readonly traces?: TraceSource;
  readonly onRun?: (done: number, of: number) => void;
}

/**
 * Our own engine with several policies in a scenario of the laboratory. Closed loop: pods start and end as each decides, and
 * requests meet what there is then. A reversal counts as a flap here, for a scenario is as short as that.
 */
export async function playPolicies({ scenario, policies, seeds, traces, onRun }: ScenarioWhatif, signal: AbortSignal): Promise<PlayedPolicy[]> {
  const capacities = capacitiesOf(scenario, { traces });
  const played: PlayedPolicy[] = [];
  let done = 0;
  for (const [index, { name, policy: engine }] of policies.entries()) {
    const policy = ourPolicy({ name: `${'ab'[index] ?? index}: ${name}`, engine });
    const results: RunResult[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      // a run holds the thread; between two of them somebody may say that it is enough
      await nextTurn();
      signal.throwIfAborted();
      results.push(runExperiment({ scenario, policy, seed, capacities, ...(traces && { traces }) }));
      onRun?.(++done, seeds * policies.length);
    }
    const mean = (of: (scores: RunResult['scores']) => number): number => results.reduce((total, { scores }) => total + of(scores), 0) / seeds;
    played.push({
      name,
      seeds,
      requests: mean(({ requests }) => requests),
      misses: mean(({ requests, attainment }) => requests * (1 - attainment)),
      attainment: mean(({ attainment }) => attainment),
      money: mean(({ money }) => money),
      replicaHours: mean(({ replicaHours }) => replicaHours),
      changes: mean(({ changes }) => changes),
      reversals: mean(({ reversals }) => reversals),
      flaps: mean(({ reversals }) => reversals),
    });
  }
  return played;
}
