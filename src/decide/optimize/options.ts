import type { Ability } from '../analyze/learned/ability.ts';
import { cheapestTogether, type SharedOption } from './together.ts';
import { isStuck, usableAtMost } from './most.ts';

/** What may be added to what serves and is coming; `again`: also of one that is avoided and has nothing that waits. */
export function growth({ member, carries = 0, share }: Ability, free: boolean, again = false): SharedOption {
  const { supply, variant } = member;
  const stuck = again ? supply.stuckWithoutNode > 0 : isStuck(member);
  return { carries, ...(share && { share }), costPerHour: variant.costPerHour, least: supply.usable, most: usableAtMost(member, free && !stuck) };
}

/** What others may be given up for: of a variant that is avoided, too, only what has a node. Else two that both find none would be given up for each other in turn. */
export function placed(ability: Ability, free: boolean): SharedOption {
  const { avoidance, seen } = ability.member;
  const option = growth(ability, free);
  if (avoidance?.active !== true) return option;
  const most = Math.min(option.least, seen.replicas.filter(({ scheduled, terminating }) => scheduled && !terminating).length);
  return { ...option, least: most, most };
}

/** What the load of today alone calls for, of what serves and is coming. */
export function lastingOf(abilities: readonly Ability[], free: readonly boolean[], perSecond: number): readonly number[] {
  return cheapestTogether(abilities.map((ability, index) => ({ ...growth(ability, free[index] === true), least: Math.min(ability.member.variant.minReplicas, ability.member.supply.usable) })), perSecond).mix.counts;
}

/** What may be left of what serves. */
export function shrinkage({ member, carriesSurely = 0, shareSurely }: Ability, free: boolean): SharedOption {
  const { supply, variant } = member;
  const least = free ? Math.min(supply.ready, Math.max(variant.minReplicas, 0)) : supply.ready;
  return { carries: carriesSurely, ...(shareSurely && { share: shareSurely }), costPerHour: variant.costPerHour, least, most: supply.ready };
}
