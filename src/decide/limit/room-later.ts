import type { Draft } from '../draft.ts';
import { heldBy, type Limits } from './limits.ts';
import { placedOn } from './nodes.ts';
import { give, take, type Room } from './room.ts';

/** What there will be room for once all replicas are gone that are ending, or that these drafts remove. What a limit is exceeded by is missing from it. */
export function roomLater(drafts: readonly Draft[], limits: Limits): Room {
  const room: Room = new Map();
  for (const takings of limits.values()) for (const { limit } of takings) if (!room.has(limit)) room.set(limit, typeof limit.free === 'number' ? limit.free - (limit.over ?? 0) : limit.free);
  for (const { subject, trail } of drafts) {
    const takings = limits.get(subject.variant.key);
    if (takings === undefined) continue;
    const { current } = subject.supply;
    const stay = subject.variant.mode === 'recommend' ? current : Math.min(current, trail.at);
    for (let count = heldBy(subject) - stay; count > 0; count--) give(takings, room);
  }
  return room;
}

/** That room without what these drafts add. Who only tries adds nothing. */
export function lessAdded(room: Room, drafts: readonly Draft[], limits: Limits): Room {
  const added = drafts.filter(({ subject, trail }) => subject.variant.mode !== 'recommend' && trail.at > subject.supply.current);
  // the largest first, as nodes fill up best
  for (const { subject, trail } of added.toSorted((a, b) => b.subject.variant.acceleratorCount - a.subject.variant.acceleratorCount)) {
    const count = trail.at - subject.supply.current;
    for (const { limit, onPods } of limits.get(subject.variant.key) ?? []) {
      for (let each = 0; each < count; each++) {
        const free = room.get(limit);
        if (free === undefined) continue;
        room.set(limit, typeof free === 'number' ? free - onPods.reduce((total, one) => total + one, 0) : (placedOn(free, onPods) ?? free));
      }
    }
  }
  return room;
}

/** That room without what is kept for variants, by their key. */
export function lessKept(room: Room, kept: ReadonlyMap<string, number>, limits: Limits): Room {
  for (const [key, count] of kept) for (let each = 0; each < count; each++) take(limits.get(key) ?? [], room);
  return room;
}
