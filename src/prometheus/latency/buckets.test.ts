import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareWithin } from '../../model/index.ts';
import { added, bucketsOf, growth, histogramOf, type Buckets } from './buckets.ts';

const buckets = (rows: Readonly<Record<string, number>>): Buckets => bucketsOf(Object.entries(rows)) ?? new Map<number, number>();

describe('buckets', () => {
  it('are read from whatever way a bound is written', () => {
    expect(bucketsOf([['0.5', 1], ['1', 2], ['1.0', 3], ['+Inf', 9]])).toEqual(new Map([[0.5, 1], [1, 5], [Infinity, 9]]));
  });

  it.each([
    ['no infinite bound', [['1', 1]]],
    ['a bound that is no number', [['x', 1], ['+Inf', 1]]],
    ['no bound', [['', 1], ['+Inf', 1]]],
    ['a count that is no number', [['1', 'NotANumber'], ['+Inf', 1]]],
    ['an infinite count', [['1', Infinity], ['+Inf', 1]]],
  ] as const)('are not read from %s', (_, rows) => {
    expect(bucketsOf(rows)).toBeUndefined();
  });

  it('grow from nothing where they were not shown, and not at all where they went back or are others', () => {
    expect(growth(buckets({ 1: 3, '+Inf': 4 }), undefined)).toEqual(buckets({ 1: 3, '+Inf': 4 }));
    expect(growth(buckets({ 1: 3, '+Inf': 4 }), buckets({ 1: 1, '+Inf': 1 }))).toEqual(buckets({ 1: 2, '+Inf': 3 }));
    expect(growth(buckets({ 1: 3, '+Inf': 4 }), buckets({ 1: 5, '+Inf': 5 }))).toBeUndefined();
    expect(growth(buckets({ 1: 3, '+Inf': 4 }), buckets({ 2: 1, '+Inf': 1 }))).toBeUndefined();
  });

  it('of engines with other bounds add up at those that both have', () => {
    expect(added(buckets({ 0.5: 1, 1: 3, '+Inf': 4 }), buckets({ 1: 10, 2: 20, '+Inf': 30 }))).toEqual(buckets({ 1: 13, '+Inf': 34 }));
  });
});

describe('a histogram in plain data', () => {
  it('leaves out the bounds that tell nothing', () => {
    expect(histogramOf(buckets({ 0.1: 0, 0.2: 0, 0.5: 30, 1: 60, 2: 60, 4: 60, '+Inf': 60 }), 60)).toEqual({ boundsSeconds: [0.2, 0.5, 1], withinPerSecond: [0, 0.5, 1], totalPerSecond: 1 });
    expect(histogramOf(buckets({ 0.1: 6, 0.2: 6, '+Inf': 12 }), 6)).toEqual({ boundsSeconds: [0.1, 0.2], withinPerSecond: [1, 1], totalPerSecond: 2 });
    expect(histogramOf(buckets({ 0.1: 0, 0.2: 0, '+Inf': 12 }), 6)).toEqual({ boundsSeconds: [0.2], withinPerSecond: [0], totalPerSecond: 2 });
  });

  it('leaves out what only some of the engines say', () => {
    expect(histogramOf(buckets({ 0.1: 5, 0.2: 3, 0.5: 8, '+Inf': 9 }), 1).boundsSeconds).toEqual([0.1, 0.5]);
  });

  it('tells the same shares as all of its bounds', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(counts, fc.nat(3), fc.double({ min: 0, max: 25, noNaN: true }), (steps, above, seconds) => {
        let within = 0;
        const rows = steps.map((more, index) => [String(index + 1), (within += more)] as const);
        const all = bucketsOf([...rows, ['+Inf', within + above]]) as Buckets;
        const whole = { boundsSeconds: rows.map(([bound]) => Number(bound)), withinPerSecond: rows.map(([, count]) => count), totalPerSecond: within + above };
        const share = shareWithin(whole, seconds);
        const told = shareWithin(histogramOf(all, 1), seconds);
        if (share === undefined) expect(told).toBeUndefined();
        else expect(told).toBeCloseTo(share, 9);
      }),
    );
  });
});
