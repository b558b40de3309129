import { fresh, missing, type MissingReason, type Reading, type ReplicaReadings } from '../../model/index.ts';
import type { CounterName, EngineSample, GaugeName } from '../engines/sample.ts';

/** Two looks at the same engines, or one and why there is no other. */
export type Window =
  | {
      readonly latest: EngineSample;
      readonly before: EngineSample;
      /** Where recent arrivals are counted from; only what tells arrivals need be in it. */
      readonly recentBefore?: EngineSample;
    }
  | { readonly latest: EngineSample; readonly without: Without };

export interface Without {
  readonly why: MissingReason;
  readonly detail: string;
}

/** What a replica did over a window, dated by its later end. */
export function readingsOver(window: Window): ReplicaReadings {
  const { latest } = window;
  const { atMs } = latest;
  // releases without the counters show a share of their own
  const hits = latest.counters.prefixQueries === undefined ? gauge(latest, 'prefixHitShare') : share(window, 'prefixHits', 'prefixQueries');
  return {
    running: nonNegative(gauge(latest, 'running')),
    waiting: waitingNow(latest),
    kvUsedFraction: fraction(gauge(latest, 'kvUsed')),
    kvCapacityTokens: nonNegative(gauge(latest, 'kvCapacity')),
    arrivalsPerSecond: arrivals(window),
    recentArrivalsPerSecond: arrivals(recently(window)),
    completionsPerSecond: rate(window, 'completions'),
    promptTokensPerSecond: rate(window, 'promptTokens'),
    generationTokensPerSecond: rate(window, 'generationTokens'),
    meanPromptTokens: share(window, 'promptLengthSum', 'promptLengthCount'),
    meanGenerationTokens: share(window, 'generationLengthSum', 'generationLengthCount'),
    ttftSeconds: share(window, 'ttftSum', 'ttftCount'),
    itlSeconds: share(window, 'itlSum', 'itlCount'),
    e2eSeconds: share(window, 'e2eSum', 'e2eCount'),
    queueSeconds: share(window, 'queueTimeSum', 'queueTimeCount'),
    prefixHitFraction: fraction(hits),
    preemptionsPerSecond: rate(window, 'preemptions'),
    asleep: latest.asleep === undefined ? missing<boolean>('NotReported') : fresh(latest.asleep, atMs),
  };
}

/** The same reason for everything. */
export function nothingRead(why: MissingReason, detail?: string): ReplicaReadings {
  const unknown = missing(why, detail);
  return {
    running: unknown,
    waiting: unknown,
    kvUsedFraction: unknown,
    kvCapacityTokens: unknown,
    arrivalsPerSecond: unknown,
    recentArrivalsPerSecond: unknown,
    completionsPerSecond: unknown,
    promptTokensPerSecond: unknown,
    generationTokensPerSecond: unknown,
    meanPromptTokens: unknown,
    meanGenerationTokens: unknown,
    ttftSeconds: unknown,
    itlSeconds: unknown,
    e2eSeconds: unknown,
    queueSeconds: unknown,
    prefixHitFraction: unknown,
    preemptionsPerSecond: unknown,
    asleep: missing<boolean>(why, detail),
  };
}

function recently(window: Window): Window {
  if ('without' in window) return window;
  const { latest, recentBefore } = window;
  return recentBefore
    ? { latest, before: recentBefore }
    : { latest, without: { why: 'NoPriorSample', detail: 'The samples lie nearer together than the ten seconds over which recent arrivals are told.' } };
}

/**
 * Requests that reached the replica, per second: those that left, plus by how many more are in flight, plus
 * those turned away at the door. Counting only what left would understate a growing queue.
 *
 * An engine that does not count a request whose client hung up makes that sum too small. First tokens bound
 * it from below: of those given in the window, at most the requests in flight at its beginning are of
 * earlier arrivals. The larger of the two is never more than what truly arrived.
 */
function arrivals(window: Window): Reading {
  const left = change(window, 'departures');
  if (typeof left !== 'number') return left;
  if ('without' in window) return missing(window.without.why, window.without.detail);
  const { before, latest } = window;
  const had = requestsInFlight(before);
  if (typeof had !== 'number') return had;
  const has = requestsInFlight(latest);
  if (typeof has !== 'number') return has;
  const accounted = left + has - had;
  const firstTokens = change(window, 'ttftCount');
  const atLeast = typeof firstTokens === 'number' ? firstTokens - had : 0;
  const rejected = change(window, 'rejections');
  const turnedAway = typeof rejected === 'number' ? rejected : 0;
  return fresh((Math.max(accounted, atLeast, 0) + turnedAway) / seconds(window), latest.atMs);
}

function requestsInFlight(sample: EngineSample): number | Unknown {
  const { running: atWork, waiting: queued, waitingElsewhere } = sample.gauges;
  // nearly always two numbers, and asked for four times a replica: no readings need to be made of them
  if (typeof atWork === 'number' && atWork >= 0 && typeof queued === 'number' && queued >= 0 && waitingElsewhere === undefined) return queued + atWork;
  const running = nonNegative(gauge(sample, 'running'));
  const waiting = waitingNow(sample);
  if (running.kind === 'missing') return running;
  return waiting.kind === 'missing' ? waiting : running.value + waiting.value;
}

function waitingNow(sample: EngineSample): Reading {
  const waiting = nonNegative(gauge(sample, 'waiting'));
  if (waiting.kind === 'missing' || sample.gauges.waitingElsewhere === undefined) return waiting;
  const elsewhere = nonNegative(gauge(sample, 'waitingElsewhere'));
  return elsewhere.kind === 'missing' ? elsewhere : fresh(waiting.value + elsewhere.value, sample.atMs);
}

function gauge(sample: EngineSample, name: GaugeName): Reading {
  const value = sample.gauges[name];
  if (value === undefined) return missing('NotReported');
  return value === 'NotANumber' ? missing('NotANumber') : fresh(value, sample.atMs);
}

type Unknown = Extract<Reading, { kind: 'missing' }>;

/** By how much a counter grew. A number rather than a reading, of which a look at a large fleet would make a million for nothing. */
function change(window: Window, name: CounterName): number | Unknown {
  const latest = window.latest.counters[name];
  if (latest === undefined) return unknown('NotReported');
  if ('without' in window) return unknown(window.without.why, window.without.detail);
  // A labelled counter is not shown before it first counts. The earlier page was whole (others are never
  // kept), so absence there means that nothing had been counted.
  const before = window.before.counters[name] ?? 0;
  if (latest === 'NotANumber' || before === 'NotANumber') return unknown('NotANumber');
  return latest < before ? unknown('CounterReset') : latest - before;
}

function unknown(why: MissingReason, detail?: string): Unknown {
  return missing(why, detail) as Unknown;
}

export function rate(window: Window, name: CounterName): Reading {
  const grown = change(window, name);
  return typeof grown === 'number' ? fresh(grown / seconds(window), window.latest.atMs) : grown;
}

/** A mean over what happened in the window; nothing has no mean. */
function share(window: Window, sum: CounterName, count: CounterName): Reading {
  const total = change(window, sum);
  const events = change(window, count);
  if (typeof total !== 'number') return total;
  if (typeof events !== 'number') return events;
  if (events === 0) return missing('NothingHappened');
  const mean = total / events;
  return Number.isFinite(mean) ? fresh(mean, window.latest.atMs) : missing('NotANumber');
}

function seconds(window: Window): number {
  return 'without' in window ? Number.NaN : (window.latest.atMs - window.before.atMs) / 1000;
}

function nonNegative(reading: Reading): Reading {
  return reading.kind === 'fresh' && reading.value < 0 ? missing('Malformed', `${reading.value} cannot be negative`) : reading;
}

/** 0..1; a thousandth more is an engine's rounding, anything else is another unit. */
function fraction(reading: Reading): Reading {
  if (reading.kind !== 'fresh') return reading;
  if (reading.value < 0 || reading.value > 1.001) return missing('Malformed', `${reading.value} is not a fraction between 0 and 1`);
  return reading.value > 1 ? fresh(1, reading.atMs) : reading;
}
