import { groupBy, mean } from '../../base/index.ts';
import type { PolicyFamily } from '../policies/index.ts';
import type { Outcome, Results, RunResult } from '../runs/index.ts';
import type { ExperimentScenario } from '../scenario/index.ts';

/** All runs of one policy in one scenario. */
export interface PlayedPolicy {
  readonly policy: string;
  readonly family: PolicyFamily;
  readonly runs: readonly RunResult[];
}

/** What is known of one scenario: our runs, and those of everybody else. */
export interface PlayedScenario {
  readonly scenario: ExperimentScenario;
  readonly ours: readonly RunResult[];
  readonly others: readonly PlayedPolicy[];
}

/** The policy that is judged: the one that goes the whole way, through Prometheus, the external metrics API and an HPA, and is told nothing beforehand. */
export const judgedPolicy = 'wva';

/**
 * Sorts results by scenario, and ours from those of others. Other variants of ours are left out: they are not what is judged, and no other system.
 *
 * @param scenarios With the hash under which they were played: runs of another version do not count.
 * @param seeds Runs with others do not count.
 */
export function playedScenarios({ runs, policies }: Results, scenarios: readonly { readonly hash: string; readonly scenario: ExperimentScenario }[], seeds: readonly number[]): readonly PlayedScenario[] {
  const families = new Map([...policies.values()].map(({ policy: { name, family } }) => [name, family]));
  const wanted = new Set(seeds);
  const byHash = groupBy(runs.filter(({ seed }) => wanted.has(seed)), ({ scenarioHash }) => scenarioHash);
  return scenarios.map(({ hash, scenario }) => {
    const own = [...groupBy(byHash.get(hash) ?? [], ({ policy }) => policy)];
    return {
      scenario,
      ours: own.find(([policy]) => policy === judgedPolicy)?.[1] ?? [],
      others: own.flatMap(([policy, its]) => {
        const family = families.get(policy);
        return family === undefined || family === 'ours' ? [] : [{ policy, family, runs: its }];
      }),
    };
  });
}

/** Means over runs; `undefined` for none. */
export function meanOutcome(runs: readonly RunResult[]): Outcome | undefined {
  const money = mean(runs.map(({ scores }) => scores.money));
  const attainment = mean(runs.map(({ scores }) => scores.attainment));
  return money === undefined || attainment === undefined ? undefined : { money, attainment };
}

/** The runs with seeds that the others have too. */
export function withSeedsOf(runs: readonly RunResult[], others: readonly RunResult[]): readonly RunResult[] {
  const seeds = new Set(others.map(({ seed }) => seed));
  return runs.filter(({ seed }) => seeds.has(seed));
}
