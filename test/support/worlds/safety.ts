import { policyFor, policyForModel, reasons, type CycleRecord, type Decision, type Memory, type Observation, type Policy, type VariantObservation } from '../../../src/model/index.ts';
import { emissionBreaches } from './emission-safety.ts';
import { limitBreaches } from './limits-safety.ts';
import type { WorldPlan } from './plan.ts';
import type { WorldCycle } from './play-world.ts';
import { repetitionBreaches } from './repetition.ts';

/** A replica that became ready so long ago has had time to say something: a scrape comes within a minute, and a rate needs two. */
const settledMs = 120_000;
/** Requests that have been there for so long without a pause have been seen by whoever looks. */
const noticedMs = 90_000;

/** What must be true of every cycle, whatever is wrong with the world. One sentence for each thing that is not. */
export function breachesOf(cycle: WorldCycle, world: WorldPlan): string[] {
  return [...recordBreaches(cycle.record, cycle.after, cycle.first), ...takenFromAll(cycle), ...limitBreaches(world, cycle)];
}

/**
 * What a record alone shows.
 * @param after what was to be remembered
 * @param first whether nothing was remembered before
 */
export function recordBreaches(record: CycleRecord, after: Memory, first: boolean): string[] {
  const { observation, decisions } = record;
  const found: string[] = [];
  for (const [index, decision] of decisions.entries()) {
    const seen = observation.variants[index] as VariantObservation;
    const policy = policyFor(record.policy, seen.variant);
    const about = (breach: string | undefined): void => {
      if (breach !== undefined) found.push(`${decision.variant.key}: ${breach}`);
    };
    if (decision.variant.key !== seen.variant.key) about('is not the variant that was seen at this place');
    about(outOfBounds(decision, seen, policy));
    about(brokenTrail(decision));
    about(takenFromTheUnknown(decision, seen, observation));
    about(takenAtOnce(decision, policy));
    about(takenForOthers(decision, seen, policy));
    if (first) about(takenByRestart(decision, seen, policy));
  }
  return [...found, ...emissionBreaches(record), ...repetitionBreaches(record, after)];
}

function outOfBounds({ desired, current, trail }: Decision, { variant, targetState, suppressedBy }: VariantObservation, { scaleToZero }: Policy): string | undefined {
  const decidable = targetState.kind === 'found' && suppressedBy === undefined;
  if (!decidable) return desired === undefined ? undefined : `${desired} desired without a target`;
  if (desired === undefined) return 'nothing was decided';
  if (!Number.isInteger(desired) || desired < 0) return `${desired} is no number of replicas`;
  // a minimum is no reason to go over what there is room for
  const isLimited = trail.some(({ from, to, reason }) => to < from && (reason === 'LimitedByQuota' || reason === 'LimitedByAccelerators'));
  const asked = scaleToZero && variant.minReplicasAssumed === true ? 0 : variant.minReplicas;
  const min = isLimited ? Math.min(asked, current) : asked;
  const max = Math.max(min, variant.maxReplicas ?? Infinity);
  return desired < min || desired > max ? `${desired} is not within ${min} and ${max}` : undefined;
}

function brokenTrail({ trail, current, desired, reason }: Decision): string | undefined {
  if (!(reason in reasons)) return `${reason} is no reason`;
  if (desired === undefined) return trail.length > 0 ? 'a trail leads to nothing' : undefined;
  let at = current;
  for (const { from, to, reason: why, sentence } of trail) {
    if (from !== at) return `the trail goes on from ${from} where it was at ${at}`;
    if (!(why in reasons)) return `${why} is no reason`;
    if (sentence === '' || /NaN|Infinity|undefined|null/.test(sentence)) return `says "${sentence}"`;
    at = to;
  }
  return at === desired ? undefined : `the trail leads to ${at} and not to ${desired}`;
}

/** Ready for long, and nothing fresh is known of its use. */
function silentIn({ replicas }: VariantObservation, atMs: number): string[] {
  return replicas.flatMap(({ pod, ready, terminating, readySinceMs = 0, readings: { kvUsedFraction, waiting } }) =>
    ready && !terminating && atMs - readySinceMs > settledMs && kvUsedFraction.kind !== 'fresh' && waiting.kind !== 'fresh' ? [pod] : []);
}

/** Nothing of a model goes while one of its replicas is silent, but what was decided before. */
function takenFromTheUnknown({ desired, current, previous = current, trail }: Decision, { variant }: VariantObservation, { variants, atMs }: Observation): string | undefined {
  if (desired === undefined || desired >= Math.min(current, previous) || trail.some(({ reason }) => reason === 'LoweredToMaxReplicas' || reason === 'GivenUpUnschedulable')) return undefined;
  // prefill servers tell nothing of what decode servers do
  const silent = variants.filter((other) => other.variant.namespace === variant.namespace && other.variant.modelID === variant.modelID && other.variant.role === variant.role).flatMap((other) => silentIn(other, atMs));
  return silent.length === 0 ? undefined : `goes from ${Math.min(current, previous)} to ${desired} while ${silent.join(', ')} is silent`;
}

function takenAtOnce({ desired, current, previous = current, trail }: Decision, { scaleDownMaxFraction }: Policy): string | undefined {
  const most = Math.max(1, Math.floor(current * scaleDownMaxFraction + 1e-9));
  if (desired === undefined || desired >= Math.min(previous, current - most)) return undefined;
  // what no node took, or never became ready, has never served
  return trail.some(({ reason }) => reason === 'LoweredToMaxReplicas' || reason === 'SharedTargetCapped' || reason === 'Reclaimed' || reason === 'GivenUpUnschedulable' || reason === 'GivenUpUnready') ? undefined : `${current} -> ${desired} is more than ${most} at once`;
}

/** Only where the policy lets it, from who decides by himself, and not below the minimum. */
function takenForOthers({ trail, held, variant: { mode } }: Decision, { variant }: VariantObservation, { reclaim, scaleToZero }: Policy): string | undefined {
  const step = trail.find(({ reason }) => reason === 'Reclaimed');
  if (step === undefined) return undefined;
  const least = scaleToZero && variant.minReplicasAssumed === true ? 0 : variant.minReplicas;
  if (!reclaim || held || mode !== 'act') return `is taken from (reclaim ${reclaim}, held ${held}, mode ${mode})`;
  return step.to < least ? `is taken from below its minimum of ${least}: ${step.from} -> ${step.to}` : undefined;
}

/** Who remembers nothing removes nothing. */
function takenByRestart({ desired, current, trail }: Decision, { lastDesired, variant }: VariantObservation, { scaleDownStabilizationMs }: Policy): string | undefined {
  const before = lastDesired?.accelerator === variant.accelerator ? lastDesired.replicas : current;
  if (desired === undefined || scaleDownStabilizationMs === 0 || desired >= Math.min(before, current)) return undefined;
  return trail.some(({ reason }) => reason === 'LoweredToMaxReplicas' || reason === 'Idle') ? undefined : `removes down to ${desired} right after a restart (${before} were decided, ${current} are there)`;
}

/** Not to zero while requests run or wait. */
function takenFromAll({ record: { decisions, policy, observation }, traffic, atMs, targets }: WorldCycle): string[] {
  return traffic.flatMap(({ restedAtMs }, model) => {
    const plan = targets.find((target) => target.model === model)?.plan;
    if (plan === undefined || atMs - restedAtMs < noticedMs) return [];
    const those = decisions.filter(({ variant }) => variant.namespace === plan.namespace && variant.modelID === plan.modelID);
    // nothing follows what is recommended, and nobody takes the last of what is paused
    if (those.some(({ variant, desired, current }) => (variant.mode === 'act' ? desired : current) !== 0) || those.every(({ current, previous = current }) => Math.min(current, previous) === 0)) return [];
    const known = observation.variants.some(({ variant, replicas }) => variant.modelID === plan.modelID && replicas.length > 0);
    return known ? [`${plan.modelID}: goes to zero while requests run or wait (retention ${policyForModel(policy, plan).retentionMs} ms)`] : [];
  });
}
