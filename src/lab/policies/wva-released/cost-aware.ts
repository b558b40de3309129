import type { Role } from './observed.ts';
import { compare } from './spare-capacity.ts';

/** A variant to choose from, in the analyzer's unit. */
export interface Candidate {
  readonly name: string;
  readonly role: Role;
  readonly cost: number;
  /** Capacity of one replica; 0 where nothing is known, and then it is never chosen. */
  readonly perReplica: number;
  readonly current: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

/** Accelerators that may still be taken. */
export interface Room {
  /** Replicas of this candidate that still find some. */
  most(candidate: Candidate): number;
  take(candidate: Candidate, replicas: number): void;
}

const unlimited: Room = { most: () => Infinity, take: () => undefined };

/**
 * Replicas for what is required, role by role in step with each other, always of the variant with the lowest cost for its capacity.
 *
 * @param required By role, in the unit of the capacity.
 * @param targets Changed in place.
 */
export function growByCost(candidates: readonly Candidate[], required: ReadonlyMap<Role, number>, targets: Map<string, number>, room: Room = unlimited): void {
  const remaining = new Map(required);
  while ([...remaining.values()].some((left) => left > 0)) {
    const picks: { readonly role: Role; readonly candidate: Candidate; readonly most: number; readonly left: number }[] = [];
    for (const [role, left] of remaining) {
      const pick = cheapestForItsCapacity(candidates.filter((each) => each.role === role), targets, room);
      // one role that cannot grow stops the other: as released
      if (pick === undefined) return;
      picks.push({ role, ...pick, left });
    }
    const share = Math.min(...picks.map(({ candidate, most, left }) => (left <= 0 ? 1 : (Math.min(Math.ceil(left / candidate.perReplica), most) * candidate.perReplica) / left)));
    if (share <= 0) return;
    let added = 0;
    for (const { role, candidate, most, left } of picks) {
      if (left <= 0) continue;
      const wanted = Math.min(Math.ceil(left / candidate.perReplica), most);
      const replicas = Math.min(most, Math.max(Math.floor((share * left) / candidate.perReplica), Math.min(1, wanted)));
      targets.set(candidate.name, (targets.get(candidate.name) ?? candidate.current) + replicas);
      remaining.set(role, Math.max(0, left - replicas * candidate.perReplica));
      room.take(candidate, replicas);
      added += replicas;
    }
    if (added === 0) return;
  }
}

function cheapestForItsCapacity(candidates: readonly Candidate[], targets: ReadonlyMap<string, number>, room: Room): { readonly candidate: Candidate; readonly most: number } | undefined {
  return candidates
    .filter(({ perReplica }) => perReplica > 0)
    .toSorted((a, b) => a.cost / a.perReplica - b.cost / b.perReplica || compare(a.name, b.name))
    .map((candidate) => ({ candidate, most: Math.min(candidate.maxReplicas - (targets.get(candidate.name) ?? candidate.current), room.most(candidate)) }))
    .find(({ most }) => most > 0);
}

/**
 * All that is to spare at once, from the dearest variant on; the cheapest keeps one replica where it would be the last of its role.
 *
 * @param targets Changed in place.
 */
export function shrinkByCost(candidates: readonly Candidate[], spare: ReadonlyMap<Role, number>, targets: Map<string, number>): void {
  for (const [role, all] of spare) {
    if (all <= 0) continue;
    let left = all;
    const ofRole = candidates.filter((each) => each.role === role && each.perReplica > 0);
    const order = ofRole.toSorted((a, b) => b.cost - a.cost || a.perReplica - b.perReplica || compare(a.name, b.name));
    for (const [index, { name, current, minReplicas, perReplica }] of order.entries()) {
      const target = targets.get(name) ?? current;
      const alone = candidates.every((other) => other.name === name || other.role !== role || (targets.get(other.name) ?? other.current) === 0);
      let fewer = Math.min(Math.floor(left / perReplica), target - minReplicas);
      if (index === order.length - 1 && alone) fewer = Math.min(fewer, target - 1);
      if (fewer <= 0) continue;
      targets.set(name, target - fewer);
      left -= fewer * perReplica;
    }
  }
}
