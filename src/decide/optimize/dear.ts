import { carriedTogether } from '../analyze/learned/share.ts';
import type { Assessment } from '../analyze/learned/assessment.ts';
import type { SharedOption } from './together.ts';

/** A kind is dear where a request costs so much more on it than on the cheapest. */
const dearBy = 1.1;
/** Standard deviations by which the load may be less than it seems: as many as it may be more when something is removed. */
const doubtDeviations = 2;

/**
 * Dear kinds that are not to be added yet, by their place; `undefined`: none is. They are taken where the cheap ones have no more room, in large pieces, and then the cheap ones are what is given up, so one that is taken by chance stays. Where what is there carries
 * the load when full, and lacks no more of what is kept free for a rise than the load may be less than it seems, none is worth it.
 */
export function dearAndDoubtful({ abilities, perSecond, backlogPerSecond, level, aLookBefore = () => Infinity }: Assessment, options: readonly SharedOption[], added: readonly number[]): readonly boolean[] | undefined {
  const cheapest = options.reduce<SharedOption | undefined>((best, option) => (option.carries > 0 && (best === undefined || option.costPerHour * best.carries < best.costPerHour * option.carries) ? option : best), undefined);
  if (cheapest === undefined || backlogPerSecond > 0) return undefined;
  const dear = options.map(({ carries, costPerHour }, index) => (added[index] as number) > 0 && costPerHour > cheapest.costPerHour && costPerHour * cheapest.carries > dearBy * cheapest.costPerHour * carries);
  if (!dear.includes(true)) return undefined;
  const there = options.map(({ least }) => least);
  const carried = carriedTogether(options, there);
  if (level.perSecond - doubtDeviations * level.deviation > carried && aLookBefore() > carried) return undefined;
  const whenFull = carriedTogether(abilities.map(({ limits, share }) => ({ carries: limits === undefined ? 0 : Math.min(limits.perSecond, limits.promptsPerSecond), ...(share && { share }) })), there);
  return perSecond > whenFull ? undefined : dear;
}
