import type { ConditionState, ConditionType, Decision, EventNote, Observation, PastConditions, ResourceIdentity } from '../../model/index.ts';

/**
 * What is worth an event: a condition that became what it was not before, and a desired count that changed, with why its
 * autoscaler will let it be (`unfollowed`, by key) where it will.
 */
export function eventsOf(observation: Observation, decisions: readonly Decision[], unfollowed: ReadonlyMap<string, string>, pastOf: (key: string, uid: string) => PastConditions | undefined): EventNote[] {
  const seen = new Map(observation.variants.map((variant) => [variant.variant.key, variant]));
  const ofVariants = decisions.flatMap((decision) => {
    const past = pastOf(decision.variant.key, decision.variant.uid) ?? seen.get(decision.variant.key)?.lastConditions ?? {};
    return [...scaling(decision, unfollowed.get(decision.variant.key)), ...warnings(decision, past)];
  });
  const ofInvalid = observation.invalid
    .filter(({ resource, lastConditions }) => (pastOf(resource.key, resource.uid) ?? lastConditions).Ready?.reason !== 'InvalidSpec')
    .map(({ resource, problems }): EventNote => ({ resource, type: 'Warning', reason: 'InvalidSpec', message: problemsInWords(resource, problems) }));
  return [...ofVariants, ...ofInvalid];
}

/** All problems of a spec, or of the annotations that stand for one, in one sentence each. */
export function problemsInWords({ scaler }: ResourceIdentity, problems: readonly { readonly path: string; readonly message: string }[]): string {
  return `${scaler === undefined ? 'The spec' : `The variant that this ${scaler.kind} stands for`} cannot be used, and nothing is decided or served for it: ${problems.map(({ path, message }) => `${path} ${message}`).join('; ')}.`;
}

function scaling({ variant, desired, previous, reason, trail, held }: Decision, notFollowed: string | undefined): EventNote[] {
  if (held || desired === undefined || previous === undefined || desired === previous) return [];
  const sentences = trail.filter(({ from, to }) => from !== to).map(({ sentence }) => sentence);
  const up = desired > previous;
  const trial = variant.mode === 'recommend' ? ' (only a recommendation: nothing follows it)' : '';
  const message = `Desired replicas of ${variant.target.kind} ${variant.target.name} on ${variant.accelerator}: ${previous} -> ${desired}${trial}, ${reason}. ${[...sentences, ...(notFollowed === undefined ? [] : [notFollowed])].join(' ')}`.trim();
  return [{ resource: variant, type: notFollowed === undefined ? 'Normal' : 'Warning', reason: up ? 'ScaledUp' : 'ScaledDown', message }];
}

function warnings({ variant, conditions }: Decision, past: PastConditions): EventNote[] {
  const now = new Map<ConditionType, ConditionState>(conditions.map((condition) => [condition.type, condition]));
  const notes: EventNote[] = [];
  const warn = (type: ConditionType): void => {
    const condition = now.get(type);
    if (condition) notes.push({ resource: variant, type: 'Warning', reason: condition.reason, message: condition.message });
  };
  // a target that is not there is worth a word from the start, and so is each new reason
  if (now.get('TargetResolved')?.status === 'False' && past.TargetResolved?.reason !== now.get('TargetResolved')?.reason) warn('TargetResolved');
  // metrics are only lost by whom they were there; a new variant has yet to start
  if (now.get('MetricsAvailable')?.status === 'False' && past.MetricsAvailable?.status === 'True') warn('MetricsAvailable');
  if (now.get('AcceleratorsAvailable')?.reason === 'Unschedulable' && past.AcceleratorsAvailable?.reason !== 'Unschedulable') warn('AcceleratorsAvailable');
  if (now.get('TargetConflict')?.reason === 'SuppressedDueToConflict' && past.TargetConflict?.reason !== 'SuppressedDueToConflict') warn('TargetConflict');
  return notes;
}
