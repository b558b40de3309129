import type { ConditionState, StatusUpdate } from '../model/index.ts';
import type { ActuationOutcome } from './status.ts';

/** Who answers `external.metrics.k8s.io` in this cluster. */
export type ExternalMetricsOwner =
  | { readonly kind: 'disabled' }
  | { readonly kind: 'ours' }
  | { readonly kind: 'none' }
  | { readonly kind: 'other'; readonly service: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** How one write to a scale subresource ended. */
export type ScaleOutcome =
  | { readonly kind: 'written'; readonly from: number | undefined; readonly to: number }
  | { readonly kind: 'unchanged'; readonly replicas: number }
  | { readonly kind: 'failed'; readonly why: string };

/** Says on which way a decision left the controller, and what is to be done where it could not. */
export function actuationOf(
  update: StatusUpdate,
  owner: ExternalMetricsOwner,
  scale: ScaleOutcome | undefined,
  scaledBy: string | undefined,
): ActuationOutcome {
  const { variant } = update;
  const target = `${variant.target.kind} ${variant.namespace}/${variant.target.name}`;
  if (update.desired === undefined) {
    return outcome(false, 'False', 'NotDeciding', `Nothing is decided for ${target}, so no series is served and nothing is written.`);
  }
  if (variant.mode === 'recommend') {
    return outcome(false, 'False', 'DryRun', `spec.dryRun is set: ${update.desired} is shown here only; no series is served and nothing is written.`);
  }
  if (variant.actuation === 'direct') return directOutcome(target, scale, scaledBy);
  const follower = scaledBy === undefined ? 'No HorizontalPodAutoscaler targets the same object yet.' : `${scaledBy} targets the same object.`;
  if (owner.kind === 'other') {
    return outcome(
      true,
      'True',
      'ExternalMetricsAPIOwnedByOther',
      `wva_desired_replicas is served at /metrics. The external metrics API of this cluster belongs to ${owner.service} and was left alone: ` +
        `let it read the series from Prometheus, or set spec.actuation to direct. ${follower}`,
    );
  }
  const ways = owner.kind === 'ours' ? 'at /metrics and through the external metrics API' : 'at /metrics';
  return outcome(true, 'True', 'MetricServed', `wva_desired_replicas = ${update.desired} is served ${ways}. ${follower}`);
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
      return outcome(false, 'Unknown', 'NotDeciding', `The scale of ${target} was not written in this cycle.`);
    case 'written':
      return outcome(true, 'True', 'ScaleWritten', `The scale of ${target} was set to ${scale.to}${scale.from === undefined ? '' : ` (it was ${scale.from})`}.`);
    case 'unchanged':
      return outcome(true, 'True', 'ScaleUnchanged', `The scale of ${target} is ${scale.replicas}, as decided.`);
    case 'failed':
      return outcome(false, 'False', 'ScaleFailed', `The scale of ${target} could not be written: ${scale.why} It will be tried again in the next cycle.`);
  }
}

function outcome(applied: boolean, status: ConditionState['status'], reason: ConditionState['reason'], message: string): ActuationOutcome {
  return { applied, message, condition: { type: 'Actuated', status, reason, message } };
}
