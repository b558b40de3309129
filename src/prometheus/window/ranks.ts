import { sum } from '../../base/index.ts';
import { fresh, missing, type Reading, type ReplicaReadings } from '../../model/index.ts';
import type { CounterName } from '../engines/sample.ts';
import { rate, readingsOver, type Window } from './readings.ts';

/** What a reading is of when a replica's ranks show a page each. */
type Part = keyof Omit<ReplicaReadings, 'asleep'>;

/** Those that add up. */
const amounts = [
  'running', 'waiting', 'kvCapacityTokens', 'arrivalsPerSecond', 'recentArrivalsPerSecond', 'completionsPerSecond',
  'promptTokensPerSecond', 'generationTokensPerSecond', 'preemptionsPerSecond',
] as const satisfies readonly Part[];

/** Those that are means, and of how many events. */
const means = {
  meanPromptTokens: 'promptLengthCount',
  meanGenerationTokens: 'generationLengthCount',
  ttftSeconds: 'ttftCount',
  itlSeconds: 'itlCount',
  e2eSeconds: 'e2eCount',
  queueSeconds: 'queueTimeCount',
  prefixHitFraction: 'prefixQueries',
} as const satisfies Partial<Record<Part, CounterName>>;

/**
 * What a replica did whose data-parallel ranks show a page each, every one over its own window: amounts add up, means are weighted by the events
 * that they are of, and the KV cache in use by its size. A sum of some is not the sum: what one of them does not tell is not known.
 */
export function readingsOfRanks(windows: readonly [Window, ...Window[]]): ReplicaReadings {
  if (windows.length === 1) return readingsOver(windows[0]);
  const ranks = windows.map(readingsOver);
  const of = (name: Part): Reading[] => ranks.map((rank) => rank[name]);
  const capacities = of('kvCapacityTokens').map((reading) => (reading.kind === 'missing' ? undefined : reading.value));
  const total = Object.fromEntries(amounts.map((name) => [name, combined(of(name), (values) => sum(values))]));
  const weighted = Object.fromEntries(Object.entries(means).map(([name, count]) => [name, meanOf(of(name as Part), windows.map((window) => rate(window, count)))]));
  const asleep = ranks.map((rank) => rank.asleep);
  return {
    ...total,
    ...weighted,
    kvUsedFraction: combined(of('kvUsedFraction'), (values) => weightedMean(values, capacities.every((one) => one !== undefined) ? capacities : values.map(() => 1))),
    asleep: asleep.find(({ kind }) => kind === 'missing') ?? fresh(asleep.every((one) => one.kind !== 'missing' && one.value), oldest(asleep)),
  } as ReplicaReadings;
}

function combined(readings: readonly Reading[], combine: (values: readonly number[]) => number): Reading {
  const values: number[] = [];
  for (const reading of readings) {
    if (reading.kind === 'missing') return reading;
    values.push(reading.value);
  }
  return fresh(combine(values), oldest(readings));
}

/** A rank in which nothing happened has no part in a mean. */
function meanOf(readings: readonly Reading[], counts: readonly Reading[]): Reading {
  const parts = readings.map((reading, index) => ({ reading, count: counts[index] as Reading })).filter(({ reading }) => !(reading.kind === 'missing' && reading.why === 'NothingHappened'));
  if (parts.length === 0) return missing('NothingHappened');
  // a share without counters is as good as any other
  const weights = parts.map(({ count }) => (count.kind === 'missing' ? 1 : count.value));
  return combined(parts.map(({ reading }) => reading), (values) => weightedMean(values, weights));
}

function weightedMean(values: readonly number[], weights: readonly number[]): number {
  const whole = sum(weights);
  return whole > 0 ? sum(values.map((value, index) => value * (weights[index] as number))) / whole : sum(values) / values.length;
}

function oldest(readings: readonly Reading<unknown>[]): number {
  return Math.min(...readings.map((reading) => (reading.kind === 'missing' ? Infinity : reading.atMs)));
}
