import { compareText } from '../../base/index.ts';
import type { Limit, Taking } from './limits.ts';
import { blockedBy, give, take, type Room } from './room.ts';
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

/** Below this difference two models have as much: what they need changes by so much by itself. */
const worthwhile = 1.1;
const epsilon = 1e-9;

interface Standing {
  readonly party: Party;
  /** Dearest capacity first. */
  readonly gives: readonly Holding[];
  has: number;
  spare: number;
  /** Cheapest capacity first; those that find no room are closed. */
  open: { readonly holding: Holding; left: number }[];
  readonly taken: Map<string, number>;
}

/** One replica of one variant. */
interface Grant {
  readonly from: Standing;
  readonly holding: Holding;
  readonly by: Limit;
}

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
    const given = fits ? [] : gather(next, one.holding, standings, room);
    // what has been given stays claimed until it is there
    if (fits ? claimedForMs > 0 : given !== undefined || gather(next, { ...one.holding, claimedForMs: Infinity }, standings, room) !== undefined) claiming.add(key);
    if (given === undefined) {
      next.open = next.open.slice(1);
      continue;
    }
    for (const { from, holding } of given) {
      give(holding.takings, room);
      hand(from, holding, 1);
    }
    take(takings, room);
    if (given.length > 0) grants.push({ to: next, of: given });
    coming.set(key, (coming.get(key) ?? 0) + 1);
    next.has += carries;
    one.left--;
    if (one.left === 0 || next.has >= next.party.needs - epsilon) next.open = next.open.slice(1);
  }
  return { taken: summed(grants), coming, claiming };
}

function standingOf(party: Party): Standing {
  const cheapestFirst = party.of.toSorted((a, b) => a.costPerHour / a.carries - b.costPerHour / b.carries || compareText(a.key, b.key));
  const open = cheapestFirst.flatMap((holding) => (holding.lacks > 0 ? [{ holding, left: holding.lacks }] : []));
  return { party, gives: party.spare > 0 ? cheapestFirst.filter(({ atMost }) => atMost > 0).toReversed() : [], has: party.has, spare: party.spare, open, taken: new Map() };
}

/** Who has least of what it needs, of those that lack something. */
function poorest(standings: readonly Standing[]): Standing | undefined {
  let best: Standing | undefined;
  for (const one of standings) if (one.open.length > 0 && (best === undefined || isPoorer(one, best))) best = one;
  return best;
}

function isPoorer(a: Standing, b: Standing): boolean {
  const [ofA, ofB] = [satisfaction(a), satisfaction(b)];
  return ofA !== ofB ? ofA < ofB : a.party.priority > b.party.priority;
}

function satisfaction({ party, has }: Standing, more = 0): number {
  return satisfactionOf(has + more, party.needs, party.priority);
}

/** What makes room for one replica; `undefined` where nobody can give it. */
function gather(to: Standing, wanted: Holding, standings: readonly Standing[], room: Room): readonly Grant[] | undefined {
  if (to.party.priority <= 0) return undefined;
  return gatherWithin(to, wanted, standings, room, 'atOnce') ?? gatherWithin(to, wanted, standings, room, 'atMost');
}

function gatherWithin(to: Standing, wanted: Holding, standings: readonly Standing[], room: Room, within: 'atOnce' | 'atMost'): readonly Grant[] | undefined {
  const trial: Room = new Map(room);
  const before = new Map(standings.flatMap(({ taken }) => [...taken]));
  // more than at once goes only for the first that is taken for
  const mostOf = (one: Holding): number => (within === 'atOnce' || (before.get(one.key) ?? 0) > 0 ? one.atOnce : one.atMost);
  let found: Grant[] = [];
  try {
    for (let by = blockedBy(wanted.takings, trial); by !== undefined; by = blockedBy(wanted.takings, trial)) {
      const grant = richest(to, wanted, standings, by, mostOf);
      if (grant === undefined) return undefined;
      give(grant.holding.takings, trial);
      hand(grant.from, grant.holding, 1);
      found.push(grant);
    }
  } finally {
    for (const { from, holding } of found) hand(from, holding, -1);
  }
  // what was found before something larger may not be needed beside it
  for (const grant of found) {
    const others = found.filter((other) => other !== grant);
    const without: Room = new Map(room);
    for (const { holding } of others) give(holding.takings, without);
    if (blockedBy(wanted.takings, without) === undefined) found = others;
  }
  return found;
}

/** The replica whose going leaves its model with the most, of those that hold some of a limit. */
function richest(to: Standing, wanted: Holding, standings: readonly Standing[], by: Limit, mostOf: (holding: Holding) => number): Grant | undefined {
  const [before, after] = [satisfaction(to), satisfaction(to, wanted.carries)];
  let best: Grant | undefined;
  let most = -1;
  for (const from of standings) {
    if (from === to || from.spare <= 0) continue;
    if (before > 0 && (wanted.claimedForMs < from.party.patienceMs || satisfaction(from) < worthwhile * before)) continue;
    const holding = from.gives.find((one) => mostOf(one) > (from.taken.get(one.key) ?? 0) && helps(one, wanted, by));
    if (holding === undefined) continue;
    const left = satisfaction(from, -holding.carries);
    if (left <= 0 || (before > 0 && left < after - epsilon)) continue;
    if (best === undefined || left > most || (left === most && holding.costPerHour > best.holding.costPerHour)) [best, most] = [{ from, holding, by }, left];
  }
  return best;
}

/** On nodes, where one of its pods leaves enough for the smallest of the other's. */
function helps({ takings }: Holding, wanted: Holding, by: Limit): boolean {
  const gives = takings.find(({ limit }) => limit === by);
  if (gives === undefined) return false;
  if (typeof by.free === 'number') return true;
  const asks = wanted.takings.find(({ limit }) => limit === by);
  return asks !== undefined && Math.max(...gives.onPods) >= Math.min(...asks.onPods);
}

function hand(from: Standing, { key, carries }: Holding, count: number): void {
  from.taken.set(key, (from.taken.get(key) ?? 0) + count);
  from.spare -= count;
  from.has -= count * carries;
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
