import { rounded, sum } from '../../../base/index.ts';
import { freshValue, type Policy, type RouterReadings, type Slo } from '../../../model/index.ts';
import type { Analysis, Reckoning } from '../analysis.ts';
import { arrivalsOf, type Arrivals } from '../arrivals.ts';
import { againstBand } from '../band.ts';
import { believedCapacities } from '../believed-capacities.ts';
import { byUse } from '../by-use.ts';
import type { Group } from '../group.ts';
import { requestsOf } from '../requests.ts';
import { queueModelOf, rateWithin, type Targets } from './queue-model.ts';
import { inferredTargets } from './targets.ts';
import { variantQueue, workOf, type VariantQueue } from './variant-queue.ts';

/** Places to wait in one replica: with more, those who wait have long missed any target. */
const waitingPlaces = 100;
/** Requests that wait beyond what the policy lets be are to be gone in a minute. */
const drainSeconds = 60;

/**
 * Each replica as a queue whose service depends on how many it serves, the rule of WVA 0.9's queueing model: a replica carries as many requests a second as still meet the targets of the mean time to the
 * first token and between tokens; demand is what arrives, and what has to be drained. Both in requests a second, and capacity is that of the replicas that serve.
 *
 * Targets that nobody gives are three times the base of the slowest variant. While no variant has a law, neither from a profile nor from what was seen, the percentages decide.
 */
export function analyzeQueueing(group: Group, router: RouterReadings | undefined, policy: Policy, nowMs: number): Reckoning {
  const { members, thresholds } = group;
  const typical = requestsOf(members.flatMap(({ supply }) => supply.serving.map(({ readings }) => readings)));
  const told = members.map((member) => variantQueue(member, typical, thresholds.queueLengthThreshold, thresholds.kvCacheThreshold, nowMs));
  const analysis = analysisOf(group, told, arrivalsOf(group, router, nowMs), policy);
  return { analysis: analysis ?? byUse(group, policy, 'no law of its servers is known yet, or what arrives is not'), noted: told.map(({ memory }) => ({ queueing: memory })) };
}

function analysisOf(group: Group, told: readonly VariantQueue[], { perSecond, waiting, source, silent }: Arrivals, { slo, utilization }: Policy): Analysis | undefined {
  const { members, thresholds } = group;
  const targets = targetsOf(told, slo);
  if (perSecond === undefined || targets === undefined) return undefined;
  const capacities = believedCapacities(members, told.map((one) => capacityOf(one, targets)));
  if (capacities.every((capacity) => capacity === undefined)) return undefined;
  const ready = sum(members.map(({ supply }) => supply.ready));
  const serving = sum(members.map(({ supply }, index) => supply.ready * (capacities[index] ?? 0)));
  const backlog = Math.max(0, waiting - thresholds.queueSpareTrigger * ready) / drainSeconds;
  const demand = perSecond + backlog;
  const { required, sufficient } = againstBand(demand, serving, utilization);
  const keep = silent > 0 ? 'HeldMetricsPartial' : members.some(({ supply }) => supply.serving.some(({ readings }) => isLate(readings.ttftSeconds, targets.ttftMs) || isLate(readings.itlSeconds, targets.itlMs))) ? 'HeldSaturated' : undefined;
  return {
    servingCapacity: serving,
    replicaCapacities: capacities,
    ownMargin: true,
    figures: () => `${rounded(perSecond)} requests/s at the ${source}${backlog > 0 ? ` and ${rounded(backlog)} to drain` : ''}, and ${rounded(serving)} carried within ${inWords(targets, slo)}`,
    ...(required !== undefined && { required }),
    ...(required === undefined && keep !== undefined && { keep }),
    ...(sufficient !== undefined && keep === undefined && { sufficient }),
  };
}

function isLate(reading: Parameters<typeof freshValue<number>>[0], targetMs: number | undefined): boolean {
  const seconds = freshValue(reading);
  return seconds !== undefined && targetMs !== undefined && seconds * 1000 > targetMs;
}

/** Those that were given; where none was, the loosest that follow from a variant's law: variants that share requests share their targets. */
function targetsOf(told: readonly VariantQueue[], { ttftSeconds, itlSeconds }: Slo): Targets | undefined {
  if (ttftSeconds !== undefined || itlSeconds !== undefined) return { ...(ttftSeconds !== undefined && { ttftMs: 1000 * ttftSeconds }), ...(itlSeconds !== undefined && { itlMs: 1000 * itlSeconds }) };
  let found: Required<Targets> | undefined;
  for (const { law, requests } of told) {
    if (law === undefined || requests === undefined) continue;
    const own = inferredTargets(law, workOf(requests));
    found = { ttftMs: Math.max(found?.ttftMs ?? 0, own.ttftMs), itlMs: Math.max(found?.itlMs ?? 0, own.itlMs) };
  }
  return found;
}

/** A target that a variant misses with every request is no reason for more of it: there what follows from its own law counts. */
function capacityOf({ law, requests, sequences }: VariantQueue, targets: Targets): number | undefined {
  if (law === undefined || requests === undefined) return undefined;
  const model = queueModelOf(law, workOf(requests), sequences, waitingPlaces);
  return model && (rateWithin(model, targets) ?? rateWithin(model, inferredTargets(law, workOf(requests))) ?? model.mostPerSecond);
}

function inWords({ ttftMs, itlMs }: Targets, slo: Slo): string {
  const parts = [...(ttftMs === undefined ? [] : [`${rounded(ttftMs, 0)} ms to the first token`]), ...(itlMs === undefined ? [] : [`${rounded(itlMs, 1)} ms between tokens`])];
  return `${parts.join(' and ')}${slo.ttftSeconds === undefined && slo.itlSeconds === undefined ? ', three times the base of its servers' : ''}`;
}
