import type { TakenBack } from '../../model/index.ts';
import type { Analysis } from '../analyze/analysis.ts';
import type { Group } from '../analyze/group.ts';
import { toldKeyOf } from '../analyze/told-key.ts';
import type { Draft } from '../draft.ts';

/** More that is called for so soon after a removal is called for because of it. */
const soonMs = 600_000;
/** What was needed at a load is kept for so long: it costs something only where the removal was right and the load rose by chance just then. */
const holdMs = 24 * 3_600_000;
/** Below this share of the load less may be tried again. */
const sameLoad = 0.8;

/**
 * Analyzers that look at use alone think that half of the replicas have twice the use, and near the end it is more: iterations grow longer with each request that runs beside. So a removal may have
 * to be taken back, and under a constant load would be tried for ever. What turned out to be needed is kept while the load is as it was.
 */
export function keepingWhatWasNeeded(analysis: Analysis | undefined, before: TakenBack | undefined, group: Group, nowMs: number): Analysis | undefined {
  const needed = inUnit(before, analysis, group)?.needed;
  if (analysis?.sufficient === undefined || needed === undefined || nowMs - needed.sinceMs >= holdMs) return analysis;
  if (analysis.sufficient < sameLoad * needed.load || analysis.sufficient >= needed.capacity) return analysis;
  return { ...analysis, sufficient: needed.capacity, figures: () => `${analysis.figures()}; fewer were tried at this load, and had to be taken back` };
}

/** What is to be remembered of removals after this decision; `undefined`: nothing. */
export function takenBackAfter(told: TakenBack | undefined, group: Group, analysis: Analysis | undefined, drafts: readonly Draft[], nowMs: number): TakenBack | undefined {
  const before = inUnit(told, analysis, group);
  const removal = removalIn(group, analysis, drafts, nowMs) ?? (before?.removal !== undefined && nowMs - before.removal.atMs <= soonMs ? before.removal : undefined);
  const needed = neededAfter(before, analysis, nowMs);
  return removal === undefined && needed === undefined ? undefined : { unit: analysis === undefined && before !== undefined ? before.unit : unitOf(analysis, group), ...(removal && { removal }), ...(needed && { needed }) };
}

/** While nothing is known, what was remembered stays. */
function inUnit(told: TakenBack | undefined, analysis: Analysis | undefined, group: Group): TakenBack | undefined {
  return told !== undefined && (analysis === undefined || told.unit === unitOf(analysis, group)) ? told : undefined;
}

/** Which analyzer, and of which engines: told something else they are other servers. */
function unitOf(analysis: Analysis | undefined, { policy, members }: Group): string {
  const law = analysis !== undefined && analysis.replicaCapacities === undefined ? 'percent' : policy.analyzer;
  return [law, ...members.map(({ seen }) => toldKeyOf(seen))].join(', ');
}

function removalIn({ members }: Group, analysis: Analysis | undefined, drafts: readonly Draft[], nowMs: number): TakenBack['removal'] {
  if (analysis?.sufficient === undefined) return undefined;
  let [now, then] = [0, 0];
  for (const [index, { supply, weight }] of members.entries()) {
    const each = analysis.replicaCapacities === undefined ? weight : (analysis.replicaCapacities[index] ?? 0);
    now += supply.current * each;
    then += (drafts[index]?.trail.at ?? supply.current) * each;
  }
  return then < now ? { atMs: nowMs, load: analysis.sufficient, capacity: now } : undefined;
}

function neededAfter(before: TakenBack | undefined, analysis: Analysis | undefined, nowMs: number): TakenBack['needed'] {
  const known = before?.needed;
  const removal = before?.removal;
  if (analysis?.required !== undefined && removal !== undefined && nowMs - removal.atMs <= soonMs && removal.atMs > (known?.sinceMs ?? 0)) {
    return { load: removal.load, capacity: removal.capacity, sinceMs: nowMs };
  }
  return known !== undefined && nowMs - known.sinceMs < holdMs ? known : undefined;
}
