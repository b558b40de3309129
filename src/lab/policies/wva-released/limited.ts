import { growByCost, shrinkByCost } from './cost-aware.ts';
import type { Room } from './cost-aware.ts';
import type { Role } from './observed.ts';
import type { ModelRequest } from './optimize.ts';

/** Accelerators of one kind that are limited. */
export interface AcceleratorPool {
  readonly free: number;
  /** How many one replica takes, by variant. */
  readonly perReplica: ReadonlyMap<string, number>;
}

/**
 * Where accelerators are counted: the model that needs most (times its priority) takes from the free ones what it needs beyond the mean of
 * all, and so on in turns. What others give back in the same cycle is not counted, and a priority says who goes first, not how much.
 */
export function optimizeByScore(requests: readonly ModelRequest[], pools: readonly AcceleratorPool[]): Map<string, number> {
  const targets = new Map(requests.flatMap(({ candidates }) => candidates.map(({ name, current }) => [name, current] as const)));
  const room = createRoom(pools);
  const wanting: { readonly request: ModelRequest; readonly demand: Map<Role, number>; value: number }[] = [];
  for (const request of requests) {
    const value = request.priority * totalOf(request.required) || totalOf(request.required);
    if (value > 0) wanting.push({ request, demand: new Map(request.required), value });
    else shrinkByCost(request.candidates, request.spare, targets);
  }

  while (wanting.length > 0 && room.any()) {
    wanting.sort((a, b) => b.value - a.value);
    const turn = wanting[0] as (typeof wanting)[number];
    const mean = totalOf(new Map(wanting.map((each, index) => [index, each.value]))) / wanting.length;
    const floor = wanting.length === 1 ? 0 : turn.value > mean ? mean : mean - turn.value / wanting.length;
    const before = new Map(targets);
    const clipped = new Map([...turn.demand].map(([role, left]) => [role, Math.min(left, turn.value - floor)]));
    growByCost(turn.request.candidates, clipped, targets, room);
    for (const { name, role, perReplica } of turn.request.candidates) {
      const added = (targets.get(name) ?? 0) - (before.get(name) ?? 0);
      turn.demand.set(role, Math.max(0, (turn.demand.get(role) ?? 0) - added * perReplica));
    }
    const value = turn.request.priority * totalOf(turn.demand) || totalOf(turn.demand);
    if (value <= 0 || value >= turn.value) wanting.shift();
    else turn.value = value;
  }
  return targets;
}

/** Every kind that a replica takes must have some left; a variant on a kind that is not limited always finds some. */
function createRoom(pools: readonly AcceleratorPool[]): Room & { any(): boolean } {
  const free = pools.map((pool) => pool.free);
  return {
    any: () => pools.length === 0 || free.some((count) => count > 0),
    most({ name }) {
      let most = Infinity;
      for (const [index, { perReplica }] of pools.entries()) {
        const each = perReplica.get(name) ?? 0;
        if (each > 0) most = Math.min(most, Math.floor((free[index] ?? 0) / each));
      }
      return most;
    },
    take({ name }, replicas) {
      for (const [index, { perReplica }] of pools.entries()) free[index] = Math.max(0, (free[index] ?? 0) - replicas * (perReplica.get(name) ?? 0));
    },
  };
}

function totalOf(values: ReadonlyMap<unknown, number>): number {
  let total = 0;
  for (const value of values.values()) total += value;
  return total;
}
