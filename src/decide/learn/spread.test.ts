import { describe, expect, it } from 'vitest';
import { noonMs, readingsOf } from '../../../test/support/decide/scene.ts';
import type { ReplicaObservation, SpreadMemory } from '../../model/index.ts';
import { spreadOf, watchSpread, type Kind } from './spread.ts';

const minuteMs = 60_000;

/** Replicas of one kind, each with so many running and so many requests a second. */
function kind(replicas: number, running: number, perSecond: number, kvCapacityTokens?: number, readySinceMs = 0): Kind {
  const replica = { readySinceMs, readings: readingsOf({ running, waiting: 0, arrivalsPerSecond: perSecond }) } as Partial<ReplicaObservation> as ReplicaObservation;
  return { serving: Array.from({ length: replicas }, () => replica), kvCapacityTokens };
}

function watch(looks: readonly (readonly Kind[])[], before?: SpreadMemory, fromMinute = 0): SpreadMemory | undefined {
  return looks.reduce<SpreadMemory | undefined>((memory, kinds, index) => watchSpread(memory, kinds, noonMs + (fromMinute + index) * minuteMs), before);
}

const evenInFlight = [kind(3, 30, 2.5), kind(1, 31, 8)];
const evenRequests = [kind(3, 60, 4), kind(1, 12, 4.1)];
const evenCache = [kind(2, 20, 2, 100_000), kind(2, 81, 6, 400_000)];

describe('how requests come to replicas of several kinds', () => {
  it.each([
    ['in a way that nobody knows, before anything was seen', [], undefined],
    ['in a way that none of them tells, where kinds are far apart by each', [[kind(3, 90, 8, 100_000), kind(1, 12, 2, 100_000)]], undefined],
    ['to the least loaded, where as many are in flight on each', [evenInFlight], 'EqualInFlight'],
    ['in turn, where as many come to each', [evenRequests], 'EqualRequests'],
    ['by cache, where the cache of each is as full', [evenCache], 'EqualCache'],
    ['to the least loaded, where nothing tells them apart', [[kind(2, 30, 4, 100_000), kind(2, 30, 4, 100_000)]], 'EqualInFlight'],
  ] as const)('%s', (_, looks, spread) => {
    expect(spreadOf(watch(looks))).toBe(spread);
  });

  it('is plain numbers where engines tell of caches of no size', () => {
    expect(Object.values(watch([[kind(3, 30, 2.5, 0), kind(1, 31, 8, 0)]]) ?? { of: NaN }).every(Number.isFinite)).toBe(true);
  });

  it('says nothing where one kind is at work, where chance says more, and of replicas that have just begun', () => {
    expect(watch([[kind(3, 60, 4)]])).toBeUndefined();
    expect(watch([[kind(3, 60, 4), kind(1, 2, 4)]])).toBeUndefined();
    expect(watch([[kind(3, 60, 4), kind(1, 12, 4, undefined, noonMs - 30_000)]])).toBeUndefined();
  });

  it('outlasts looks without a second kind, and one look in which a replica fails', () => {
    const known = watch(Array.from({ length: 5 }, () => evenInFlight));
    expect(watch([[kind(3, 60, 4)]], known, 600)).toEqual(known);
    const failing = [kind(3, 30, 2.5), kind(1, 200, 0.5)];
    expect(spreadOf(watch([failing], known, 6))).toBe('EqualInFlight');
  });

  it('follows a router that was changed within the hour', () => {
    const known = watch(Array.from({ length: 120 }, () => evenInFlight));
    expect(spreadOf(watch(Array.from({ length: 60 }, () => evenRequests), known, 120))).toBe('EqualRequests');
  });
});
