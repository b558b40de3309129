import { groupBy, mean } from '../../../base/index.ts';
import type { PolicyFamily } from '../../policies/index.ts';
import type { LatencyQuantiles, RunResult, Scores } from '../result.ts';
import { estimate, type Estimate } from './estimate.ts';
import { attainmentAt, costAt, paretoHull, type Outcome } from './frontier.ts';

/** How far a policy is from the plan that knew the arrivals. Same seeds on both sides. */
export interface BoundDistance {
  /** Own cost over the least cost of a plan with the same attainment: 0.2 is 20 % more. Absent where the plans' curve does not go there with every seed. */
  readonly cost?: Estimate;
  /** Own money over what no plan of the same attainment can undercut (`Scores.leastMoney`). */
  readonly least?: Estimate;
  /** Attainment of the best plan of the same cost, less the own, in fractions. Absent below the cheapest plan. */
  readonly attainment?: Estimate;
}

type ScoreName = Exclude<{ [K in keyof Scores]-?: Scores[K] extends number ? K : never }[keyof Scores], 'leastMoney'>;

/** One policy in one scenario over all its seeds. */
export interface PolicySummary {
  readonly scenario: string;
  readonly policy: string;
  readonly seeds: readonly number[];
  readonly scores: Readonly<Record<ScoreName, Estimate>>;
  readonly ttftSeconds: Readonly<Partial<Record<keyof LatencyQuantiles, Estimate>>>;
  readonly tpotSeconds: Readonly<Partial<Record<keyof LatencyQuantiles, Estimate>>>;
  readonly distance: BoundDistance;
  /** Attainment of each model, in the scenario's order. */
  readonly models: readonly { readonly model: string; readonly attainment: Estimate }[];
  /** Another policy, bounds apart, that is better on both axes in the mean; absent for those on the front. */
  readonly dominatedBy?: string;
}

export interface ScenarioSummary {
  readonly scenario: string;
  /** By bands of attainment (99 %, 95 %, 90 %, less), the cheapest first in each. Points of bounds are not among them. */
  readonly policies: readonly PolicySummary[];
  /** What plans that know the future reach, over the seeds: the hull of the means. */
  readonly bound: readonly Outcome[];
  readonly bounds: readonly PolicySummary[];
  /** Rules that know the whole present, those on the hull of their means. */
  readonly informed: readonly PolicySummary[];
}

const scoreNames: readonly ScoreName[] = [
  'requests', 'completed', 'failed', 'attainment', 'goodputPerSecond', 'replicaHours', 'gpuHours', 'money', 'averageReplicas', 'peakReplicas', 'changes',
  'reversals', 'overNeedSeconds', 'underNeedSeconds', 'outputTokens', 'preemptions', 'episodeSeconds',
];
const quantiles = ['p50', 'p90', 'p99'] as const;

/** Points of the clairvoyant curve are policies of this name; the part behind the @ says how generous each plan is. */
const boundName = /^clairvoyant@/;

/** What a policy is by its name, where its facts are not at hand. */
export function isBound(policy: string, family?: PolicyFamily): boolean {
  return family === 'bound' || boundName.test(policy);
}

/**
 * Means with confidence intervals by scenario and policy, and what follows from comparing them.
 *
 * @param families By policy name.
 */
export function summarize(results: readonly RunResult[], families: ReadonlyMap<string, PolicyFamily> = new Map()): readonly ScenarioSummary[] {
  return [...groupBy(results, ({ scenario }) => scenario)].map(([scenario, runs]) => {
    const boundRuns = runs.filter(({ policy }) => isBound(policy, families.get(policy)));
    const hulls = new Map([...groupBy(boundRuns, ({ seed }) => seed)].map(([seed, points]) => [seed, paretoHull(points.map(outcomeOf))]));
    const summaries = [...groupBy(runs, ({ policy }) => policy)].map(([policy, own]) => summarizePolicy(scenario, policy, own, hulls));
    const bounds = summaries.filter(({ policy }) => isBound(policy, families.get(policy)));
    const informed = summaries.filter(({ policy }) => families.get(policy) === 'informed');
    const informedHull = paretoHull(informed.map(meanOf));
    const played = summaries.filter((summary) => !bounds.includes(summary) && !informed.includes(summary));
    return {
      scenario,
      policies: played.map((summary) => withDominance(summary, played)).toSorted(byCostAtAttainment),
      bound: paretoHull(bounds.map(meanOf)),
      bounds: bounds.toSorted(byMoney),
      informed: informed.filter((rule) => isOn(informedHull, rule)).toSorted(byMoney),
    };
  });
}

function meanOf({ scores }: PolicySummary): Outcome {
  return { money: scores.money.mean, attainment: scores.attainment.mean };
}

function byMoney(a: PolicySummary, b: PolicySummary): number {
  return a.scores.money.mean - b.scores.money.mean;
}

/** Whether it is one of the points of a hull. */
export function isOn(hull: readonly Outcome[], { scores }: PolicySummary): boolean {
  return hull.some(({ money, attainment }) => scores.money.mean === money && scores.attainment.mean === attainment);
}

function outcomeOf({ scores: { money, attainment } }: RunResult): Outcome {
  return { money, attainment };
}

function summarizePolicy(scenario: string, policy: string, runs: readonly RunResult[], hulls: ReadonlyMap<number, readonly Outcome[]>): PolicySummary {
  const over = (read: (scores: Scores) => number | undefined, bounds?: { lowest?: number; highest?: number }): Estimate | undefined =>
    estimate(runs.flatMap(({ scores }) => read(scores) ?? []), bounds);
  const latency = (name: 'ttftSeconds' | 'tpotSeconds'): PolicySummary['ttftSeconds'] =>
    Object.fromEntries(quantiles.flatMap((quantile) => {
      const found = over((scores) => scores[name]?.[quantile], { lowest: 0 });
      return found === undefined ? [] : [[quantile, found]];
    }));
  return {
    scenario,
    policy,
    seeds: runs.map(({ seed }) => seed).toSorted((a, b) => a - b),
    scores: Object.fromEntries(
      scoreNames.map((name) => [name, over((scores) => scores[name], name === 'attainment' ? { lowest: 0, highest: 1 } : { lowest: 0 })]),
    ) as Record<ScoreName, Estimate>,
    ttftSeconds: latency('ttftSeconds'),
    tpotSeconds: latency('tpotSeconds'),
    distance: distanceToBound(runs, hulls),
    models: attainmentByModel(runs),
  };
}

function attainmentByModel(runs: readonly RunResult[]): PolicySummary['models'] {
  const scores = groupBy(runs.flatMap(({ models }) => models), ({ model }) => model);
  return [...scores].flatMap(([model, all]) => {
    const attainment = estimate(all.map((each) => each.scores.attainment), { lowest: 0, highest: 1 });
    return attainment === undefined ? [] : [{ model, attainment }];
  });
}

function distanceToBound(runs: readonly RunResult[], hulls: ReadonlyMap<number, readonly Outcome[]>): BoundDistance {
  const costs: number[] = [];
  const attainments: number[] = [];
  let unknownCosts = 0;
  let unknownAttainments = 0;
  for (const { seed, scores } of runs) {
    const hull = hulls.get(seed);
    if (hull === undefined) continue;
    const least = costAt(hull, scores.attainment);
    const best = attainmentAt(hull, scores.money);
    if (least === undefined || least === 0) unknownCosts++;
    else costs.push(scores.money / least - 1);
    if (best === undefined) unknownAttainments++;
    else attainments.push(best - scores.attainment);
  }
  // seeds without a comparison must not fall out of the mean in silence: they are the good ones, or the cheap ones
  const cost = unknownCosts > 0 ? undefined : estimate(costs);
  const attainment = unknownAttainments > 0 ? undefined : estimate(attainments);
  const least = estimate(runs.flatMap(({ scores }) => (scores.leastMoney > 0 ? [scores.money / scores.leastMoney - 1] : [])));
  return { ...(cost !== undefined && { cost }), ...(least !== undefined && { least }), ...(attainment !== undefined && { attainment }) };
}

function withDominance(summary: PolicySummary, all: readonly PolicySummary[]): PolicySummary {
  const { attainment, money } = summary.scores;
  const better = all
    .filter(({ scores }) => scores.attainment.mean >= attainment.mean && scores.money.mean <= money.mean
      && (scores.attainment.mean > attainment.mean || scores.money.mean < money.mean))
    .toSorted((a, b) => a.scores.money.mean - b.scores.money.mean);
  const [cheapest] = better;
  return cheapest === undefined ? summary : { ...summary, dominatedBy: cheapest.policy };
}

const bands = [0.99, 0.95, 0.9] as const;

function byCostAtAttainment(a: PolicySummary, b: PolicySummary): number {
  const band = ({ scores }: PolicySummary): number => {
    const found = bands.findIndex((least) => scores.attainment.mean >= least);
    return found === -1 ? bands.length : found;
  };
  return band(a) - band(b) || a.scores.money.mean - b.scores.money.mean;
}

/** Difference of two policies on the seeds that both have played: what chance does to both of them cancels. */
export interface PairedDifference {
  readonly seeds: number;
  /** Policy less the one it is held against, in fractions. */
  readonly attainment: Estimate;
  /** As a fraction of the other's money: -0.1 is 10 % cheaper. */
  readonly money: Estimate;
}

/** @returns `undefined` when there is no seed that both have. */
export function pairedDifference(policy: readonly RunResult[], against: readonly RunResult[]): PairedDifference | undefined {
  const other = new Map(against.map((run) => [run.seed, run.scores]));
  const pairs = policy.flatMap(({ seed, scores }) => {
    const theirs = other.get(seed);
    return theirs === undefined ? [] : [{ scores, theirs }];
  });
  const attainment = estimate(pairs.map(({ scores, theirs }) => scores.attainment - theirs.attainment));
  const meanMoney = mean(pairs.map(({ theirs }) => theirs.money)) ?? 0;
  const money = estimate(pairs.map(({ scores, theirs }) => (meanMoney === 0 ? 0 : (scores.money - theirs.money) / meanMoney)));
  return attainment === undefined || money === undefined ? undefined : { seeds: pairs.length, attainment, money };
}
