import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reading } from '../../model/index.ts';
import type { CounterName, EngineSample } from '../engines/sample.ts';
import { emptyHistory, extended, windowOf, windowRules, type History } from './history.ts';
import { readingsOver } from './readings.ts';

const rules = windowRules(60_000);

function sample(atS: number, rest: Partial<Omit<EngineSample, 'atMs'>> = {}): EngineSample {
  return { atMs: atS * 1000, engine: 'vllm', ranks: '0', gauges: { running: 0, waiting: 0 }, counters: {}, ...rest };
}

function after(...samples: readonly EngineSample[]): History {
  let history = emptyHistory;
  for (const one of samples) history = extended(history, one, rules);
  return history;
}

function readings(...samples: readonly EngineSample[]): ReturnType<typeof readingsOver> {
  return readingsOver(windowOf(after(...samples), rules, samples.at(-1) as EngineSample));
}

describe('the window of a rate', () => {
  it('is the pair of samples whose distance is nearest to it', () => {
    const history = after(...[0, 14, 31, 44, 61, 75].map((atS) => sample(atS)));
    const window = windowOf(history, rules, history.samples.at(-1) as EngineSample);
    expect('before' in window && window.before.atMs).toBe(14_000);
  });

  it('is as long as there is history for, from a second on', () => {
    expect(readings(sample(0, { counters: { generationTokens: 10 } }), sample(5, { counters: { generationTokens: 60 } })).generationTokensPerSecond).toEqual({ kind: 'fresh', value: 10, atMs: 5000 });
    expect(readings(sample(0, { counters: { generationTokens: 10 } }), sample(0.5, { counters: { generationTokens: 60 } })).generationTokensPerSecond).toMatchObject({ why: 'NoPriorSample' });
  });

  it('does not span a long time in which nobody looked', () => {
    expect(readings(sample(0, { counters: { generationTokens: 0 } }), sample(600, { counters: { generationTokens: 6000 } })).generationTokensPerSecond).toMatchObject({ why: 'NoPriorSample' });
  });

  it('forgets what no window can need', () => {
    const history = after(...Array.from({ length: 1000 }, (_, index) => sample(index * 15)));
    expect(history.samples.length).toBeLessThan(15);
  });

  it('takes no sample twice', () => {
    expect(after(sample(0), sample(10), sample(10), sample(9)).samples.map(({ atMs }) => atMs)).toEqual([0, 10_000]);
  });
});

describe('a server that starts anew', () => {
  const before = sample(0, { counters: { generationTokens: 1000, departures: 10 } });
  const restarted = sample(15, { counters: { generationTokens: 40, departures: 0 } });

  it('has no rates at first, and then those of its new life only', () => {
    const at15 = readings(before, restarted);
    expect(at15.generationTokensPerSecond).toMatchObject({ why: 'CounterReset', detail: expect.stringContaining('went back from 1000 to 40') as string });
    expect(at15.running).toMatchObject({ kind: 'fresh' });
    const at30 = readings(before, restarted, sample(30, { counters: { generationTokens: 100, departures: 0 } }));
    expect(at30.generationTokensPerSecond).toMatchObject({ kind: 'fresh', value: 4 });
  });

  it('is told by its start time where the counters have outgrown the old ones', () => {
    const old = sample(0, { startedAtSeconds: 100, counters: { generationTokens: 10 } });
    const young = sample(15, { startedAtSeconds: 500, counters: { generationTokens: 5000 } });
    expect(readings(old, young).generationTokensPerSecond).toMatchObject({ why: 'CounterReset' });
  });

  it('is taken for one that shows half a page, which is no base for a rate: what it lacks would jump', () => {
    const half = sample(15, { counters: { departures: 11 } });
    const whole = sample(30, { counters: { generationTokens: 1200, departures: 12 } });
    expect(readings(before, half).generationTokensPerSecond).toMatchObject({ why: 'NotReported' });
    expect(readings(before, half).completionsPerSecond).toMatchObject({ why: 'NotReported' });
    expect(readings(before, half).arrivalsPerSecond).toMatchObject({ why: 'CounterReset', detail: expect.stringContaining('generationTokens vanished') as string });
    expect(readings(before, half, whole).generationTokensPerSecond).toMatchObject({ why: 'CounterReset' });
    expect(readings(before, half, whole, sample(45, { counters: { generationTokens: 1260, departures: 12 } })).generationTokensPerSecond).toMatchObject({ value: 4 });
  });

  it('is not one that shows another set of engines, which has no earlier sample', () => {
    const one = sample(0, { counters: { generationTokens: 10 } });
    const two = sample(15, { ranks: '0 1', counters: { generationTokens: 5000 } });
    expect(readings(one, two).generationTokensPerSecond).toMatchObject({ why: 'NoPriorSample', detail: expect.stringContaining('vllm 0 1') as string });
  });
});

describe('what happened in a window', () => {
  it('has no mean where nothing happened, and a rate of 0', () => {
    const counters = { ttftSum: 5, ttftCount: 2, departures: 2, completions: 2 };
    const got = readings(sample(0, { counters }), sample(60, { counters }));
    expect(got.ttftSeconds).toEqual({ kind: 'missing', why: 'NothingHappened' });
    expect(got.completionsPerSecond).toMatchObject({ kind: 'fresh', value: 0 });
    expect(got.itlSeconds).toEqual({ kind: 'missing', why: 'NotReported' });
  });

  it('counts from nothing what a labelled counter shows for the first time', () => {
    const got = readings(sample(0, { counters: { generationTokens: 0 } }), sample(60, { counters: { generationTokens: 500, departures: 6, completions: 6 } }));
    expect(got.completionsPerSecond).toMatchObject({ value: 0.1 });
  });

  it.each([
    ['a growing queue', { departures: 0, ttftCount: 0 }, { running: 0, waiting: 0 }, { departures: 6, ttftCount: 10 }, { running: 4, waiting: 20 }, 30],
    ['a queue that drains', { departures: 0, ttftCount: 0 }, { running: 4, waiting: 20 }, { departures: 24, ttftCount: 24 }, { running: 0, waiting: 0 }, 0],
    ['clients that hang up uncounted after their first token', { departures: 0, ttftCount: 0 }, { running: 4, waiting: 0 }, { departures: 0, ttftCount: 50 }, { running: 4, waiting: 0 }, 46],
    ['requests that are turned away', { departures: 0, rejections: 0 }, { running: 4, waiting: 0 }, { departures: 6, rejections: 12 }, { running: 4, waiting: 0 }, 18],
    ['swapped requests, which are in flight', { departures: 0 }, { running: 4, waiting: 0, waitingElsewhere: 0 }, { departures: 2 }, { running: 2, waiting: 0, waitingElsewhere: 2 }, 2],
  ] as const)('knows the arrivals of %s', (_, counters, gauges, laterCounters, laterGauges, arrivals) => {
    const got = readings(sample(0, { counters, gauges }), sample(60, { counters: laterCounters, gauges: laterGauges }));
    expect(got.arrivalsPerSecond.kind === 'fresh' && got.arrivalsPerSecond.value * 60).toBeCloseTo(arrivals, 9);
  });

  it('tells recent arrivals over ten seconds, or over one scrape where they are rarer', () => {
    const at = (atS: number, departures: number, running = 0): EngineSample => sample(atS, { counters: { departures }, gauges: { running, waiting: 0 } });
    const jump = readings(at(0, 0), at(30, 30), at(45, 45), at(60, 60, 45));
    expect(jump.arrivalsPerSecond).toMatchObject({ kind: 'fresh', value: (60 + 45) / 60 });
    expect(jump.recentArrivalsPerSecond).toEqual({ kind: 'fresh', value: (15 + 45) / 15, atMs: 60_000 });
    // every five seconds: the last but one, and not the last
    expect(readings(at(0, 0), at(50, 50), at(55, 90), at(60, 110)).recentArrivalsPerSecond).toMatchObject({ value: 6 });
    // a scrape that came 4 ms early is one of every ten seconds
    expect(readings(at(0, 0), at(50.004, 50), at(60, 110)).recentArrivalsPerSecond).toMatchObject({ value: expect.closeTo(6, 2) as number });
    expect(readings(at(0, 0), at(60, 120)).recentArrivalsPerSecond).toMatchObject({ value: 2 });
  });

  it('tells no recent arrivals from samples that lie too near together, or before the server began anew', () => {
    const at = (atS: number, departures: number): EngineSample => sample(atS, { counters: { departures } });
    expect(readings(at(0, 0), at(5, 5)).recentArrivalsPerSecond).toMatchObject({ kind: 'missing', why: 'NoPriorSample', detail: expect.stringContaining('ten seconds') as string });
    expect(readings(at(0, 100), at(15, 5)).recentArrivalsPerSecond).toMatchObject({ kind: 'missing', why: 'CounterReset' });
    expect(readings(sample(0), sample(15)).recentArrivalsPerSecond).toMatchObject({ kind: 'missing', why: 'NotReported' });
  });

  it('does not know arrivals without knowing what is in flight', () => {
    const counters = { departures: 3 };
    expect(readings(sample(0, { counters }), sample(60, { counters, gauges: { running: 3 } })).arrivalsPerSecond).toMatchObject({ why: 'NotReported' });
    expect(readings(sample(0, { counters }), sample(60, { counters, gauges: { running: 3, waiting: 'NotANumber' } })).arrivalsPerSecond).toMatchObject({ why: 'NotANumber' });
  });

  it.each([
    ['kvUsedFraction', { kvUsed: 5.3 }, 'Malformed'],
    ['kvUsedFraction', { kvUsed: -0.1 }, 'Malformed'],
    ['kvUsedFraction', { kvUsed: 'NotANumber' }, 'NotANumber'],
    ['running', { running: -1 }, 'Malformed'],
    ['waiting', { waiting: 1, waitingElsewhere: 'NotANumber' }, 'NotANumber'],
    ['prefixHitFraction', { prefixHitShare: -1 }, 'Malformed'],
  ] as const)('does not take %s from %j', (name, gauges, why) => {
    expect(readings(sample(0, { gauges }))[name]).toMatchObject({ kind: 'missing', why });
  });

  it('takes a rounding over one for one', () => {
    expect(readings(sample(0, { gauges: { kvUsed: 1.0004 } })).kvUsedFraction).toMatchObject({ value: 1 });
  });
});

/**
 * Whatever a server does (serves, restarts, loses clients without counting them, is not reached for a while),
 * a rate that is told is never above what truly happened.
 */
describe('any story', () => {
  const step = fc.record({
    seconds: fc.integer({ min: 1, max: 40 }),
    arrive: fc.nat(20),
    leave: fc.nat(20),
    hangUp: fc.nat(3),
    restart: fc.nat(19).map((n) => n === 0),
    seen: fc.nat(4).map((n) => n > 0),
  });

  it('never shows a spike', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 40 }), fc.boolean(), (steps, showsStart) => {
        let [nowS, startedAtSeconds, inFlight, departures, firstTokens, answered] = [0, 1, 0, 0, 0, 0];
        const arrivals: { atS: number; count: number }[] = [];
        let history: History = emptyHistory;
        for (const { seconds, arrive, leave, hangUp, restart, seen } of steps) {
          nowS += seconds;
          if (restart) {
            [inFlight, departures, firstTokens, answered] = [0, 0, 0, 0];
            startedAtSeconds = nowS;
          }
          arrivals.push({ atS: nowS, count: arrive });
          inFlight += arrive;
          // first come, first served: all but the newest five have their first token
          const newlyAnswered = Math.max(0, inFlight - answered - 5);
          answered += newlyAnswered;
          firstTokens += newlyAnswered;
          const left = Math.min(leave, answered);
          departures += left;
          const gone = left + Math.min(hangUp, answered - left);
          answered -= gone;
          inFlight -= gone;
          if (!seen) continue;
          const running = Math.min(inFlight, 8);
          history = extended(history, {
            atMs: nowS * 1000, engine: 'vllm', ranks: '0', ...(showsStart ? { startedAtSeconds } : {}),
            gauges: { running, waiting: inFlight - running }, counters: { departures, completions: departures, ttftCount: firstTokens },
          }, rules);
          const latest = history.samples.at(-1) as EngineSample;
          const window = windowOf(history, rules, latest);
          if (!('before' in window)) continue;
          const { arrivalsPerSecond, recentArrivalsPerSecond } = readingsOver(window);
          const all: readonly [Reading, EngineSample | undefined][] = [[arrivalsPerSecond, window.before], [recentArrivalsPerSecond, window.recentBefore]];
          for (const [told, since] of all) {
            if (told.kind !== 'fresh' || !since) continue;
            const fromS = since.atMs / 1000;
            const truth = arrivals.filter(({ atS }) => atS > fromS && atS <= nowS).reduce((sum, { count }) => sum + count, 0);
            expect(told.value * (nowS - fromS)).toBeLessThanOrEqual(truth + 1e-9);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never shows a negative rate or a value that is no number', () => {
    const value = fc.oneof(fc.double({ noNaN: false }), fc.integer());
    const names: CounterName[] = ['departures', 'completions', 'generationTokens', 'ttftSum', 'ttftCount', 'prefixHits', 'prefixQueries', 'rejections'];
    const told = fc.oneof(value.map((one) => (Number.isFinite(one) ? one : ('NotANumber' as const))), fc.constant(undefined));
    const page = fc.record({ counters: fc.tuple(...names.map(() => told)), running: told, waiting: told, kvUsed: told });
    const defined = (entries: readonly (readonly [string, unknown])[]): object => Object.fromEntries(entries.filter(([, one]) => one !== undefined));
    fc.assert(
      fc.property(fc.array(page, { minLength: 1, maxLength: 6 }), (pages) => {
        let history = emptyHistory;
        for (const [index, { counters, ...gauges }] of pages.entries()) {
          const latest = sample(index * 15, { gauges: defined(Object.entries(gauges)), counters: defined(counters.map((one, at) => [names[at] as string, one])) });
          history = extended(history, latest, rules);
          const all = readingsOver(windowOf(history, rules, latest));
          for (const [name, reading] of Object.entries(all)) {
            if (reading.kind === 'missing' || typeof reading.value === 'boolean') continue;
            expect(Number.isFinite(reading.value), name).toBe(true);
            if (/PerSecond|running|waiting|Fraction/.test(name)) expect(reading.value, name).toBeGreaterThanOrEqual(0);
          }
        }
      }),
    );
  });
});
