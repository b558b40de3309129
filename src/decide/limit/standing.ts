import { compareText } from '../../base/index.ts';
import type { Taking } from './limits.ts';
import { satisfactionOf } from './share-out.ts';

/** What one variant holds of what is scarce, and lacks. */
export interface Holding {
  /** Of the variant. */
  readonly key: string;
  /** Replicas that may be taken from it in one decision: `atOnce`, and more only where one replica of who takes needs as many: given in parts, they would be taken by smaller ones meanwhile. */
  readonly atOnce: number;
  readonly atMost: number;
  /** Replicas that it needs and has no room for. */
  readonly lacks: number;
  /** For how long others have held beyond their share what it lacks. */
  readonly claimedForMs: number;
  /** What one replica carries, in the unit of its model. */
  readonly carries: number;
  readonly costPerHour: number;
  readonly takings: readonly Taking[];
}

/** One model's part, with what it has and needs. */
export interface Party {
  /** Of the model. */
  readonly work: string;
  readonly priority: number;
  /** In the unit of the model: for its load to be carried, and what serves or will after what was decided so far. */
  readonly needs: number;
  readonly has: number;
  /** Replicas that may go from all its variants together: one that serves stays. */
  readonly spare: number;
  /** Somebody has to have claimed what it holds for so long; who has nothing need not wait. */
  readonly patienceMs: number;
  readonly of: readonly Holding[];
}

/** A party while it gives and takes. */
export interface Standing {
  readonly party: Party;
  /** Those of which some may be taken, dearest capacity first. */
  readonly gives: readonly Holding[];
  has: number;
  /** What it has of what it needs, by its priority. */
  share: number;
  spare: number;
  /** Those that lack something, cheapest capacity first; who finds no room is closed. */
  open: { readonly holding: Holding; left: number }[];
  readonly taken: Map<string, number>;
}

export function standingOf(party: Party): Standing {
  const cheapestFirst = party.of.toSorted((a, b) => a.costPerHour / a.carries - b.costPerHour / b.carries || compareText(a.key, b.key));
  const open = cheapestFirst.flatMap((holding) => (holding.lacks > 0 ? [{ holding, left: holding.lacks }] : []));
  const gives = party.spare > 0 ? cheapestFirst.filter(({ atMost }) => atMost > 0).toReversed() : [];
  return { party, gives, has: party.has, share: shareAt(party, party.has), spare: party.spare, open, taken: new Map() };
}

/** What it would have of what it needs with so much, by its priority. */
export function shareAt({ needs, priority }: Party, has: number): number {
  return satisfactionOf(has, needs, priority);
}

/** Who has least of what it needs, of those that lack something; of equals the one of higher priority, else the first. */
export function poorest(standings: readonly Standing[]): Standing | undefined {
  let best: Standing | undefined;
  for (const one of standings) {
    if (one.open.length === 0) continue;
    if (best === undefined || one.share < best.share || (one.share === best.share && one.party.priority > best.party.priority)) best = one;
  }
  return best;
}

/** Gives it so much more (or less) to have. */
export function gain(standing: Standing, more: number): void {
  standing.has += more;
  standing.share = shareAt(standing.party, standing.has);
}

/** Takes a replica from it. */
export function hand(standing: Standing, { key, carries }: Holding): void {
  standing.taken.set(key, (standing.taken.get(key) ?? 0) + 1);
  standing.spare--;
  gain(standing, -carries);
}
