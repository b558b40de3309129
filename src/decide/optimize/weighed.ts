import type { ChoiceBasis, MixBasis } from '../../model/index.ts';
import type { Member } from '../analyze/group.ts';
import type { Mix } from './mix.ts';
import { secondTogether, type SharedOption } from './together.ts';

/** What a choice was made among: enough to say afterwards what else would have done. */
export interface Weighed {
  readonly among: ChoiceBasis['among'];
  readonly members: readonly Member[];
  readonly options: readonly SharedOption[];
  readonly neededPerSecond: number;
  readonly mix: Mix;
  /** Replicas of one member that a mix with so many of its option means. */
  readonly replicasFor: (count: number, index: number) => number;
  readonly notWorthIt?: { readonly mix: Mix; readonly savingPerHour: number; readonly because: NonNullable<ChoiceBasis['notWorthIt']>['because'] };
}

export type BasisOfChoice = () => ChoiceBasis;

/** Tells of a choice when it is asked to, all variants of the model the same. */
export function tellerOf(weighed: Weighed): BasisOfChoice {
  let told: ChoiceBasis | undefined;
  return () => (told ??= choiceBasis(weighed));
}

/** What was weighed as data, with the runner-up: looked for only here, since nothing follows from it. */
function choiceBasis({ among, members, options, neededPerSecond, mix, replicasFor, notWorthIt }: Weighed): ChoiceBasis {
  const second = secondTogether(options, mix, neededPerSecond);
  const told = (one: Mix, replicas: Weighed['replicasFor'] = replicasFor): MixBasis => mixBasis(members, one, replicas);
  return {
    among,
    variants: members.map(({ variant }) => variant.key),
    neededPerSecond,
    chosen: told(mix),
    ...(second !== undefined && { runnerUp: told(second) }),
    ...(notWorthIt !== undefined && { notWorthIt: { ...notWorthIt, mix: told(notWorthIt.mix, itself) } }),
  };
}

/** The mix is all that there would be. */
export function itself(count: number): number {
  return count;
}

function mixBasis(members: readonly Member[], { counts, carries, enough }: Mix, replicasFor: Weighed['replicasFor']): MixBasis {
  const replicas = counts.map(replicasFor);
  let costPerHour = 0;
  for (const [index, { variant }] of members.entries()) costPerHour += (replicas[index] as number) * variant.costPerHour;
  return { replicas, costPerHour, carriesPerSecond: carries, enough };
}
