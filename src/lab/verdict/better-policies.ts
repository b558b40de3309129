import { knowsMore, type PolicyFamily } from '../policies/index.ts';
import { pairedDifference, type PairedDifference } from '../runs/index.ts';
import type { Estimate } from '../runs/index.ts';
import type { PlayedScenario } from './played.ts';

/** A policy that is better than ours on both: more requests within their SLOs, for less money. */
export interface BetterPolicy {
  readonly scenario: string;
  readonly policy: string;
  readonly family: PolicyFamily;
  /** Its attainment and money less ours, on the seeds that both have played. */
  readonly difference: PairedDifference;
  /** Both differences are beyond chance: neither 95 % interval reaches 0. One seed has no interval, and its word is taken. */
  readonly certain: boolean;
}

/** Policies with a higher mean attainment and a lower mean money than ours, those beyond chance first; plans that know the future, and rules that know the whole present, apart. */
export function betterPolicies({ scenario, ours, others }: PlayedScenario): readonly BetterPolicy[] {
  return others
    .flatMap(({ policy, family, runs }): readonly BetterPolicy[] => {
      const difference = knowsMore(family) ? undefined : pairedDifference(runs, ours);
      if (difference === undefined || difference.attainment.mean <= 0 || difference.money.mean >= 0) return [];
      return [{ scenario: scenario.name, policy, family, difference, certain: above(difference.attainment) && below(difference.money) }];
    })
    .toSorted((a, b) => Number(b.certain) - Number(a.certain) || a.difference.money.mean - b.difference.money.mean);
}

function above({ low = Infinity }: Estimate): boolean {
  return low > 0;
}

function below({ high = -Infinity }: Estimate): boolean {
  return high < 0;
}
