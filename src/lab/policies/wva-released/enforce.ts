import type { Target, VariantState } from './observed.ts';
import { compare } from './spare-capacity.ts';

/**
 * A model that may go to none goes there when nothing was answered for the retention; any other keeps one replica of its cheapest variant.
 *
 * @param targets Changed in place.
 */
export function enforceMinimum(states: readonly VariantState[], targets: Map<string, Target>, idle: boolean): void {
  if (idle) {
    for (const { name } of states) targets.set(name, { replicas: 0, why: 'nothing was answered for the retention: to none' });
    return;
  }
  const wanted = states.reduce((total, { name, current }) => total + (targets.get(name)?.replicas ?? current), 0);
  const cheapest = states.toSorted((a, b) => a.cost - b.cost || compare(a.name, b.name))[0];
  if (wanted > 0 || cheapest === undefined) return;
  targets.set(cheapest.name, { replicas: 1, why: `${targets.get(cheapest.name)?.why ?? ''}; one stays` });
}
