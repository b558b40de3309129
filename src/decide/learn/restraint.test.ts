import { describe, expect, it } from 'vitest';
import type { RestraintMemory } from '../../model/index.ts';
import type { Level } from './level.ts';
import { mayReturnTo, turnedOutNeeded, watchRestraint } from './restraint.ts';

const minuteMs = 60_000;

function level(perSecond: number): Level {
  return { perSecond, course: 'even', sinceMs: 0, evidence: 0, deviation: 0.1, slope: 0 };
}

/** Looks a minute apart, each with the rate and the replicas that were decided before it. */
function watch(looks: readonly { readonly rate: number; readonly decided: number; readonly fallen?: boolean; readonly late?: boolean; readonly weighed?: number }[], before?: RestraintMemory, fromMinute = 0): RestraintMemory {
  let memory = before;
  for (const [index, { rate, decided, fallen = false, late = false, weighed = rate }] of looks.entries()) {
    const restraint = watchRestraint(memory, { level: level(rate), fallen, late, decided, driftMs: 30 * minuteMs, slipMs: minuteMs / 2 }, (fromMinute + index) * minuteMs);
    // each replica is thought to carry three
    memory = { ...restraint, weighed, carried: 3 * decided };
  }
  return memory as RestraintMemory;
}

function times(count: number, rate: number, decided: number): { readonly rate: number; readonly decided: number }[] {
  return Array.from({ length: count }, () => ({ rate, decided }));
}

describe('what a load may return to', () => {
  it('is the highest that it was within the half hour, and a little chance beyond', () => {
    const memory = watch([...times(5, 9, 3), ...times(10, 6, 3), ...times(5, 8, 3), ...times(5, 5, 3)]);
    expect(mayReturnTo(memory, 1)).toBeCloseTo(9 + 2 * Math.sqrt(9 / 180), 6);
    expect(memory.levels.filter((_, index) => index % 2 === 1)).toEqual([9, 8, 5].flatMap((rate, place) => Array.from({ length: [5, 5, 5][place] as number }, () => rate)).filter((rate, index, all) => all[index + 1] !== rate));
    // the nine of the first five minutes is forgotten after thirty, and the eight is not
    expect(mayReturnTo(watch(times(12, 5, 3), memory, 25), 1)).toBeCloseTo(8 + 2 * Math.sqrt(8 / 180), 6);
  });

  it('is what it is now where it came down at once', () => {
    expect(mayReturnTo(watch([...times(10, 9, 3), { rate: 2, decided: 3, fallen: true }]), 1)).toBeCloseTo(2 + 2 * Math.sqrt(2 / 180), 6);
  });

  it('counts more chance once a removal was called back within that time, for about a day', () => {
    const undone = watch([...times(5, 5, 3), ...times(5, 5, 2), ...times(5, 5, 3)]);
    expect(undone.undone).toBeCloseTo(1, 2);
    expect(mayReturnTo(undone, 1)).toBeGreaterThan(mayReturnTo(watch(times(15, 5, 3)), 1) + 0.2);
    expect(watch(times(1, 5, 3), undone, 24 * 60).undone).toBeCloseTo(0.5, 1);
    // and not by what was added after hours, by what woke, or by what went because the load had fallen
    expect(watch([...times(5, 5, 3), ...times(60, 5, 2), ...times(5, 5, 3)]).undone).toBe(0);
    expect(watch([...times(5, 5, 1), ...times(5, 0, 0), ...times(5, 5, 1)]).undone).toBe(0);
    expect(watch([...times(5, 5, 3), { rate: 2, decided: 2, fallen: true }, ...times(5, 5, 3)]).undone).toBe(0);
  });

  it('needs what was there where requests waited for it although no more came than had been weighed', () => {
    const looks = [...times(5, 5, 3), ...times(4, 5, 2), { rate: 5, decided: 2, late: true }];
    const kept = watch([...looks, { rate: 5, decided: 3, late: true }]);
    expect([turnedOutNeeded(kept), kept.undone]).toEqual([9, 0]);
    // as long as the load is about as high, and for a day
    expect(turnedOutNeeded(watch([{ rate: 4.1, decided: 3 }], kept, 60))).toBe(9);
    expect(turnedOutNeeded(watch([{ rate: 3.9, decided: 3 }], kept, 60))).toBe(0);
    expect(turnedOutNeeded(watch([{ rate: 5, decided: 3 }], kept, 25 * 60))).toBe(0);
    // not where more came than had been weighed, or nobody waited
    expect(turnedOutNeeded(watch([...looks, { rate: 7, decided: 3, late: true }]))).toBe(0);
    expect(turnedOutNeeded(watch([...looks, { rate: 5, decided: 3 }]))).toBe(0);
  });
});
