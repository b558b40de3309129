import { describe, expect, it } from 'vitest';
import { createRandom } from '../../runtime/index.ts';
import { levelOf } from './level.ts';

const step = 15;

/** Pairs of time and rate, each look the mean of Poisson arrivals since the one before; exact without a seed. */
function ratesOf(perSecond: (second: number) => number, looks: number, seed?: string): number[] {
  const random = seed === undefined ? undefined : createRandom(seed);
  return Array.from({ length: looks }, (_, look) => {
    const expected = perSecond(look * step) * step;
    return [look * step * 1000, (random === undefined ? expected : random.normal(expected, Math.sqrt(expected))) / step];
  }).flat();
}

function levelAfter(perSecond: (second: number) => number, looks: number, seed?: string): ReturnType<typeof levelOf> {
  return levelOf({ rates: ratesOf(perSecond, looks, seed), dispersion: 1 }, (looks - 1) * step * 1000);
}

const flat = 600;
const growing = (second: number): number => 3 + Math.max(0, second - flat) * 0.02;

describe('a rate that has begun to grow evenly', () => {
  it('is a line from where it bends, with the slope that it has', () => {
    const { course, before, perSecond, slope } = levelAfter(growing, 1 + (flat + 240) / step);
    expect(course).toBe('line');
    expect(before).toBeCloseTo(3, 6);
    expect(perSecond).toBeCloseTo(3 + 240 * 0.02, 6);
    expect(slope).toBeGreaterThan(0.015);
    expect(slope).toBeLessThanOrEqual(0.02);
  });

  it('is told from chance within three minutes in most of 40 runs, without bias', () => {
    const levels = Array.from({ length: 40 }, (_, seed) => levelAfter(growing, 1 + (flat + 180) / step, `grow ${seed}`));
    const lines = levels.filter(({ course }) => course === 'line');
    expect(lines.length).toBeGreaterThan(24);
    const mean = lines.reduce((total, { perSecond }) => total + perSecond, 0) / lines.length;
    expect(mean).toBeGreaterThan(0.93 * 6.6);
    expect(mean).toBeLessThan(1.07 * 6.6);
  });

  it('grows a little as long as it may be a step as well', () => {
    const early = Array.from({ length: 40 }, (_, seed) => levelAfter(growing, 1 + (flat + 120) / step, `early ${seed}`)).filter(({ course }) => course === 'step');
    expect(early.length).toBeGreaterThan(5);
    const slopes = early.map(({ slope }) => slope);
    expect(Math.min(...slopes)).toBeGreaterThanOrEqual(0);
    expect(slopes.reduce((total, slope) => total + slope, 0) / early.length).toBeGreaterThan(0.002);
    expect(slopes.reduce((total, slope) => total + slope, 0) / early.length).toBeLessThan(0.02);
  });

  it('has grown when it grows no more', () => {
    const ended = (second: number): number => Math.min(growing(second), 3 + 300 * 0.02);
    const { course, perSecond, slope } = levelAfter(ended, 1 + (flat + 300 + 75) / step);
    expect([course, slope]).toEqual(['line', 0]);
    expect(perSecond).toBeCloseTo(9, 0);
  });

  it('is told of a fall in the same way', () => {
    const { course, slope, before, perSecond } = levelAfter((second) => 12 - Math.max(0, second - flat) * 0.03, 1 + (flat + 200) / step);
    expect([course, slope < 0, Math.round(before ?? 0)]).toEqual(['line', true, 12]);
    expect(perSecond).toBeLessThan(7);
  });
});

describe('a rate that changes at once', () => {
  it.each([2, 3, 4, 8])('is a step after %i looks, not a growth that goes on', (looks) => {
    const { course, slope, perSecond, before } = levelAfter((second) => (second <= flat ? 4 : 7), 1 + flat / step + looks);
    expect([course, before]).toEqual(['step', 4]);
    expect(perSecond).toBeCloseTo(7, 6);
    // over a start-up time of two minutes less than a tenth of what it rose by
    expect(slope * 120).toBeLessThan(0.3);
  });

  it('is neither step nor line when it is constant, but in a few of 400 looks', () => {
    const told = Array.from({ length: 400 }, (_, seed) => levelAfter(() => 5, 41, `flat ${seed}`)).filter(({ course }) => course !== 'even');
    // a dozen places for a step, twenty for a bend, each at e^-8: 1 % of looks, and neighbouring looks share it
    expect(told.length).toBeLessThan(16);
  });
});
