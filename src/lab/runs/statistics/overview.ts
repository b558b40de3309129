import { mean } from '../../../base/index.ts';
import type { PolicySummary, ScenarioSummary } from './summarize.ts';

/** How one policy did over several scenarios, each counting the same. */
export interface OverviewRow {
  readonly policy: string;
  /** Scenarios that it played. Means of policies that played others are not comparable. */
  readonly played: number;
  readonly attainment: number;
  /** Over the scenarios where the clairvoyant curve goes there; absent where it does in none. */
  readonly overBound?: number;
  /** Scenarios where no other policy is both better and cheaper. */
  readonly front: number;
}

export interface Overview {
  readonly heldOut: { readonly scenarios: number; readonly rows: readonly OverviewRow[] };
  /** Looked at while our own engine was designed. */
  readonly usedInDesign: { readonly scenarios: number; readonly rows: readonly OverviewRow[] };
}

/** A policy that played fewer of the scenarios than this has a mean of others, and stands below. */
const enoughPlayed = 0.75;

/** Held-out scenarios and those used in design are never added up. Best attainment first, those that played few of them last. */
export function overviewOf(summaries: readonly ScenarioSummary[], usedInDesign: (scenario: string) => boolean): Overview {
  const group = (chosen: readonly ScenarioSummary[]): Overview['heldOut'] => {
    const names = [...new Set(chosen.flatMap(({ policies }) => policies.map(({ policy }) => policy)))];
    const hasPlayed = ({ played }: OverviewRow): boolean => played >= enoughPlayed * chosen.length;
    const rows = names.map((policy) => rowOf(policy, chosen.flatMap(({ policies }) => policies.filter((each) => each.policy === policy))));
    return { scenarios: chosen.length, rows: rows.toSorted((a, b) => Number(hasPlayed(b)) - Number(hasPlayed(a)) || b.attainment - a.attainment) };
  };
  return { heldOut: group(summaries.filter(({ scenario }) => !usedInDesign(scenario))), usedInDesign: group(summaries.filter(({ scenario }) => usedInDesign(scenario))) };
}

function rowOf(policy: string, played: readonly PolicySummary[]): OverviewRow {
  const overBound = mean(played.flatMap(({ distance }) => distance.cost?.mean ?? []));
  return {
    policy,
    played: played.length,
    attainment: mean(played.map(({ scores }) => scores.attainment.mean)) ?? 0,
    front: played.filter(({ dominatedBy }) => dominatedBy === undefined).length,
    ...(overBound !== undefined && { overBound }),
  };
}
