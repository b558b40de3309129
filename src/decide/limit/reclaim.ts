import { compareText } from '../../base/index.ts';
import { gather, type Grant } from './gather.ts';
import type { Limit } from './limits.ts';
import { blockedBy, give, take, type Room } from './room.ts';
import { gain, hand, poorest, standingOf, type Party, type Standing } from './standing.ts';

/** What a model is to have, as a share of what it needs. */
export interface Share {
  readonly work: string;
  readonly priority: number;
  readonly ofNeed: number;
}

/** Replicas that are taken back from a variant. */
export interface Taken {
  readonly count: number;
  /** What of them others need. */
  readonly by: Limit;
  /** Who gave them, as he is left. */
  readonly from: Share;
  /** For whom, as they will be once they have what is coming. */
  readonly to: readonly Share[];
}

export interface Reclaimed {
  /** By variant key. */
  readonly taken: ReadonlyMap<string, Taken>;
  /** Replicas for which there will be room once all that goes is gone, by variant key. */
  readonly coming: ReadonlyMap<string, number>;
  /** Who is to have what others hold beyond their share, at once or when it has been so for long enough. */
  readonly claiming: ReadonlySet<string>;
}

const epsilon = 1e-9;

/**
 * What models that hold more than their fair share give back to those that have less, in whole replicas, dearest capacity first. Shares are those of `shareOut`: what a model has of what it needs, divided by its priority.
 *
 * Who has least comes first, and waits for what is free or is going anyway; only for what is missing then somebody gives, who stays at or above what the other has with it. So what has been given is never asked back, whatever the sizes of replicas, and
 * nobody gives for somebody whom it does not help, nor before it has been so for a while. Who has nothing gets a first replica at once from anybody who keeps one, unless his priority is 0.
 * @param room what will be there once all that goes is gone; it is used up
 */
export function reclaim(parties: readonly Party[], room: Room): Reclaimed {
  const standings = parties.toSorted((a, b) => compareText(a.work, b.work)).map(standingOf);
  const grants: { readonly to: Standing; readonly of: readonly Grant[] }[] = [];
  const coming = new Map<string, number>();
  const claiming = new Set<string>();
  for (let next = poorest(standings); next !== undefined; next = poorest(standings)) {
    const [one] = next.open;
    if (one === undefined) break;
    const { takings, carries, key, claimedForMs } = one.holding;
    const fits = blockedBy(takings, room) === undefined;
    // what has been given stays claimed until it is there
    const { grants: given, claims, partly } = fits ? { grants: [], claims: claimedForMs > 0, partly: undefined } : gather(next, one.holding, standings, room);
    if (claims) claiming.add(key);
    if (given === undefined) {
      next.open = next.open.slice(1);
      continue;
    }
    for (const { from, holding } of given) {
      give(holding.takings, room);
      hand(from, holding);
    }
    if (given.length > 0) grants.push({ to: next, of: given });
    if (partly) {
      next.open = next.open.slice(1);
      continue;
    }
    take(takings, room);
    coming.set(key, (coming.get(key) ?? 0) + 1);
    gain(next, carries);
    one.left--;
    if (one.left === 0 || next.has >= next.party.needs - epsilon) next.open = next.open.slice(1);
  }
  return { taken: summed(grants), coming, claiming };
}

function summed(grants: readonly { readonly to: Standing; readonly of: readonly Grant[] }[]): Map<string, Taken> {
  const taken = new Map<string, Taken>();
  for (const { to, of } of grants) {
    for (const { from, holding, by } of of) {
      const before = taken.get(holding.key);
      const known = before?.to ?? [];
      taken.set(holding.key, { count: (before?.count ?? 0) + 1, by: before?.by ?? by, from: shareOf(from), to: known.some(({ work }) => work === to.party.work) ? known : [...known, shareOf(to)] });
    }
  }
  return taken;
}

function shareOf({ party: { work, priority, needs }, has }: Standing): Share {
  return { work, priority, ofNeed: needs <= 0 ? 1 : has / needs };
}
