import { freshValue, type Reading, type ReplicaObservation, type SpreadMemory } from '../../model/index.ts';

/** How requests come to replicas of several kinds: as many run on each, as many come to each, or the cache of each is as full. */
export type Spread = 'EqualInFlight' | 'EqualRequests' | 'EqualCache';

/** The replicas of one kind that serve. */
export interface Kind {
  readonly serving: readonly ReplicaObservation[];
  /** Tokens that the KV cache of one of them holds. */
  readonly kvCapacityTokens: number | undefined;
}

/** What a look showed counts half after as long a time of looks at several kinds: routers are changed seldom, and by people. */
const halfLifeMs = 1_200_000;
/** Looks that follow each other after more than this are no more than one. */
const mostMs = 60_000;
/** Readings are means over a minute: each is looked at once. */
const everyMs = 55_000;
/** A replica that has just become ready is given what others are not. */
const settledMs = 60_000;
/** Of fewer requests in flight on a kind, or fewer that came in the last minute, chance says more than the router does. */
const leastRequests = 8;
/** Kinds are never told to be further apart than e times: an outage of one is no news of the router. */
const mostApart = 1;
/**
 * Of what tells about as well, as many are thought to run on each: what routers do that send to the least loaded, and between the two others. Others have to tell better by so much: as one look with kinds that are 1.7 times apart.
 */
const doubt = 0.3;
/** A measure by which kinds are twice apart in the mean look does not tell how requests come. */
const mostDoubt = Math.log(2) ** 2;

/** How far apart the kinds of a look were by each measure, added up. `undefined`: never was more than one kind at work. */
export function watchSpread(before: SpreadMemory | undefined, kinds: readonly Kind[], nowMs: number): SpreadMemory | undefined {
  if (before !== undefined && nowMs - before.atMs < everyMs) return before;
  const shown: { readonly running: number; readonly requests: number; readonly cache: number }[] = [];
  for (const { serving, kvCapacityTokens } of kinds) {
    let replicas = 0;
    let running = 0;
    let requests = 0;
    for (const { readings, readySinceMs } of serving) {
      if (readySinceMs !== undefined && nowMs - readySinceMs < settledMs) continue;
      const inFlight = sumOf(readings.running, readings.waiting);
      const rate = freshValue(readings.arrivalsPerSecond);
      if (inFlight === undefined || rate === undefined) continue;
      replicas++;
      running += inFlight;
      requests += rate;
    }
    if (replicas === 0 || running < leastRequests || requests * 60 < leastRequests) continue;
    shown.push({ running: running / replicas, requests: requests / replicas, cache: kvCapacityTokens === undefined || kvCapacityTokens <= 0 ? 0 : running / replicas / kvCapacityTokens });
  }
  if (shown.length < 2) return before;
  const keep = before === undefined ? 0 : 2 ** (-Math.min(mostMs, nowMs - before.atMs) / halfLifeMs);
  return {
    inFlight: keep * (before?.inFlight ?? 0) + apart(shown.map(({ running }) => running)),
    requests: keep * (before?.requests ?? 0) + apart(shown.map(({ requests }) => requests)),
    cache: keep * (before?.cache ?? 0) + apart(shown.map(({ cache }) => cache)),
    looks: keep * (before?.looks ?? 0) + 1,
    atMs: nowMs,
  };
}

/** What tells best of what was seen; `undefined`: nothing was, or none of them tells it, and then replicas are thought to be given what they are able to. */
export function spreadOf(memory: SpreadMemory | undefined): Spread | undefined {
  if (memory === undefined) return undefined;
  const { inFlight, requests, cache, looks } = memory;
  if (Math.min(inFlight, requests, cache) > mostDoubt * looks) return undefined;
  if (inFlight <= Math.min(requests, cache) + doubt) return 'EqualInFlight';
  return requests <= cache ? 'EqualRequests' : 'EqualCache';
}

function sumOf(running: Reading, waiting: Reading): number | undefined {
  const [runs, waits] = [freshValue(running), freshValue(waiting)];
  return runs === undefined || waits === undefined ? undefined : runs + waits;
}

/** Square of the logarithm of the largest by the smallest. */
function apart(values: readonly number[]): number {
  const least = Math.min(...values);
  return least <= 0 ? mostApart ** 2 : Math.min(mostApart, Math.log(Math.max(...values) / least)) ** 2;
}
