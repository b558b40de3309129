import { groupBy, mean } from '../../base/index.ts';
import { estimate, type Estimate } from '../runs/index.ts';
import { betterPolicies, type BetterPolicy } from './better-policies.ts';
import { moneyShare, type MoneyShare } from './money-share.ts';
import type { PlayedScenario } from './played.ts';
import { promptHoldSeconds, type Silence } from './silence.ts';
import { mixCost, type MixCost } from './two-accelerators.ts';

/** Everything that is judged. */
export interface Evidence {
  readonly scenarios: readonly PlayedScenario[];
  /** Scenarios in which one variant only was allowed, with the name of the scenario that they were made of. */
  readonly alone: readonly { readonly of: string; readonly variant: string; readonly played: PlayedScenario }[];
  readonly silences: readonly Silence[];
}

/** What is asked of the engine, in numbers. docs/reference/verdict.md says each in words. */
export const demands = {
  rampAttainment: 0.99,
  rampReplicas: 5.5,
  goodputPerMoney: 0.9,
  heldOutDifference: 0.03,
  twoAcceleratorCost: 1.1,
} as const;

/** The published ramp. */
const ramp = 'ramp';
/** A day of constant load with noise. */
const noise = 'constant-noise';
const daySeconds = 86_400;

export interface ScenarioVerdict {
  readonly scenario: string;
  readonly usedInDesign: boolean;
  readonly seeds: number;
  readonly attainment: Estimate;
  readonly money: Estimate;
  readonly share?: MoneyShare;
  /** Policies of other systems that are better on both, those beyond chance first. */
  readonly better: readonly BetterPolicy[];
  /** Static fleets that are: each knows beforehand how many it takes. */
  readonly betterFleets: readonly BetterPolicy[];
  /** Policies of other systems that have played it. */
  readonly others: number;
}

/** Rules that know the whole present, each scenario's best chosen after the fact, where one attains as much as we do. */
export interface InformedShare {
  readonly scenarios: number;
  /** Their goodput per money in parts of the clairvoyant plan's. */
  readonly ofClairvoyant: number;
  /** Ours in the same scenarios. */
  readonly ours: number;
}

/** What was found out. Whatever was not played is absent. */
export interface Verdict {
  readonly scenarios: readonly ScenarioVerdict[];
  readonly ramp?: { readonly seeds: number; readonly attainment: Estimate; readonly replicas: Estimate; readonly holds: boolean };
  readonly dominated?: {
    /** Of how many scenarios there is a comparison. */
    readonly compared: number;
    /** Where a policy of another system is better on both beyond chance. */
    readonly in: readonly string[];
    /** Where one is in the mean, and it may be chance. */
    readonly perhapsIn: readonly string[];
    /** Where a static fleet is, beyond chance. */
    readonly byFleetIn: readonly string[];
    readonly holds: boolean;
  };
  readonly goodputPerMoney?: {
    readonly mean: number;
    readonly usedInDesign?: number;
    readonly heldOut?: number;
    /** Held out less used in design. */
    readonly difference?: number;
    readonly holds: boolean;
    /** Absent where scenarios of one kind only were played. */
    readonly differenceHolds?: boolean;
    /** What is to be had without foresight; absent where no rule that knows the present was played. */
    readonly informed?: InformedShare;
  };
  readonly twoAccelerators?: {
    readonly scenarios: readonly MixCost[];
    /** The worst of them, in parts of the plan that knows the future; absent where no plan was played. */
    readonly worst?: number;
    /** And in parts of what no plan can undercut. */
    readonly worstOfLeast?: number;
    readonly holds?: boolean;
    /** Whether all are cheaper than everybody with one variant of the same attainment; absent where nobody played that. */
    readonly cheaperThanOne?: boolean;
  };
  readonly noise?: { readonly seeds: number; readonly reversalsPerDay: Estimate; readonly most: number; readonly holds: boolean };
  readonly silence?: { readonly seeds: number; readonly replicasLost: number; readonly heldAfterSeconds?: number; readonly holds: boolean };
}

/** Judges what was played. Pure: the same runs, the same verdict. */
export function judge({ scenarios, alone, silences }: Evidence): Verdict {
  const played = scenarios.filter(({ ours }) => ours.length > 0);
  const each = played.map(scenarioVerdict);
  const named = (name: string): PlayedScenario | undefined => played.find(({ scenario }) => scenario.name === name);
  const mixes = [...groupBy(alone, ({ of }) => of)].flatMap(([of, its]) => {
    const whole = named(of);
    return (whole === undefined ? undefined : mixCost(whole, its)) ?? [];
  });
  return {
    scenarios: each,
    ...optional('ramp', rampVerdict(named(ramp))),
    ...optional('dominated', dominatedVerdict(each)),
    ...optional('goodputPerMoney', goodputVerdict(each)),
    ...optional('twoAccelerators', mixVerdict(mixes)),
    ...optional('noise', noiseVerdict(named(noise))),
    ...optional('silence', silenceVerdict(silences)),
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}

function scenarioVerdict(played: PlayedScenario): ScenarioVerdict {
  const { scenario, ours, others } = played;
  const better = betterPolicies(played);
  return {
    scenario: scenario.name,
    usedInDesign: scenario.usedInDesign,
    seeds: ours.length,
    attainment: estimateOf(ours.map(({ scores }) => scores.attainment), { lowest: 0, highest: 1 }),
    money: estimateOf(ours.map(({ scores }) => scores.money)),
    ...optional('share', moneyShare(played)),
    better: better.filter(({ family }) => family === 'peer'),
    betterFleets: better.filter(({ family }) => family === 'static'),
    others: others.filter(({ family }) => family === 'peer').length,
  };
}

function rampVerdict(played: PlayedScenario | undefined): Verdict['ramp'] {
  if (played === undefined) return undefined;
  const attainment = estimateOf(played.ours.map(({ scores }) => scores.attainment), { lowest: 0, highest: 1 });
  const replicas = estimateOf(played.ours.map(({ scores }) => scores.averageReplicas));
  return { seeds: played.ours.length, attainment, replicas, holds: attainment.mean >= demands.rampAttainment && replicas.mean <= demands.rampReplicas };
}

function dominatedVerdict(scenarios: readonly ScenarioVerdict[]): Verdict['dominated'] {
  const compared = scenarios.filter(({ others }) => others > 0);
  if (compared.length === 0) return undefined;
  const where = (holds: (verdict: ScenarioVerdict) => boolean): string[] => compared.filter(holds).map(({ scenario }) => scenario);
  const certainly = where(({ better }) => better.some(({ certain }) => certain));
  return {
    compared: compared.length,
    in: certainly,
    perhapsIn: where(({ better }) => better.length > 0 && !better.some(({ certain }) => certain)),
    byFleetIn: where(({ betterFleets }) => betterFleets.some(({ certain }) => certain)),
    holds: certainly.length === 0,
  };
}

function goodputVerdict(scenarios: readonly ScenarioVerdict[]): Verdict['goodputPerMoney'] {
  const shares = (chosen: readonly ScenarioVerdict[]): number | undefined => mean(chosen.flatMap(({ share }) => share?.share ?? []));
  const all = shares(scenarios);
  if (all === undefined) return undefined;
  const usedInDesign = shares(scenarios.filter((one) => one.usedInDesign));
  const heldOut = shares(scenarios.filter((one) => !one.usedInDesign));
  const difference = usedInDesign === undefined || heldOut === undefined ? undefined : heldOut - usedInDesign;
  return {
    mean: all,
    ...optional('usedInDesign', usedInDesign),
    ...optional('heldOut', heldOut),
    ...optional('difference', difference),
    holds: all >= demands.goodputPerMoney,
    ...(difference !== undefined && { differenceHolds: difference >= -demands.heldOutDifference }),
    ...optional('informed', informedShare(scenarios)),
  };
}

function informedShare(scenarios: readonly ScenarioVerdict[]): InformedShare | undefined {
  const pairs = scenarios.flatMap(({ share }) => (share?.informedMoney === undefined ? [] : [{ theirs: share.clairvoyantMoney / share.informedMoney, ours: share.share }]));
  const ofClairvoyant = mean(pairs.map(({ theirs }) => theirs));
  const ours = mean(pairs.map((pair) => pair.ours));
  return ofClairvoyant === undefined || ours === undefined ? undefined : { scenarios: pairs.length, ofClairvoyant, ours };
}

function mixVerdict(scenarios: readonly MixCost[]): Verdict['twoAccelerators'] {
  if (scenarios.length === 0) return undefined;
  const clairvoyant = scenarios.flatMap(({ ofClairvoyant }) => ofClairvoyant ?? []);
  const least = scenarios.flatMap(({ ofLeast }) => ofLeast ?? []);
  const compared = scenarios.filter(({ comparedAlone }) => comparedAlone);
  return {
    scenarios,
    ...(clairvoyant.length > 0 && { worst: Math.max(...clairvoyant), holds: Math.max(...clairvoyant) <= demands.twoAcceleratorCost }),
    ...(least.length > 0 && { worstOfLeast: Math.max(...least) }),
    ...(compared.length > 0 && { cheaperThanOne: compared.every(({ money, cheapestAlone }) => cheapestAlone === undefined || money < cheapestAlone.money) }),
  };
}

function noiseVerdict(played: PlayedScenario | undefined): Verdict['noise'] {
  if (played === undefined) return undefined;
  const perDay = played.ours.map(({ scores: { reversals } }) => (reversals * daySeconds) / played.scenario.durationSeconds);
  const most = Math.max(...played.ours.map(({ scores }) => scores.reversals));
  return { seeds: perDay.length, reversalsPerDay: estimateOf(perDay, { lowest: 0 }), most, holds: most === 0 };
}

function silenceVerdict(silences: readonly Silence[]): Verdict['silence'] {
  if (silences.length === 0) return undefined;
  const held = silences.flatMap(({ heldAfterSeconds }) => heldAfterSeconds ?? []);
  const replicasLost = silences.reduce((total, silence) => total + silence.replicasLost, 0);
  const last = held.length < silences.length ? undefined : Math.max(...held);
  return { seeds: silences.length, replicasLost, ...optional('heldAfterSeconds', last), holds: replicasLost === 0 && last !== undefined && last <= promptHoldSeconds };
}

function estimateOf(values: readonly number[], bounds?: { readonly lowest?: number; readonly highest?: number }): Estimate {
  const found = estimate(values, bounds);
  if (found === undefined) throw new Error('A scenario without runs was judged.');
  return found;
}
