import { compareText, groupBy } from '../base/index.ts';
import { sanitizeLabelValue, type TargetConflict, type Variant } from '../model/index.ts';

/**
 * Variants whose series would have the same labels: same target, same accelerator. The oldest wins, among
 * equally old ones the first by name; one that is only tried out (dryRun) never wins over one that acts.
 */
export function findConflicts(variants: readonly Variant[]): TargetConflict[] {
  const groups = groupBy(variants, ({ namespace, target, accelerator }) =>
    JSON.stringify([namespace, ...[target.kind, target.name, accelerator].map(sanitizeLabelValue)]),
  );
  const conflicts: TargetConflict[] = [];
  for (const group of groups.values()) {
    const [winner, ...losers] = group.toSorted(
      (a, b) =>
        Number(a.mode === 'recommend') - Number(b.mode === 'recommend') || a.createdAtMs - b.createdAtMs || compareText(a.key, b.key),
    );
    if (winner && losers.length > 0) conflicts.push({ winner: winner.key, losers: losers.map(({ key }) => key).toSorted(compareText) });
  }
  return conflicts.toSorted((a, b) => compareText(a.winner, b.winner));
}
