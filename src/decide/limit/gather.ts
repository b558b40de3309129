import type { Limit } from './limits.ts';
import { blockedBy, give, type Room } from './room.ts';
import { shareAt, type Holding, type Standing } from './standing.ts';

/** One replica of one variant, and what of it is needed. */
export interface Grant {
  readonly from: Standing;
  readonly holding: Holding;
  readonly by: Limit;
}

/** What makes room for one replica more: replicas of others, `undefined` where they do not suffice. */
export interface Gathered {
  readonly grants: readonly Grant[] | undefined;
  /** They would, once it has been so for long enough. */
  readonly claims: boolean;
  /** They make no room yet, for a limit is exceeded by more than what goes at once. */
  readonly partly?: true;
}

/** Below this difference two models have as much: what they need changes by so much by itself. */
const worthwhile = 1.1;
const epsilon = 1e-9;

/** Who takes, and from whom it may. */
interface Taker {
  readonly to: Standing;
  readonly wanted: Holding;
  readonly givers: readonly Standing[];
}

export function gather(to: Standing, wanted: Holding, standings: readonly Standing[], room: Room): Gathered {
  const givers = to.party.priority > 0 ? standings.filter((from) => mayGive(from, to)) : [];
  if (givers.length === 0) return { grants: undefined, claims: false };
  const patient = to.share > 0 ? givers.filter(({ party }) => wanted.claimedForMs >= party.patienceMs) : givers;
  const grants = gatherFrom({ to, wanted, givers: patient }, room);
  if (grants !== undefined && blockedBy(wanted.takings, roomAfter(grants, room)) !== undefined) return { grants, claims: true, partly: true };
  return { grants, claims: grants !== undefined || (patient.length < givers.length && gatherFrom({ to, wanted, givers }, room) !== undefined) };
}

/** Who has something that may be taken, and a tenth more of what it needs. Who has nothing takes from anybody. */
function mayGive(from: Standing, to: Standing): boolean {
  return from !== to && from.spare > 0 && from.gives.length > 0 && (to.share === 0 || from.share >= worthwhile * to.share);
}

function gatherFrom(taker: Taker, room: Room): readonly Grant[] | undefined {
  if (taker.givers.length === 0) return undefined;
  const atOnce = gatherWithin(taker, room, (one) => one.atOnce);
  if (atOnce !== undefined) return atOnce;
  // more than at once goes only for the first that is taken for
  const whole = gatherWithin(taker, room, (one, { taken }) => (taken.has(one.key) ? one.atOnce : one.atMost));
  return whole?.some(({ by }) => isExceeded(by, room)) === true ? partOf(whole, room) : whole;
}

function gatherWithin({ to, wanted, givers }: Taker, room: Room, mostOf: (holding: Holding, from: Standing) => number): readonly Grant[] | undefined {
  const after = shareAt(to.party, to.has + wanted.carries);
  const trial: Room = new Map(room);
  const found: Grant[] = [];
  for (let by = blockedBy(wanted.takings, trial); by !== undefined; by = blockedBy(wanted.takings, trial)) {
    const grant = richest(by);
    if (grant === undefined) return undefined;
    give(grant.holding.takings, trial);
    found.push(grant);
  }
  return withoutNeedless(found, wanted, room);

  /** The replica whose going leaves its model with the most, of those that hold some of a limit. */
  function richest(by: Limit): Grant | undefined {
    let best: Grant | undefined;
    let most = -1;
    for (const from of givers) {
      const gone = found.length === 0 ? found : found.filter((grant) => grant.from === from);
      const has = gone.length === 0 ? from.has : gone.reduce((total, { holding }) => total - holding.carries, from.has);
      if (from.spare <= gone.length || (to.share > 0 && shareAt(from.party, has) < worthwhile * to.share)) continue;
      const holding = from.gives.find((one) => mostOf(one, from) > (from.taken.get(one.key) ?? 0) + gone.filter((grant) => grant.holding === one).length && helps(one, wanted, by));
      if (holding === undefined) continue;
      const left = shareAt(from.party, has - holding.carries);
      if (left <= 0 || (to.share > 0 && left < after - epsilon)) continue;
      if (best === undefined || left > most || (left === most && holding.costPerHour > best.holding.costPerHour)) [best, most] = [{ from, holding, by }, left];
    }
    return best;
  }
}

/** Nobody can have what goes of an exceeded limit, so it need not go together: of each variant as much as goes at once. */
function partOf(whole: readonly Grant[], room: Room): readonly Grant[] | undefined {
  const part = whole.filter(({ from, holding, by }, index) => {
    const before = whole.slice(0, index).filter((grant) => grant.holding === holding).length;
    return isExceeded(by, room) && before + (from.taken.get(holding.key) ?? 0) < holding.atOnce;
  });
  return part.length > 0 ? part : undefined;
}

function isExceeded(by: Limit, room: Room): boolean {
  const left = room.get(by);
  return typeof left === 'number' && left < 0;
}

function roomAfter(grants: readonly Grant[], room: Room): Room {
  const then: Room = new Map(room);
  for (const { holding } of grants) give(holding.takings, then);
  return then;
}

/** On nodes, where one of its pods leaves enough for the smallest of the other's. */
function helps({ takings }: Holding, wanted: Holding, by: Limit): boolean {
  const gives = takings.find(({ limit }) => limit === by);
  if (gives === undefined) return false;
  if (typeof by.free === 'number') return true;
  const asks = wanted.takings.find(({ limit }) => limit === by);
  return asks !== undefined && Math.max(...gives.onPods) >= Math.min(...asks.onPods);
}

/** What was found before something larger may not be needed beside it. */
function withoutNeedless(found: readonly Grant[], wanted: Holding, room: Room): readonly Grant[] {
  if (found.length < 2) return found;
  return found.reduce((kept, grant) => {
    const others = kept.filter((other) => other !== grant);
    return blockedBy(wanted.takings, roomAfter(others, room)) === undefined ? others : kept;
  }, found);
}
