import type { Policy } from '../policies/index.ts';
import type { ExperimentScenario } from '../scenario/scenario.ts';
import type { Capacities } from '../stage/index.ts';
import { fingerprint } from './fingerprint.ts';
import type { PolicyLine, RefusalLine, ScenarioLine } from './lines.ts';
import { isInShard, type Shard } from './shard.ts';

/** One run that is to be done: plain data, so that it can go to a worker. */
export interface PlannedRun {
  readonly scenario: ExperimentScenario;
  readonly scenarioHash: string;
  /** Name of the law; with settings of its own the result carries a longer one. */
  readonly policy: string;
  /** Where they differ from the policy's own. */
  readonly settings: Readonly<Record<string, number>>;
  readonly policyHash: string;
  readonly seed: number;
  readonly fingerprint: string;
  readonly code: string;
  /** Whether the time line and decisions are kept. */
  readonly timeline: boolean;
  /** Where its trace files are looked for; nowhere unless told. */
  readonly traceFolders?: readonly string[];
  /** What one replica of each variant carries, where it was measured before. */
  readonly capacities?: Capacities;
}

export interface Grid {
  /** Seed by seed, so that a sweep that ends early has all pairs with fewer seeds, not few pairs with all. */
  readonly runs: readonly PlannedRun[];
  readonly refusals: readonly RefusalLine[];
  readonly scenarios: readonly ScenarioLine[];
  readonly policies: readonly PolicyLine[];
}

export interface ChosenPolicy {
  readonly law: string;
  readonly settings: Readonly<Record<string, number>>;
  readonly policy: Policy;
}

export interface GridOptions {
  readonly scenarios: readonly {
    readonly scenario: ExperimentScenario;
    readonly traceFolders?: readonly string[];
    /** Fingerprint of what it plays from there. */
    readonly traces?: string;
  }[];
  /** The policies of each scenario. */
  policies(scenario: ExperimentScenario): readonly ChosenPolicy[];
  readonly seeds: readonly number[];
  /** Fingerprint of the sources. */
  readonly code: string;
  readonly shard?: Shard;
  /** Time lines of every seed, and not of the first one alone. */
  readonly timelines?: boolean;
}

/** Every scenario with every policy and seed; pairs that a policy refuses are said instead. */
export function planGrid(options: GridOptions): Grid {
  const runs: PlannedRun[] = [];
  const refusals: RefusalLine[] = [];
  const scenarios: ScenarioLine[] = [];
  const policies = new Map<string, PolicyLine>();
  for (const { scenario, traces, traceFolders } of options.scenarios) {
    const scenarioHash = fingerprint({ scenario, traces });
    scenarios.push({ kind: 'scenario', hash: scenarioHash, scenario });
    for (const { law, settings, policy } of options.policies(scenario)) {
      const { name, family, title, source } = policy;
      const policyHash = fingerprint({ name, settings: policy.settings });
      policies.set(policyHash, { kind: 'policy', hash: policyHash, policy: { name, family, title, source, settings: policy.settings } });
      const why = policy.refuses(scenario);
      if (why !== undefined) {
        refusals.push({ kind: 'refusal', scenario: scenario.name, policy: name, why });
        continue;
      }
      for (const [index, seed] of options.seeds.entries()) {
        if (options.shard !== undefined && !isInShard(`${scenario.name}/${name}/${seed}`, options.shard)) continue;
        runs.push({
          scenario,
          scenarioHash,
          policy: law,
          settings,
          policyHash,
          seed,
          fingerprint: fingerprint({ scenarioHash, policyHash, seed, code: options.code }),
          code: options.code,
          timeline: options.timelines === true || index === 0,
          ...(traceFolders !== undefined && { traceFolders }),
        });
      }
    }
  }
  const order = new Map(options.seeds.map((seed, index) => [seed, index]));
  return { runs: runs.toSorted((a, b) => (order.get(a.seed) ?? 0) - (order.get(b.seed) ?? 0)), refusals, scenarios, policies: [...policies.values()] };
}
