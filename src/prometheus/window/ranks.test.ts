import { describe, expect, it } from 'vitest';
import type { EngineSample } from '../engines/sample.ts';
import { readingsOfRanks } from './ranks.ts';
import { readingsOver, type Window } from './readings.ts';

function windowOf(rank: string, seconds: number, gauges: EngineSample['gauges'], counters: EngineSample['counters'], asleep = false): Window {
  const latest: EngineSample = { atMs: 100_000, engine: 'vllm', ranks: rank, gauges, counters, asleep };
  return { latest, before: { ...latest, atMs: 100_000 - seconds * 1000, counters: {} } };
}

describe('ranks that show a page each', () => {
  const busy = windowOf('0', 60, { running: 6, waiting: 2, kvUsed: 0.9, kvCapacity: 3000 }, { departures: 60, completions: 60, ttftSum: 30, ttftCount: 60 });
  // it started later
  const young = windowOf('1', 20, { running: 2, waiting: 0, kvUsed: 0.1, kvCapacity: 1000 }, { departures: 60, completions: 60, ttftSum: 6, ttftCount: 60 });

  it('add up over windows of their own, with means by what they are of', () => {
    const got = readingsOfRanks([busy, young]);
    expect(got).toMatchObject({
      running: { value: 8 }, waiting: { value: 2 }, kvCapacityTokens: { value: 4000 }, completionsPerSecond: { value: 4 }, asleep: { value: false },
    });
    expect(got.kvUsedFraction).toMatchObject({ value: expect.closeTo(0.7, 12) as number });
    // one a second of 0.5 s, three a second of 0.1 s
    expect(got.ttftSeconds).toMatchObject({ value: expect.closeTo(0.2, 12) as number });
  });

  it('have no part in a mean while nothing happens in them', () => {
    const idle = windowOf('1', 60, { running: 0, waiting: 0 }, { departures: 0, ttftSum: 0, ttftCount: 0 });
    expect(readingsOfRanks([busy, idle]).ttftSeconds).toMatchObject({ value: 0.5 });
    expect(readingsOfRanks([idle, idle]).ttftSeconds).toEqual({ kind: 'missing', why: 'NothingHappened' });
  });

  it('are not known where one of them is not', () => {
    const silent = windowOf('1', 60, { running: 1 }, {});
    expect(readingsOfRanks([busy, silent])).toMatchObject({ running: { value: 7 }, waiting: { kind: 'missing', why: 'NotReported' }, ttftSeconds: { kind: 'missing' } });
  });

  it('are asleep when all are', () => {
    const asleep = windowOf('0', 60, {}, {}, true);
    expect(readingsOfRanks([asleep, asleep]).asleep).toMatchObject({ value: true });
    expect(readingsOfRanks([asleep, busy]).asleep).toMatchObject({ value: false });
  });

  it('of one page are what the page says', () => {
    expect(readingsOfRanks([busy])).toEqual(readingsOver(busy));
  });
});
