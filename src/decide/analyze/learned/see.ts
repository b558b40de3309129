import type { LatencyReadings, ModelMemory, ModelReadings, Policy, ReplicaObservation, ShapeMemory } from '../../../model/index.ts';
import { learnShape } from '../../learn/shape.ts';
import type { Group } from '../group.ts';
import { knownOf, type Known } from './laws.ts';
import { loadOn, type Load } from './load.ts';

/** What the requests are like is learned once a minute, as laws are, and at once while little is known. */
const shapeEveryMs = 55_000;
const requestsToBeginWith = 20;

/** What one look shows of a group. */
export interface Seen {
  readonly shape: ShapeMemory;
  /** In the group's order. */
  readonly known: readonly Known[];
  readonly load: Load;
  /** Its replicas that serve. */
  readonly serving: readonly ReplicaObservation[];
  /** How long the model's requests take; absent where nobody looks. */
  readonly latency: LatencyReadings | undefined;
}

export function see(group: Group, { router, latency }: Partial<ModelReadings>, policy: Policy, before: ModelMemory | undefined, nowMs: number): Seen {
  const serving = servingOf(group);
  const shape = shapeWith(group, serving, before?.shape, nowMs);
  return { shape, known: knownOf(group, router, shape, policy, nowMs), load: loadOn(group, router, before, policy.slo, nowMs), serving, latency };
}

function servingOf({ members }: Group): readonly ReplicaObservation[] {
  return members.length === 1 ? (members[0]?.supply.serving ?? []) : members.flatMap(({ supply }) => supply.serving);
}

function shapeWith({ stage }: Group, serving: readonly ReplicaObservation[], before: ShapeMemory | undefined, nowMs: number): ShapeMemory {
  if (before !== undefined && before.requests >= requestsToBeginWith && nowMs - before.atMs < shapeEveryMs) return before;
  return learnShape(before, serving, nowMs, stage);
}
