import type { Assessment } from '../analyze/learned/assessment.ts';
import type { Group } from '../analyze/group.ts';
import { dearAndDoubtful } from './dear.ts';
import { growth } from './options.ts';
import { cheapestTogether, type SharedOption, type Together } from './together.ts';

/** What is to be added to what serves and is coming. */
export interface Additions {
  readonly options: readonly SharedOption[];
  readonly grown: Together;
  /** Replicas of each, in the group's order. */
  readonly added: readonly number[];
  /** Which are too dear for what is lacking; absent where none is. */
  readonly tooDear?: readonly boolean[];
}

export function additionsTo({ members }: Group, assessment: Assessment, free: readonly boolean[]): Additions {
  const { abilities, perSecond } = assessment;
  const found = among(abilities.map((ability, index) => growth(ability, free[index] === true)), perSecond);
  // who is the only one that could carry it is asked again, whatever was refused
  const all = found.grown.mix.enough || !members.some(({ avoidance }) => avoidance?.active === true) ? found : among(abilities.map((ability, index) => growth(ability, free[index] === true, true)), perSecond);
  const tooDear = members.length > 1 ? dearAndDoubtful(assessment, all.options, all.added) : undefined;
  return tooDear === undefined ? all : { ...among(all.options.map((option, index) => (tooDear[index] === true ? { ...option, most: option.least } : option)), perSecond), tooDear };
}

function among(options: readonly SharedOption[], perSecond: number): Additions {
  const grown = cheapestTogether(options, perSecond);
  return { options, grown, added: grown.mix.counts.map((count, index) => Math.max(0, count - (options[index] as SharedOption).least)) };
}
