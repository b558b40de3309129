import { compareText } from '../../base/index.ts';
import type { Member } from '../analyze/group.ts';

/** Cheapest capacity first: cost of a replica by what it carries; equal ones by key. */
export function byPrice(a: Member, b: Member): number {
  return a.variant.costPerHour / a.weight - b.variant.costPerHour / b.weight || compareText(a.variant.key, b.variant.key);
}
