import { mean } from '../../base/index.ts';
import type { LawSettings, PolicyKind, SweepOutcome, SweepRecord } from '../policies/index.ts';
import type { RunResult } from '../runs/index.ts';
import type { ExperimentScenario } from '../scenario/index.ts';
import { scoreOf } from './objective.ts';
import { searchSettings } from './search.ts';

/** Plays one scenario once, under a policy with settings other than its own. */
export type Play = (scenario: ExperimentScenario, policy: string, settings: LawSettings, seed: number) => Promise<RunResult>;

export interface SweepOptions {
  readonly kind: PolicyKind;
  /** With the money of the static fleet that their SLOs need. */
  readonly scenarios: readonly { readonly scenario: ExperimentScenario; readonly staticMoney: number }[];
  readonly seeds: readonly number[];
  readonly play: Play;
  /** Day, YYYY-MM-DD. */
  readonly on: string;
  readonly rounds?: number;
  /** What an earlier sweep found best. */
  readonly known?: LawSettings | undefined;
  readonly onJudged?: (outcome: SweepOutcome) => void;
}

/**
 * Looks for settings of one law that are better than the published ones.
 *
 * @returns `undefined` where the law has nothing to sweep, or refuses every scenario.
 */
export async function sweepPolicy({ kind, scenarios, seeds, play, on, rounds = 3, known, onJudged }: SweepOptions): Promise<SweepRecord['policies'][number] | undefined> {
  const { name, sweep = {} } = kind;
  const verdicts = scenarios.map((each) => ({ ...each, why: kind.create().refuses(each.scenario) }));
  const played = verdicts.filter(({ why }) => why === undefined);
  if (played.length === 0 || Object.keys(sweep).length === 0) return undefined;

  async function outcomeOf(settings: LawSettings): Promise<SweepOutcome> {
    const judged = await Promise.all(
      played.map(async ({ scenario, staticMoney }) => {
        const runs = await Promise.all(seeds.map(async (seed) => await play(scenario, name, settings, seed)));
        const attainment = mean(runs.map(({ scores }) => scores.attainment)) ?? 0;
        const money = mean(runs.map(({ scores }) => scores.money)) ?? 0;
        return { scenario: scenario.name, attainment, money, staticMoney, score: scoreOf(attainment, money, staticMoney) };
      }),
    );
    return { settings, score: mean(judged.map(({ score }) => score)) ?? 0, scenarios: judged };
  }

  const start = Object.fromEntries(Object.keys(sweep).map((key) => [key, kind.settings[key] ?? 0]));
  const { best, begun, tried } = await searchSettings({
    start,
    // the law may have got other settings since
    known: known === undefined ? undefined : Object.fromEntries(Object.entries(start).map(([key, value]) => [key, known[key] ?? value])),
    values: Object.fromEntries(Object.entries(sweep).map(([key, values]) => [key, values ?? []])),
    judge: async (candidates) => {
      const outcomes = await Promise.all(candidates.map(outcomeOf));
      for (const outcome of outcomes) onJudged?.(outcome);
      return outcomes;
    },
    rounds,
  });
  const leftOut = verdicts.flatMap(({ scenario, why }) => (why === undefined ? [] : [{ scenario: scenario.name, why }]));
  return { policy: name, on, seeds: [...seeds], tried, leftOut, published: rounded(begun), best: rounded(best) };
}

/** Four digits are what means of a few seeds are good for, and a diff of the record stays readable. */
function rounded({ settings, score, scenarios }: SweepOutcome): SweepOutcome {
  const round = (value: number): number => Number(value.toPrecision(4));
  return {
    settings,
    score: round(score),
    scenarios: scenarios.map(({ scenario, attainment, money, staticMoney, score: own }) => ({
      scenario,
      attainment: round(attainment),
      money: round(money),
      staticMoney: round(staticMoney),
      score: round(own),
    })),
  };
}
