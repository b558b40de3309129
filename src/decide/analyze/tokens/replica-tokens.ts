import { freshValue, type EngineArguments, type ReplicaReadings, type Role, type SaturationPolicy } from '../../../model/index.ts';
import type { Requests } from '../requests.ts';
import { derivedTokens } from './derived.ts';

/** What gave the capacity of a replica: seen while requests waited, the mean of such sights, the engine's arguments, or its memory alone. */
export type CapacityOrigin = 'observed' | 'history' | 'arguments' | 'memory';

export interface ReplicaTokens {
  /** Tokens that it carries, in its cache: the smaller of what its memory holds and of what it computes in time. */
  readonly capacity: number;
  readonly origin: CapacityOrigin;
  /** Tokens in use, and those that who waits will need. */
  readonly demand: number;
  /** Tokens in use, where this is a sight of a replica that could take no more. */
  readonly sight?: number;
  /** Requests wait, and nobody knows how long they are. */
  readonly unsized: boolean;
}

/** What is known about a replica besides its own readings. */
export interface ReplicaContext {
  readonly role: Role;
  /** Tokens that its cache holds, where it does not say so now. */
  readonly kvCapacityTokens: number | undefined;
  readonly engineArguments: EngineArguments | undefined;
  /** What requests are like here, as told now or before. */
  readonly requests: Requests | undefined;
  /** Mean of the sights before, for answers of this length. */
  readonly observedTokens: number | undefined;
  /** How long every look has found a full queue. */
  readonly queuedMs: number;
  /** Requests that a router holds back from all replicas of the model. */
  readonly held: number;
}

/** A queue that has stood for three looks is no burst. */
const lastingMs = 30_000;
/** With so much of the cache in use a queue means that no more fits, or can be computed. */
const busyFraction = 0.5;
/** A replica that is seen to carry less of its memory than this is at odds with itself (loading, paused, waiting for a grammar) rather than full. */
const leastOfMemory = 1 / 8;

/** Of long prompts with short answers the arguments allow few at a time, and chunks of prompts fit between them: less than half of the memory is believed only when it is seen. */
const leastDerived = 0.5;

/**
 * Capacity and demand of one replica in KV tokens (WVA 0.9's saturation V2). The memory bound is `kvCacheThreshold` of the cache. The compute bound is, in this order:
 * the tokens in use while `queueLengthThreshold` requests wait; the mean of such sights; what the engine's arguments allow for requests like these; none.
 *
 * A full queue alone is not a sight: while a burst of prompts has just arrived, the cache is nearly empty, and what is in it says nothing about what the server can do. It
 * counts with half of the cache in use, with as many running as the engine allows, or when it has stood for half a minute while tokens are made. A router that holds requests back keeps that queue
 * from ever forming: there one that runs as many as its engine allows is a sight, while as many are held.
 *
 * @returns `undefined` where nobody tells how much is in use or how large the cache is.
 */
export function replicaTokens(readings: ReplicaReadings, context: ReplicaContext, thresholds: SaturationPolicy): ReplicaTokens | undefined {
  const used = freshValue(readings.kvUsedFraction);
  // the size of a cache does not age
  const total = readings.kvCapacityTokens.kind === 'missing' ? context.kvCapacityTokens : readings.kvCapacityTokens.value;
  if (used === undefined || total === undefined || !(total > 0)) return undefined;
  const inUse = used * total;
  const waiting = freshValue(readings.waiting) ?? 0;
  const requests = ownRequests(readings) ?? context.requests;
  const demand = inUse + (requests === undefined ? 0 : waitingTokens(waiting, requests, context.role));
  const unsized = waiting > 0 && requests === undefined;
  const memoryBound = total * thresholds.kvCacheThreshold;
  const least = memoryBound * leastOfMemory;
  const told = (computeBound: number, origin: CapacityOrigin, sight?: number): ReplicaTokens => ({
    capacity: Math.min(memoryBound, Math.max(least, computeBound)),
    origin: computeBound < memoryBound || origin === 'observed' || origin === 'history' ? origin : 'memory',
    demand,
    unsized,
    ...(sight !== undefined && { sight }),
  });
  if (isFull(readings, used, inUse, waiting, context, thresholds)) return told(inUse, 'observed', Math.max(least, inUse));
  if (context.observedTokens !== undefined) return told(context.observedTokens, 'history');
  const derived = context.engineArguments && requests && derivedTokens(context.engineArguments, requests);
  return derived === undefined ? told(Infinity, 'memory') : told(Math.max(derived, memoryBound * leastDerived), 'arguments');
}

function isFull(readings: ReplicaReadings, used: number, inUse: number, waiting: number, { engineArguments, queuedMs, held }: ReplicaContext, { queueLengthThreshold }: SaturationPolicy): boolean {
  if (inUse === 0 || freshValue(readings.generationTokensPerSecond) === 0) return false;
  const running = freshValue(readings.running);
  const runsAll = engineArguments !== undefined && running !== undefined && running >= engineArguments.maxSequences;
  if (waiting > 0 && waiting >= queueLengthThreshold) return used >= busyFraction || queuedMs >= lastingMs || runsAll;
  return runsAll && held > 0 && held >= queueLengthThreshold;
}

/**
 * Tokens that waiting requests will have come to hold when they end; a prefill server hands them on before they generate. One that runs counts with what it holds, half
 * of its answer less on average: so a queue asks for a little more than its mean, and is drained by it. Nothing is ever removed by this number.
 */
export function waitingTokens(waiting: number, { promptTokens, generationTokens }: Pick<Requests, 'promptTokens' | 'generationTokens'>, role: Role): number {
  const tokens = waiting * (promptTokens + (role === 'prefill' ? 0 : generationTokens));
  return Number.isFinite(tokens) && tokens > 0 ? tokens : 0;
}

/** What requests held by the router will need: of the prompts, what the prefix caches do not have. */
export function routerTokens(waiting: number, { promptTokens, generationTokens, hitFraction }: Requests, role: Role): number {
  return waitingTokens(waiting, { promptTokens: promptTokens * (1 - hitFraction), generationTokens }, role);
}

function ownRequests({ meanPromptTokens, meanGenerationTokens }: ReplicaReadings): Pick<Requests, 'promptTokens' | 'generationTokens'> | undefined {
  const promptTokens = freshValue(meanPromptTokens);
  const generationTokens = freshValue(meanGenerationTokens);
  return promptTokens === undefined || generationTokens === undefined ? undefined : { promptTokens, generationTokens };
}
