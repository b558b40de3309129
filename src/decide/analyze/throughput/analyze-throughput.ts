import { mean, rounded, sum } from '../../../base/index.ts';
import { freshValue, type Policy, type RouterReadings } from '../../../model/index.ts';
import type { Analysis, Reckoning } from '../analysis.ts';
import { arrivalsOf, type Arrivals } from '../arrivals.ts';
import { againstBand } from '../band.ts';
import { believedCapacities } from '../believed-capacities.ts';
import { byUse } from '../by-use.ts';
import type { Group } from '../group.ts';
import { queuedTokensPerSecond } from './velocity.ts';
import { variantThroughput, type VariantThroughput } from './variant-throughput.ts';

/**
 * Generated tokens a second, the rule of WVA 0.9's throughput analyzer: the time between tokens grows in a line with the share of the KV cache in use, and at `kvCacheThreshold` of
 * it a replica is full. Demand is what arrives times the length of its answers, and what waits; both in tokens a second.
 *
 * Prefill servers generate nothing, and of a model of which no replica has shown a time between tokens nothing is known: there the percentages decide.
 */
export function analyzeThroughput(group: Group, router: RouterReadings | undefined, policy: Policy, nowMs: number): Reckoning {
  const told = group.members.map((member) => variantThroughput(member, group.thresholds.kvCacheThreshold, nowMs));
  const noted = told.map(({ memory }) => ({ throughput: memory }));
  const prefill = group.members[0]?.variant.role === 'prefill';
  const analysis = prefill ? undefined : analysisOf(group, told, arrivalsOf(group, router, nowMs), policy);
  return { analysis: analysis ?? byUse(group, policy, prefill ? 'prefill servers generate nothing' : 'no time between tokens has been seen'), noted };
}

function analysisOf(group: Group, told: readonly VariantThroughput[], { perSecond, waiting, source, silent }: Arrivals, { utilization }: Policy): Analysis | undefined {
  const { members, thresholds } = group;
  const capacities = believedCapacities(members, told.map(({ capacity }) => capacity));
  const answer = meanAnswer(told);
  if (answer === undefined || capacities.every((capacity) => capacity === undefined)) return undefined;
  const itlSaturated = mean(told.flatMap(({ itlSaturatedSeconds }) => itlSaturatedSeconds ?? [])) ?? 0;
  const queued = queuedTokensPerSecond(waiting, itlSaturated);
  // without any rate of arrivals what the replicas seem to do is the least that comes
  const asked = perSecond === undefined ? sum(told.map(({ localTokensPerSecond }) => localTokensPerSecond)) : perSecond * answer;
  const demand = asked + queued;
  const serving = members.reduce((total, { supply }, index) => total + supply.ready * (capacities[index] ?? 0), 0);
  const full = members.some(({ supply }) => supply.serving.some(({ readings }) => isFull(freshValue(readings.waiting))));
  const keep = perSecond === undefined || silent > 0 ? 'HeldMetricsPartial' : full ? 'HeldSaturated' : undefined;
  const { required, sufficient } = againstBand(demand, serving, utilization);
  const origins = (): string => [...new Set(told.flatMap(({ origin }) => origin ?? []))].join(' and ');
  const arrivals = (): string => (perSecond === undefined ? `${rounded(asked, 0)} by the use of the caches` : `${rounded(perSecond)} requests/s at the ${source} with answers of ${rounded(answer, 0)} tokens`);
  return {
    servingCapacity: serving,
    replicaCapacities: capacities,
    ownMargin: true,
    figures: () => `${rounded(demand, 0)} tokens/s asked for (${arrivals()}${queued > 0 ? `, ${rounded(queued, 0)} for ${rounded(waiting, 0)} that wait` : ''}) and ${rounded(serving, 0)} given by ${origins()}`,
    ...(required !== undefined && { required }),
    ...(required === undefined && keep !== undefined && { keep }),
    ...(sufficient !== undefined && keep === undefined && { sufficient }),
  };

  function isFull(queue: number | undefined): boolean {
    return queue !== undefined && queue > 0 && queue >= thresholds.queueLengthThreshold;
  }
}

/** Length of answers, each variant weighing as many replicas as it has; of those without any, what they last were. */
function meanAnswer(told: readonly VariantThroughput[]): number | undefined {
  let [weights, tokens] = [0, 0];
  for (const some of [true, false]) {
    for (const { requests, replicas } of told) {
      if (requests === undefined || (some && replicas === 0)) continue;
      const weight = some ? replicas : 1;
      weights += weight;
      tokens += weight * requests.generationTokens;
    }
    if (weights > 0) return tokens / weights;
  }
  return undefined;
}
