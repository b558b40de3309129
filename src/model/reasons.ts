/**
 * Reason codes, listed once: used by status, events, logs, the trail and docs/reference/conditions.md
 * (a test holds that page against this list). Each says when it is used.
 */
export const reasons = {
  // the trail of a number
  Demand: 'The load calls for another number of replicas.',
  CheaperMix: 'Another mix of variants carries the load for less.',
  Idle: 'No request has come for so long that the last replicas go.',
  Woken: 'Requests wait, and no replica serves them.',
  Steady: 'The load is within what the current replicas can carry.',
  ScaleDownStabilized: 'Fewer would do, and have not done so for long enough.',
  ScaleDownLimited: 'Fewer would do, and no more than a share is removed at a time.',
  ScaleUpLimited: 'More are called for, and growth per decision is limited.',
  AwaitingReplicas: 'Replicas that are starting will carry the load.',
  HeldMetricsMissing: 'Nothing is known about the load, so the last decision stays.',
  HeldMetricsStale: 'What is known about the load is too old, so the last decision stays.',
  HeldMetricsPartial: 'Some replicas do not report, so nothing is removed.',
  HeldTargetMissing: 'The scale target is not there, so nothing is decided.',
  HeldSaturated: 'Fewer would do on average, and a replica is saturated, so nothing is removed.',
  SharedTargetCapped: 'The variants of one scale target would ask together for more than the load calls for.',
  TargetAtZero: 'The scale target asks for no replica, and it is left there.',
  RaisedToMinReplicas: 'minReplicas, of the resource or of the schedule, is the floor.',
  LoweredToMaxReplicas: 'maxReplicas, of the resource or of the schedule, is the ceiling.',
  Paused: 'The mode is paused, which holds the last decision.',
  PausedDown: 'The mode is pausedDown: what was decided last is not undercut.',
  // conditions
  MetricsFound: 'Every ready replica reports fresh metrics.',
  MetricsPartial: 'Some ready replicas do not report.',
  MetricsMissing: 'No replica reports.',
  MetricsStale: 'The newest metrics are too old.',
  PrometheusError: 'Prometheus could not be asked, or answered with an error.',
  NoReplicas: 'There is no replica that could report.',
  OptimizationSucceeded: 'A decision was made from fresh metrics.',
  MetricsUnavailable: 'No decision could be made without metrics; the last one is held.',
  TargetFound: 'The scale target exists.',
  TargetNotFound: 'The scale target does not exist.',
  TargetKindUnknown: 'The API server does not know that kind, or it cannot be scaled.',
  TargetForbidden: 'The controller is not allowed to read the scale target.',
  TargetNotYetKnown: 'The scale target has not been read yet.',
  SuppressedDueToConflict: 'An older resource claims the same target and accelerator.',
  NoConflict: 'No other resource claims the same target and accelerator.',
  ConflictResolvedByArbitration: 'Younger resources that claim the same target and accelerator are suppressed.',
  Deciding: 'The variant is being decided for, and its series is served.',
  Holding: 'The last decision is being held.',
  NotDeciding: 'No decision is made for this variant.',
  InvalidSpec: 'The spec has values that the controller cannot use.',
  DryRun: 'spec.dryRun, or the mode recommend: the decision is shown, and nothing follows it.',
  // actuation
  MetricServed: 'The decision is served as a metric for an autoscaler to follow.',
  DeadBand: 'The autoscaler ignores so small a change.',
  MetricNotServed: 'The series is switched off, and the external metrics API does not lead here.',
  ExternalMetricsAPIOwnedByOther: 'Another server holds the external metrics API of this cluster.',
  ScaleWritten: 'The decision was written to the scale subresource.',
  ScaleUnchanged: 'The scale subresource already says what was decided.',
  ScaleRefusedOtherScaler: 'Another autoscaler targets the same object, so nothing was written.',
  ScaleFailed: 'The scale subresource could not be written.',
  // events
  ScaledUp: 'More replicas are desired than before.',
  ScaledDown: 'Fewer replicas are desired than before.',
  ConfigurationRejected: 'A configuration was refused; the last good one stays in force.',
} as const;

export type ReasonCode = keyof typeof reasons;
