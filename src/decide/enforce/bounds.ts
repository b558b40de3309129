import { scheduleInWords } from '../../model/index.ts';
import type { Draft } from '../draft.ts';
import { step, type Trail } from '../trail.ts';

/** minReplicas and maxReplicas hold always: also while a decision is held, also where there is no replica at all. */
export function enforceBounds(draft: Draft): Draft {
  const { scheduled, variant } = draft.subject;
  const { minReplicas, maxReplicas } = variant;
  let trail: Trail = draft.trail;
  if (maxReplicas !== undefined && trail.at > maxReplicas) {
    trail = step(trail, maxReplicas, 'LoweredToMaxReplicas', () => `maxReplicas is ${maxReplicas}${bySchedule(scheduled?.maxReplicas)}.`);
  }
  if (trail.at < minReplicas) {
    const wanted = scheduled?.minReplicas;
    const crossed = wanted !== undefined && wanted > minReplicas ? `; the schedule asks for ${wanted}, and maxReplicas is ${maxReplicas}` : '';
    trail = step(trail, minReplicas, 'RaisedToMinReplicas', () => `minReplicas is ${minReplicas}${bySchedule(wanted)}${crossed}.`);
  }
  return trail === draft.trail ? draft : { ...draft, trail };

  function bySchedule(bound: number | undefined): string {
    return scheduled === undefined || bound === undefined ? '' : ` by schedule: ${scheduleInWords(scheduled)}`;
  }
}
