import { sum } from '../../base/index.ts';
import type { Limit, Taking } from './limits.ts';
import { placedOn, withNode, type FreeNodes } from './nodes.ts';

/** What is left of limits while it is shared out. */
export type Room = Map<Limit, number | FreeNodes>;

/** The first limit that has no room for one replica more; one that is not in the room holds nobody back. */
export function blockedBy(takings: readonly Taking[], room: ReadonlyMap<Limit, number | FreeNodes>): Limit | undefined {
  return takings.find(({ limit, onPods }) => {
    const free = room.get(limit);
    return free !== undefined && (typeof free === 'number' ? free < sum(onPods) : placedOn(free, onPods) === undefined);
  })?.limit;
}

/** Takes one replica's room, where it is there; else the limit that has none, and nothing is taken. */
export function take(takings: readonly Taking[], room: Room): Limit | undefined {
  const by = blockedBy(takings, room);
  if (by !== undefined) return by;
  for (const { limit, onPods } of takings) {
    const free = room.get(limit);
    if (free !== undefined) room.set(limit, typeof free === 'number' ? free - sum(onPods) : (placedOn(free, onPods) ?? free));
  }
  return undefined;
}

/** Adds what one replica leaves. Nobody knows beside what its pods run, so each of them leaves a node of its own: singles that go make no room for a replica of eight. */
export function give(takings: readonly Taking[], room: Room): void {
  for (const { limit, onPods } of takings) {
    const free = room.get(limit);
    if (free !== undefined) room.set(limit, typeof free === 'number' ? free + sum(onPods) : onPods.reduce(withNode, free));
  }
}
