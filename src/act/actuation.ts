import { modeInWords, type ConditionState, type ExternalMetricsOwner, type StatusUpdate } from '../model/index.ts';

/** How one write to a scale subresource ended. */
export type ScaleOutcome =
  | { readonly kind: 'written'; readonly from: number; readonly to: number }
  | { readonly kind: 'unchanged'; readonly replicas: number }
  | { readonly kind: 'failed'; readonly why: string };

/** What became of a decision, for `status.actuation` and the condition Actuated. */
export interface ActuationOutcome {
  readonly applied: boolean;
  readonly message: string;
  readonly condition: ConditionState;
}

/** What else there is to know about the way out of one decision. */
export interface WayOut {
  readonly owner: ExternalMetricsOwner;
  /** Whether /metrics shows the replica series. */
  readonly servesSeries: boolean;
  readonly scale?: ScaleOutcome | undefined;
  /** The autoscaler that targets the same object, in words. */
  readonly scaledBy?: string | undefined;
  /** Key of the resource that owns the target and accelerator, when this one is suppressed. */
  readonly suppressedBy?: string | undefined;
}

/** Says on which way a decision left the controller, and what is to be done where it could not. */
export function actuationOf({ variant, desired, notFollowed }: StatusUpdate, { owner, servesSeries, scale, scaledBy, suppressedBy }: WayOut): ActuationOutcome {
  if (variant === undefined) return outcome(false, 'False', 'InvalidSpec', 'The spec cannot be used, so nothing is decided and no series is served. Correct it; the last numbers stay in status.');
  const target = `${variant.target.kind} ${variant.namespace}/${variant.target.name}`;
  if (suppressedBy !== undefined) return outcome(false, 'False', 'SuppressedDueToConflict', `${suppressedBy} decides for ${target}; this resource serves no series and writes nothing.`);
  if (desired === undefined) return outcome(false, 'False', 'NotDeciding', `Nothing is decided for ${target}, so no series is served and nothing is written.`);
  if (variant.mode === 'recommend') return outcome(false, 'False', 'DryRun', `${modeInWords(variant)}: ${desired} is shown here only; no series is served and nothing is written.`);
  if (variant.actuation === 'direct') return directOutcome(target, scale, scaledBy);
  const follower = scaledBy === undefined ? 'No autoscaler targets the same object yet.' : `${scaledBy} targets the same object.`;
  if (!servesSeries && owner.kind !== 'ours') {
    const holder = owner.kind === 'other' ? `belongs to ${owner.service}` : 'does not lead to this controller';
    return outcome(
      false,
      'False',
      'MetricNotServed',
      `${desired} replicas are desired, and nobody can read it: the series is switched off at /metrics, and the external metrics API ${holder}. Switch one of them on, or set spec.actuation to direct.`,
    );
  }
  const ways = [...(servesSeries ? ['at /metrics'] : []), ...(owner.kind === 'ours' ? ['through the external metrics API'] : [])].join(' and ');
  if (notFollowed !== undefined) return outcome(false, 'False', 'DeadBand', `wva_desired_replicas = ${desired} is served ${ways}. ${notFollowed}`);
  if (owner.kind === 'other') {
    return outcome(
      true,
      'True',
      'ExternalMetricsAPIOwnedByOther',
      `wva_desired_replicas = ${desired} is served at /metrics. The external metrics API of this cluster belongs to ${owner.service} and was left alone: ` +
        `let that server read the series from Prometheus, or set spec.actuation to direct. ${follower}`,
    );
  }
  return outcome(true, 'True', 'MetricServed', `wva_desired_replicas = ${desired} is served ${ways}. ${follower}`);
}

function directOutcome(target: string, scale: ScaleOutcome | undefined, scaledBy: string | undefined): ActuationOutcome {
  if (scaledBy !== undefined) {
    return outcome(
      false,
      'False',
      'ScaleRefusedOtherScaler',
      `${scaledBy} also scales ${target}, and two writers would fight: nothing was written. Delete it, or set spec.actuation to metric.`,
    );
  }
  switch (scale?.kind) {
    case undefined:
      return outcome(
        false,
        'Unknown',
        'NotDeciding',
        `The scale of ${target} was not written: all resources that share it must set spec.actuation to direct, be decided and not be paused.`,
      );
    case 'written':
      return outcome(true, 'True', 'ScaleWritten', `The scale of ${target} was set to ${scale.to} (it was ${scale.from}).`);
    case 'unchanged':
      return outcome(true, 'True', 'ScaleUnchanged', `The scale of ${target} is ${scale.replicas}, as decided.`);
    case 'failed':
      return outcome(false, 'False', 'ScaleFailed', `The scale of ${target} could not be written: ${scale.why} It will be tried again in the next cycle.`);
  }
}

function outcome(applied: boolean, status: ConditionState['status'], reason: ConditionState['reason'], message: string): ActuationOutcome {
  return { applied, message, condition: { type: 'Actuated', status, reason, message } };
}
