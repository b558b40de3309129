import { rounded } from '../../base/index.ts';
import type { Policy } from '../../model/index.ts';
import type { Assessment } from '../analyze/learned/assessment.ts';
import type { Group } from '../analyze/group.ts';
import type { Choice } from './choice.ts';
import { mostOf } from './most.ts';
import { cheapestOf, isAtRest, wakingWords, woken } from './wake.ts';

/** A minute of readings makes a law: replicas that have served for two have had the time to show what they carry. */
const silentLongMs = 120_000;

/** All of a model's replicas go together, after the retention; until then one stays, whatever it carries. */
export function sleep(group: Group, { idleSinceMs }: Assessment, { scaleToZero, retentionMs }: Policy, nowMs: number): Choice | undefined {
  if (!scaleToZero || idleSinceMs === undefined || nowMs - idleSinceMs < retentionMs) return undefined;
  return {
    counts: group.members.map(({ variant }) => variant.minReplicas),
    reason: 'Idle',
    because: () => `No request has come, run or waited for ${Math.round((nowMs - idleSinceMs) / 60_000)} min, and after ${Math.round(retentionMs / 60_000)} min the replicas go.`,
  };
}

/** The first replica of a model of which nothing is known yet. */
export function wake(group: Group, { perSecond, waiting, abilities }: Assessment, free: readonly boolean[]): Choice | undefined {
  if (perSecond + waiting <= 0 || !isAtRest(group) || abilities.some(({ carries }) => carries !== undefined)) return undefined;
  const counts = woken(group, free);
  return counts && { counts, reason: 'Woken', because: () => wakingWords };
}

/**
 * Requests wait too long, and no replica has shown what it carries although all have had the time to: nothing says how many would do, and that the ones there are do not is certain. Growth
 * is by `scaleUpMaxFactor`, of the cheapest variant that has room, and goes on when what was added has served for as long.
 */
export function grope(group: Group, { keep, waiting, allowedQueue, abilities }: Assessment, free: readonly boolean[], { scaleUpMaxFactor }: Policy, nowMs: number): Choice | undefined {
  if (keep !== 'HeldSaturated' || abilities.some(({ carries }) => carries !== undefined)) return undefined;
  if (!group.members.every(({ supply }) => supply.serving.every(({ readySinceMs }) => readySinceMs === undefined || nowMs - readySinceMs >= silentLongMs))) return undefined;
  const grown = cheapestOf(group, free, (member) => member.supply.current < mostOf(member));
  if (grown === undefined) return undefined;
  const serving = group.members.reduce((total, { supply }) => total + supply.ready, 0);
  const added = Math.max(1, Math.ceil(serving * (scaleUpMaxFactor - 1)));
  const counts = group.members.map((member, index) => (index === grown ? Math.min(mostOf(member), member.supply.current + added) : member.supply.current));
  return { counts, reason: 'Demand', because: () => `${waiting > allowedQueue ? `${rounded(waiting, 0)} requests wait, where ${rounded(allowedQueue, 0)} may` : 'Requests wait too long'}, and no replica of the model has shown what it carries: there are to be ${rounded(scaleUpMaxFactor)} times as many.` };
}
