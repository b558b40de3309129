import type { PolicyFamily } from '../policies/index.ts';
import { costAt, paretoHull, type Outcome } from '../runs/index.ts';
import { meanOutcome, withSeedsOf, type PlayedScenario } from './played.ts';

/** Our money beside that of plans that know the future, and of rules that know the present. */
export interface MoneyShare {
  readonly seeds: number;
  /** Ours. */
  readonly attainment: number;
  readonly money: number;
  /** Of the cheapest plan, or mix of two plans, with our attainment. */
  readonly clairvoyantMoney: number;
  /** Their money in parts of ours: goodput per money in parts of theirs, because attainment and load are the same. */
  readonly share: number;
  /** Whether our attainment is one that the plans have. */
  readonly place: Place;
  /** Of the cheapest rule that knows the whole present, or mix of two, with our attainment; absent where none attains as much, or none was played. */
  readonly informedMoney?: number;
}

/** `above`: no plan attains as much, and the cheapest of the best is taken. `below`: every plan attains more, and the cheapest is taken. */
type Place = 'within' | 'above' | 'below';

/** `undefined` where we or the plans have played nothing, or it was free. */
export function moneyShare({ ours, others }: PlayedScenario): MoneyShare | undefined {
  const plans = others.filter(({ family }) => family === 'bound');
  const paired = withSeedsOf(ours, plans.flatMap(({ runs }) => runs));
  const own = meanOutcome(paired);
  if (own === undefined || own.money === 0) return undefined;
  const outcomes = (family: PolicyFamily): Outcome[] => others.filter((one) => one.family === family).flatMap(({ runs }) => meanOutcome(withSeedsOf(runs, paired)) ?? []);
  const least = moneyOnHull(outcomes('bound'), own.attainment);
  if (least === undefined) return undefined;
  const informed = moneyOnHull(outcomes('informed'), own.attainment);
  return {
    seeds: paired.length, ...own, clairvoyantMoney: least.money, share: least.money / own.money, place: least.place,
    ...(informed !== undefined && informed.place !== 'above' && { informedMoney: informed.money }),
  };
}

/**
 * The least money on the hull of these outcomes at an attainment.
 *
 * @returns `undefined` for no outcomes.
 */
export function moneyOnHull(outcomes: readonly Outcome[], attainment: number): { readonly money: number; readonly place: Place } | undefined {
  const hull = paretoHull(outcomes);
  const [cheapest] = hull;
  const best = hull.at(-1);
  if (cheapest === undefined || best === undefined) return undefined;
  if (attainment > best.attainment) return { money: best.money, place: 'above' };
  if (attainment < cheapest.attainment) return { money: cheapest.money, place: 'below' };
  return { money: costAt(hull, attainment) ?? best.money, place: 'within' };
}
