import type { QueueingMemory } from '../../../model/index.ts';
import type { Member } from '../group.ts';
import { requestsOf, type Requests } from '../requests.ts';
import { toldKeyOf } from '../told-key.ts';
import { begin, update, type Belief } from './filter.ts';
import { guessedLaw, profiledLaw } from './first-law.ts';
import { fareUnder, firstTokenMs, queueModelOf } from './queue-model.ts';
import type { ServiceLaw, Work } from './service-law.ts';
import { sightOf, type Sight } from './sight.ts';

export interface VariantQueue {
  readonly law: ServiceLaw | undefined;
  readonly requests: Requests | undefined;
  /** Requests that one replica runs at once at the most. */
  readonly sequences: number;
  readonly memory: QueueingMemory;
}

/** Means are over a minute: what is seen more often is seen twice. */
const learnEveryMs = 55_000;
/** While replicas come or go the others take or give load, and nothing is in a steady state. */
const calmMs = 120_000;
/** So many sights in a row that are not believed, or cannot be explained at all, and it begins anew. */
const refusedToForget = 10;
/** What was learned is believed for so long without another sight. */
const believedMs = 7 * 24 * 3_600_000;
const usualSequences = 256;
/** While it is learned there is room for all that waits. */
const placesForEach = 10;

/** The law of one variant with what this look adds to it. It begins with the profile that its resource gives, else with what is seen first. */
export function variantQueue({ seen, supply, recalled }: Member, typical: Requests | undefined, fullQueue: number, kvShare: number, nowMs: number): VariantQueue {
  const { offlineProfile, engineArguments } = seen;
  const toldKey = offlineProfile === undefined ? toldKeyOf(seen) : `${toldKeyOf(seen)} ${Object.values(offlineProfile).join(' ')}`;
  const before = recalled.queueing?.toldKey === toldKey && nowMs - recalled.queueing.atMs <= believedMs ? recalled.queueing : undefined;
  const own = requestsOf(supply.serving.map(({ readings }) => readings));
  // variants share their requests: what one replica carries of them is the same question for all
  const requests = typical ?? before?.requests;
  const sequences = fitting(offlineProfile?.maxSequences ?? engineArguments?.maxSequences ?? usualSequences, requests, supply.kvCapacityTokens ?? engineArguments?.kvCapacityTokens, kvShare);
  const serving = supply.serving.length;
  const servingSinceMs = before === undefined ? 0 : before.serving === serving ? before.servingSinceMs : nowMs;
  const due = before?.mean === undefined || nowMs - before.atMs >= learnEveryMs;
  // a first guess is better than none: without it the fleet may never come to rest
  const calm = before?.mean === undefined || nowMs - servingSinceMs >= calmMs;
  const sight = own !== undefined && due && calm ? sightOf(supply.serving, fullQueue, nowMs) : undefined;
  const learned = learnedFrom(before, sight, own, sequences) ?? keptOf(before);
  const first = learned === undefined && requests !== undefined && offlineProfile !== undefined ? profiledLaw(offlineProfile, workOf(requests)) : undefined;
  const begun = first && { ...begin(numbersOf(first)), began: numbersOf(first), refused: 0 };
  const known = learned ?? begun;
  return {
    law: known && lawOf(known.mean),
    requests,
    sequences,
    memory: {
      toldKey,
      ...(known && { mean: known.mean, covariance: known.covariance, began: known.began }),
      refused: known?.refused ?? 0,
      atMs: sight !== undefined || before === undefined ? nowMs : before.atMs,
      ...(requests !== undefined && { requests }),
      serving,
      servingSinceMs,
    },
  };
}

interface Known extends Belief {
  readonly began: readonly number[];
  readonly refused: number;
}

function keptOf(before: QueueingMemory | undefined): Known | undefined {
  return before?.mean === undefined || before.covariance === undefined || before.began === undefined ? undefined : { mean: before.mean, covariance: before.covariance, began: before.began, refused: before.refused };
}

function learnedFrom(before: QueueingMemory | undefined, sight: Sight | undefined, requests: Requests | undefined, sequences: number): Known | undefined {
  if (sight === undefined || requests === undefined) return undefined;
  const work = workOf(requests);
  const guess = (): Known => {
    // Little's law: as many are there as come while one is
    const inService = (sight.arrivalsPerSecond * (sight.ttftMs + work.generationTokens * sight.itlMs)) / 1000;
    const mean = numbersOf(guessedLaw({ ...work, ttftMs: sight.ttftMs, itlMs: sight.itlMs }, Math.min(sequences, inService)));
    return { ...begin(mean), began: mean, refused: 0 };
  };
  const known = keptOf(before);
  if (known === undefined || known.refused >= refusedToForget) return guess();
  const shown = (mean: readonly number[]): readonly [number, number] | undefined => {
    const model = queueModelOf(lawOf(mean), work, sequences, placesForEach * sequences);
    const fare = model && fareUnder(model, sight.arrivalsPerSecond);
    return fare && [firstTokenMs(fare), fare.itlMs];
  };
  const next = update(known, known.began, shown, [sight.ttftMs, sight.itlMs]);
  if (next === undefined) return { ...known, refused: known.refused + 1 };
  return { mean: next.mean, covariance: next.covariance, began: known.began, refused: next.believed ? 0 : known.refused + 1 };
}

/** What the engine allows, and no more than the cache holds up to where it is full. */
function fitting(allowed: number, requests: Requests | undefined, kvCapacityTokens: number | undefined, kvShare: number): number {
  if (requests === undefined || kvCapacityTokens === undefined) return allowed;
  const each = requests.promptTokens * (1 - requests.hitFraction) + requests.generationTokens / 2;
  return Math.max(1, Math.min(allowed, Math.floor((kvShare * kvCapacityTokens) / each)));
}

/** A request gives one token at least. */
export function workOf({ promptTokens, generationTokens }: Requests): Work {
  return { promptTokens, generationTokens: Math.max(1, generationTokens) };
}

function lawOf([baseMs = 0, perComputedTokenMs = 0, perResidentTokenMs = 0]: readonly number[]): ServiceLaw {
  return { baseMs, perComputedTokenMs, perResidentTokenMs };
}

function numbersOf({ baseMs, perComputedTokenMs, perResidentTokenMs }: ServiceLaw): number[] {
  return [baseMs, perComputedTokenMs, perResidentTokenMs];
}
