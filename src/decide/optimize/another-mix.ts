import type { Policy } from '../../model/index.ts';
import type { Assessment } from '../analyze/learned/assessment.ts';
import type { Group } from '../analyze/group.ts';
import { replicas } from '../trail.ts';
import type { Choice } from './choice.ts';
import type { Mix } from './mix.ts';
import { isStuck, mostOf } from './most.ts';
import { need } from './need-words.ts';
import { cheapestTogether, type SharedOption } from './together.ts';
import { itself, tellerOf } from './weighed.ts';

/** Another mix has to be cheaper by so much of what there is to be changed to. */
const worthwhile = 0.1;
/** And has to earn back within so long what it costs that both are there while the new replicas start. */
const payBackMs = 1_800_000;
/** Until it serves the load may seem higher by so many standard deviations: else it would be the dearer one by then, and be given up again. */
const marginDeviations = 2;
const epsilon = 1e-9;

export interface Ground {
  readonly options: readonly SharedOption[];
  /** What it is to carry, requests per second. */
  readonly neededPerSecond: number;
  /** The cheapest mix, were nothing there yet. */
  readonly mix: Mix;
  /** What there would be without it costs, and costs more. */
  readonly nowPerHour: number;
  readonly savingPerHour: number;
  /** While the change lasts both are there. */
  readonly counts: readonly number[];
  /** Whether the change pays. `Removes`: it is what there is, with some of it removed. */
  readonly because: 'Pays' | 'Removes' | 'SavesTooLittle' | 'PaysBackTooSlowly';
}

/** Another mix from the ground, and whether it is so much cheaper that the change pays. */
export function fromGround(group: Group, assessment: Assessment, free: readonly boolean[], kept: Mix | undefined, today: number): Ground | undefined {
  // what comes down has not come to rest yet: the mix for this moment would be another in the next
  if (group.members.length < 2 || assessment.fallen || !free.every((is) => is)) return undefined;
  // on which accelerator of a shared target the new pods land is nobody's choice: another mix would be asked for again and again
  if (new Set(group.members.map(({ target }) => target)).size < group.members.length) return undefined;
  const { abilities } = assessment;
  const options = abilities.map(({ member, carriesSurely = 0, shareSurely }): SharedOption => {
    const { variant, supply } = member;
    const most = isStuck(member) ? supply.ready : mostOf(member);
    return { carries: carriesSurely, ...(shareSurely && { share: shareSurely }), costPerHour: variant.costPerHour, least: Math.min(variant.minReplicas, most), most };
  });
  const neededPerSecond = today + marginDeviations * assessment.level.deviation;
  const { mix } = cheapestTogether(options, neededPerSecond);
  if (!mix.enough) return undefined;
  const nowPerHour = kept?.costPerHour ?? group.members.reduce((total, { supply, variant }) => total + supply.current * variant.costPerHour, 0);
  const savingPerHour = nowPerHour - mix.costPerHour;
  if (savingPerHour < worthwhile * nowPerHour) return { options, neededPerSecond, mix, nowPerHour, savingPerHour, counts: mix.counts, because: 'SavesTooLittle' };
  const counts = group.members.map(({ supply }, index) => Math.max(supply.current, mix.counts[index] as number));
  const addedCost = group.members.reduce((total, { supply, variant }, index) => total + ((counts[index] as number) - supply.current) * variant.costPerHour, 0);
  const because = addedCost <= epsilon ? 'Removes' : addedCost * assessment.horizonMs > savingPerHour * payBackMs ? 'PaysBackTooSlowly' : 'Pays';
  return { options, neededPerSecond, mix, nowPerHour, savingPerHour, counts, because };
}

export function replace(group: Group, assessment: Assessment, { options, neededPerSecond, mix, nowPerHour, counts }: Ground, policy: Policy): Choice {
  return {
    counts,
    reason: 'CheaperMix',
    because: (member) => `${need(assessment)}; a mix with ${replicas(mix.counts[group.members.indexOf(member)] as number)} of it costs ${mix.costPerHour.toFixed(2)} an hour instead of ${nowPerHour.toFixed(2)}${policy.scaleDownStabilizationMs > 0 ? '; what it replaces goes when it serves' : ''}.`,
    basis: tellerOf({ among: 'AnyMix', members: group.members, options, neededPerSecond, mix, replicasFor: itself }),
  };
}
