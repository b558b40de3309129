import { freshValue, modeInWords, type ConditionState, type Decision, type Observation, type ReasonCode, type ReplicaObservation, type TargetState, type Variant, type VariantObservation } from '../model/index.ts';
import { allStandStill } from './analyze/standstill.ts';
import { avoidanceInWords, type Avoidance } from './limit/avoid.ts';
import { replicas } from './trail.ts';

type Outcome = Pick<Decision, 'desired' | 'held' | 'reason' | 'trail'> & { readonly heldBecause?: ReasonCode };

/** All conditions of a variant but `Actuated`, in the order in which people read them: the summary first. */
export function conditionsOf(seen: VariantObservation, variant: Variant, outcome: Outcome, observation: Observation, avoidance?: Avoidance): ConditionState[] {
  const target = targetResolved(seen.variant, seen.targetState);
  const metrics = metricsAvailable(seen, observation);
  const conflict = targetConflict(seen, observation);
  const optimization = optimizationReady(seen, variant, outcome, target, metrics);
  return [ready(seen, variant, outcome, target, conflict, metrics), target, metrics, optimization, acceleratorsAvailable(outcome, avoidance), conflict];
}

function targetResolved({ target, namespace, actuation }: Variant, state: TargetState): ConditionState {
  const name = `${target.kind} ${namespace}/${target.name}`;
  if (state.kind === 'found') {
    const scaler = state.scaledBy === undefined ? (actuation === 'direct' ? 'the controller scales it' : 'no autoscaler targets it yet') : `${state.scaledBy} scales it`;
    return condition('TargetResolved', 'True', 'TargetFound', `${name} asks for ${replicas(state.replicas)}, ${state.readyReplicas} ready; ${scaler}.`);
  }
  switch (state.why) {
    case 'NotFound':
      return condition('TargetResolved', 'False', 'TargetNotFound', `${name} does not exist. Create it, or correct spec.scaleTargetRef. (${state.detail})`);
    case 'KindUnknown':
      return condition('TargetResolved', 'False', 'TargetKindUnknown', `${name} cannot be scaled: the API server does not know ${target.apiVersion || 'its apiVersion'}, kind ${target.kind}, or it has no scale subresource. (${state.detail})`);
    case 'Forbidden':
      return condition('TargetResolved', 'False', 'TargetForbidden', `The controller may not read the scale of ${name}: grant it get on the scale subresource. (${state.detail})`);
    case 'NotYetKnown':
      return condition('TargetResolved', 'Unknown', 'TargetNotYetKnown', `${name} has not been read yet. (${state.detail})`);
  }
}

function metricsAvailable({ variant, replicas: pods, unmatchedPods, targetState }: VariantObservation, { problems }: Observation): ConditionState {
  const condition_ = (status: ConditionState['status'], reason: ReasonCode, message: string): ConditionState => condition('MetricsAvailable', status, reason, message);
  const serving = pods.filter(isServing);
  if (serving.length === 0) {
    const total = pods.filter(({ terminating }) => !terminating).length;
    const nodeless = pods.filter(({ scheduled, terminating }) => !scheduled && !terminating).length;
    const there = targetState.kind !== 'found' ? 'The scale target is not known' : total === 0 ? 'There are no pods' : `None of ${total} pods is ready and awake (${nodeless} without a node)`;
    return condition_('Unknown', 'NoReplicas', `${there}, so nothing can report.`);
  }
  let reporting = 0;
  for (const { readings } of serving) if (readings.kvUsedFraction.kind === 'fresh' && readings.waiting.kind === 'fresh') reporting++;
  if (allStandStill(serving)) {
    return condition_('False', 'MetricsFrozen', `${serving.length === 1 ? 'The one ready pod says that it runs' : `All ${serving.length} ready pods say that they run`} requests, and counted neither new ones nor tokens of late: engines hang, or something in between shows old pages. Look at /metrics of a pod twice, and at its log.`);
  }
  const about = `${reporting} of ${serving.length} ready pods report KV cache use and queue`;
  if (reporting === serving.length) return condition_('True', 'MetricsFound', `${about}.`);
  if (reporting > 0) return condition_('True', 'MetricsPartial', `${about}; nothing is removed until all do.${naming(unmatchedPods)}`);
  const ages = serving.flatMap(({ readings }) => [readings.kvUsedFraction, readings.waiting].flatMap((reading) => (reading.kind === 'stale' ? [reading.ageMs] : [])));
  if (ages.length > 0) {
    return condition_('False', 'MetricsStale', `${about}: the newest reading is ${Math.round(Math.min(...ages) / 1000)} s old. Check that the pods are scraped and answer in time.`);
  }
  // a Prometheus that answers, and knows nothing of these pods, is well; what it says of others is not about them
  const isUnanswered = serving.some(({ readings: { kvUsedFraction } }) => kvUsedFraction.kind === 'missing' && kvUsedFraction.why !== 'NotReported');
  const failed = problems.find(({ source }) => source === 'prometheus');
  if (failed && isUnanswered) return condition_('False', 'PrometheusError', `${about}. ${failed.message}`);
  const why = serving.flatMap(({ readings }) => (readings.kvUsedFraction.kind === 'missing' ? [`${readings.kvUsedFraction.why}${readings.kvUsedFraction.detail ? `: ${readings.kvUsedFraction.detail}` : ''}`] : []))[0];
  return condition_(
    'False',
    'MetricsMissing',
    `${about}${why ? ` (${why})` : ''}. Check that the pods show /metrics of ${variant.engine}, that the network lets the controller reach them, ` +
      `and, with Prometheus, that a ServiceMonitor or PodMonitor selects them in namespace ${variant.namespace}.${naming(unmatchedPods)}`,
  );
}

function isServing({ ready, terminating, readings }: ReplicaObservation): boolean {
  return ready && !terminating && freshValue(readings.asleep) !== true;
}

function naming(pods: readonly string[]): string {
  if (pods.length === 0) return '';
  return ` Silent: ${pods.slice(0, 3).join(', ')}${pods.length > 3 ? ` and ${pods.length - 3} more` : ''}.`;
}

function targetConflict({ variant, suppressedBy }: VariantObservation, { conflicts }: Observation): ConditionState {
  const what = `${variant.target.kind} ${variant.target.name} on ${variant.accelerator}`;
  if (suppressedBy !== undefined) {
    return condition('TargetConflict', 'True', 'SuppressedDueToConflict', `${suppressedBy} claims ${what} too and comes first; nothing is served for this resource. Delete one of them, or give them different accelerators or targets.`);
  }
  const won = conflicts.find(({ winner }) => winner === variant.key);
  if (won) return condition('TargetConflict', 'True', 'ConflictResolvedByArbitration', `${won.losers.join(', ')} also claim ${what} and are suppressed, because this resource comes first.`);
  return condition('TargetConflict', 'False', 'NoConflict', `No other resource claims ${what}.`);
}

function optimizationReady(seen: VariantObservation, variant: Variant, outcome: Outcome, target: ConditionState, metrics: ConditionState): ConditionState {
  const say = (status: ConditionState['status'], reason: ReasonCode, message: string): ConditionState => condition('OptimizationReady', status, reason, message);
  if (seen.suppressedBy !== undefined) return say('False', 'SuppressedDueToConflict', `Nothing is decided: ${seen.suppressedBy} comes first.`);
  if (outcome.desired === undefined) return say('False', target.reason, 'Nothing is decided without a scale target.');
  const desired = `${replicas(outcome.desired)} on ${seen.variant.accelerator}`;
  if (outcome.heldBecause === 'Paused') return say('True', 'Paused', `${desired}, held. ${modeInWords(variant)}.`);
  if (outcome.held) return say('False', 'MetricsUnavailable', `${desired}, held: ${metrics.message}`);
  return say('True', 'OptimizationSucceeded', `${desired}.`);
}

/** Whether all that is called for can be had. */
function acceleratorsAvailable({ trail }: Outcome, avoidance: Avoidance | undefined): ConditionState {
  const last = trail.at(-1);
  if (last?.reason === 'LimitedByQuota' || last?.reason === 'LimitedByAccelerators' || last?.reason === 'Reclaimed') return condition('AcceleratorsAvailable', 'False', last.reason, last.sentence);
  if (avoidance?.active === true) return condition('AcceleratorsAvailable', 'False', 'Unschedulable', avoidanceInWords(avoidance.memory));
  return condition('AcceleratorsAvailable', 'True', 'AcceleratorsFound', 'There is room for everything that is called for.');
}

function ready(seen: VariantObservation, variant: Variant, outcome: Outcome, target: ConditionState, conflict: ConditionState, metrics: ConditionState): ConditionState {
  const say = (status: ConditionState['status'], reason: ReasonCode, message: string): ConditionState => condition('Ready', status, reason, message);
  if (seen.suppressedBy !== undefined) return say('False', conflict.reason, conflict.message);
  if (outcome.desired === undefined) return say('False', target.reason, target.message);
  const counts = `${replicas(outcome.desired)} desired, ${seen.currentReplicas} there`;
  if (outcome.heldBecause === 'Paused') return say('True', 'Paused', `${modeInWords(variant)}: ${counts}.`);
  if (outcome.held) return say('False', 'Holding', `${counts}; the last decision is held. ${metrics.message}`);
  if (variant.mode === 'recommend') return say('True', 'DryRun', `${modeInWords(variant)}: ${counts}, and nothing follows the decision.`);
  return say('True', 'Deciding', `${counts} (${outcome.reason}).`);
}

export function condition(type: ConditionState['type'], status: ConditionState['status'], reason: ReasonCode, message: string): ConditionState {
  return { type, status, reason, message };
}
