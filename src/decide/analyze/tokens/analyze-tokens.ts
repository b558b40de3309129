import { freshValue, type Policy, type RouterReadings } from '../../../model/index.ts';
import { rounded } from '../../../base/index.ts';
import type { Analysis, Reckoning } from '../analysis.ts';
import { againstBand } from '../band.ts';
import { believedCapacities } from '../believed-capacities.ts';
import type { Group, Member } from '../group.ts';
import { requestsOf, type Requests } from '../requests.ts';
import { promisedCapacity, rememberedCapacity, type Seen } from './known-capacity.ts';
import { routerTokens } from './replica-tokens.ts';
import { variantTokens, type VariantTokens } from './variant-tokens.ts';

/**
 * Saturation in tokens, the rule that WVA ships since 0.9 ("V2"): demand is the tokens in use and those that waiting requests will need, in engines and in the router; capacity
 * the tokens that a replica was seen, or is thought, to carry. Both in tokens, for each variant; the band of `utilization` says the rest.
 *
 * Replicas that serve and say nothing are taken to have as much as the others, and then nothing is removed. `undefined`: no replica reports and the router holds nothing.
 */
export function analyzeTokens(group: Group, router: RouterReadings | undefined, policy: Policy, nowMs: number): Reckoning {
  const { members, thresholds } = group;
  const typical = requestsOf(members.flatMap(({ supply }) => supply.serving.map(({ readings }) => readings)));
  const held = (router && freshValue(router.waiting)) ?? 0;
  const told = members.map((member) => variantTokens(member, typical, thresholds, held, nowMs));
  const noted = told.map(({ memory }) => ({ tokens: memory }));
  const requests = typical ?? latest(told);
  const seen: Seen[] = [];
  const shown = members.map((member, index) => {
    const { capacity, memory } = told[index] as VariantTokens;
    const found = capacity ?? rememberedCapacity(memory, nowMs);
    if (found !== undefined) seen.push({ member, capacity: found });
    return found;
  });
  const capacities = believedCapacities(members, members.map((member, index) => shown[index] ?? promisedCapacity(member, requests, seen, thresholds)));
  return { analysis: analysisOf(members, told, capacities, requests, held, policy), noted };
}

function analysisOf(members: readonly Member[], told: readonly VariantTokens[], capacities: readonly (number | undefined)[], requests: Requests | undefined, held: number, { utilization }: Policy): Analysis | undefined {
  const total = (of: (one: VariantTokens) => number): number => told.reduce((sum, one) => sum + of(one), 0);
  const reporting = total((one) => one.reporting);
  if (reporting === 0 && held === 0) return undefined;
  if (capacities.every((capacity) => capacity === undefined)) return undefined;
  const silent = total((one) => one.silent);
  const shown = total((one) => one.demand);
  const perCapacity = told.reduce((sum, { reporting: count }, index) => sum + count * (capacities[index] ?? 0), 0);
  let [serving, mute] = [0, 0];
  for (const [index, { supply }] of members.entries()) {
    serving += supply.ready * (capacities[index] ?? 0);
    mute += Math.max(0, Math.min(supply.serving.length - (told[index] as VariantTokens).reporting, (told[index] as VariantTokens).silent)) * (capacities[index] ?? 0);
  }
  const unseen = perCapacity === 0 ? 0 : (shown / perCapacity) * mute;
  const role = (members[0] as Member).variant.role;
  const queued = requests === undefined ? 0 : routerTokens(held, requests, role);
  // somebody waits, and nobody knows for how much: the first replica tells
  const demand = Math.max(shown + unseen + queued, held > 0 ? 1 : 0);
  const saturated = total((one) => one.saturated);
  const { required, sufficient } = againstBand(demand, serving, utilization);
  const keep = silent > 0 || (held > 0 && requests === undefined) ? 'HeldMetricsPartial' : saturated > 0 ? 'HeldSaturated' : undefined;
  const origins = (): string => [...new Set(told.flatMap(({ origin }) => (origin === undefined ? [] : [by[origin]])))].join(' and ') || 'by what was seen before, or by arguments';
  return {
    servingCapacity: serving,
    replicaCapacities: capacities,
    ownMargin: true,
    figures: () => `${rounded(demand, 0)} tokens asked for and ${rounded(serving, 0)} carried, ${origins()}${queued > 0 ? `, ${rounded(queued, 0)} of them held by the router` : ''}, ${saturated} of ${reporting} saturated`,
    ...(required !== undefined && { required }),
    ...(required === undefined && keep !== undefined && { keep }),
    ...(sufficient !== undefined && keep === undefined && { sufficient }),
  };
}

const by = { observed: 'as seen while requests wait', history: 'as seen before', arguments: 'by what the engine is told', memory: 'by memory' } as const;

/** What requests were last like, where none has ended of late. */
function latest(told: readonly VariantTokens[]): Requests | undefined {
  let found: (Requests & { readonly atMs: number }) | undefined;
  for (const { memory: { requests } } of told) if (requests !== undefined && (found === undefined || requests.atMs > found.atMs)) found = requests;
  return found;
}
