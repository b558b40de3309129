import type { Draft } from '../draft.ts';
import { step, type Trail } from '../trail.ts';

/** minReplicas and maxReplicas hold always: also while a decision is held, also where there is no replica at all. */
export function enforceBounds(draft: Draft): Draft {
  const { minReplicas, maxReplicas } = draft.subject.variant;
  let trail: Trail = draft.trail;
  if (maxReplicas !== undefined && trail.at > maxReplicas) {
    trail = step(trail, maxReplicas, 'LoweredToMaxReplicas', () => `maxReplicas is ${maxReplicas}.`);
  }
  if (trail.at < minReplicas) trail = step(trail, minReplicas, 'RaisedToMinReplicas', () => `minReplicas is ${minReplicas}.`);
  return trail === draft.trail ? draft : { ...draft, trail };
}
