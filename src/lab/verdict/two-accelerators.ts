import { mean } from '../../base/index.ts';
import { knowsMore, type PolicyFamily } from '../policies/index.ts';
import type { RunResult } from '../runs/index.ts';
import { moneyOnHull, moneyShare } from './money-share.ts';
import { judgedPolicy, meanOutcome, type PlayedScenario } from './played.ts';

/** What those got who use one of the variants only. */
export interface OneVariantResult {
  readonly variant: string;
  readonly policy: string;
  readonly attainment: number;
  readonly money: number;
}

/** Our money where a model has several variants of one role. */
export interface MixCost {
  readonly scenario: string;
  readonly attainment: number;
  readonly money: number;
  /** Our money in parts of what no plan of the same attainment can undercut (`Scores.leastMoney`): without start-up times and with parts of replicas. */
  readonly ofLeast?: number;
  /** And in parts of that of the plan that knows the future, at the same attainment. */
  readonly ofClairvoyant?: number;
  /** Ours with one variant only, by variant. */
  readonly oursAlone: readonly OneVariantResult[];
  /** The cheapest of all with one variant only that attains as much as we do with both; absent where none does, or none was played. */
  readonly cheapestAlone?: OneVariantResult;
  /** The cheapest plan for both in parts of the cheapest for one, at our attainment: what the prices allow. */
  readonly allowed?: number;
  /** Whether anybody has played with one variant only. */
  readonly comparedAlone: boolean;
}

/** So much less attainment still counts as as much: ours among 1000 requests is known to half a per cent. It is in favour of the others. */
const sameAttainment = 0.005;

/**
 * @param alone The same scenario as those have met it who use one variant only, by variant.
 * @returns `undefined` where we have not played it.
 */
export function mixCost(played: PlayedScenario, alone: readonly { readonly variant: string; readonly played: PlayedScenario }[]): MixCost | undefined {
  const own = meanOutcome(played.ours);
  if (own === undefined) return undefined;
  const least = mean(played.ours.flatMap(({ scores: { money, leastMoney } }) => (leastMoney > 0 ? [money / leastMoney] : [])));
  const share = moneyShare(played);
  const results = alone.flatMap(({ variant, played: { ours, others } }) =>
    [{ policy: judgedPolicy, family: 'ours' as const, runs: ours }, ...others].flatMap(({ policy, family, runs }) => resultOf(variant, policy, family, runs)));
  const [cheapestAlone] = results
    .filter(({ family, attainment }) => !knowsMore(family) && attainment >= own.attainment - sameAttainment)
    .toSorted((a, b) => a.money - b.money);
  const plansAlone = alone.flatMap(({ variant }) => moneyOnHull(results.filter((one) => one.family === 'bound' && one.variant === variant), own.attainment) ?? [])
    .filter(({ place }) => place !== 'above');
  return {
    scenario: played.scenario.name,
    ...own,
    ...(least !== undefined && { ofLeast: least }),
    ...(share !== undefined && { ofClairvoyant: 1 / share.share }),
    oursAlone: results.filter(({ family }) => family === 'ours').map(plain),
    ...(cheapestAlone !== undefined && { cheapestAlone: plain(cheapestAlone) }),
    ...(share !== undefined && plansAlone.length > 0 && { allowed: share.clairvoyantMoney / Math.min(...plansAlone.map(({ money }) => money)) }),
    comparedAlone: results.length > 0,
  };
}

function resultOf(variant: string, policy: string, family: PolicyFamily, runs: readonly RunResult[]): (OneVariantResult & { readonly family: PolicyFamily })[] {
  const outcome = meanOutcome(runs);
  return outcome === undefined ? [] : [{ variant, policy, family, ...outcome }];
}

function plain({ variant, policy, attainment, money }: OneVariantResult): OneVariantResult {
  return { variant, policy, attainment, money };
}
