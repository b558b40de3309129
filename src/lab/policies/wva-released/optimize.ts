import { growByCost, shrinkByCost } from './cost-aware.ts';
import type { Candidate } from './cost-aware.ts';
import type { Role } from './observed.ts';

/** A model with what V2 found out about it. */
export interface ModelRequest {
  readonly priority: number;
  readonly candidates: readonly Candidate[];
  readonly required: ReadonlyMap<Role, number>;
  readonly spare: ReadonlyMap<Role, number>;
}

/** Model by model: growth where anything is required, otherwise removal of all that is to spare. Accelerators are taken as unlimited. */
export function optimizeByCost(requests: readonly ModelRequest[]): Map<string, number> {
  const targets = new Map<string, number>();
  for (const { candidates, required, spare } of requests) {
    for (const { name, current } of candidates) targets.set(name, current);
    if ([...required.values()].some((left) => left > 0)) growByCost(candidates, required, targets);
    else shrinkByCost(candidates, spare, targets);
  }
  return targets;
}
