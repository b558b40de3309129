import { describe, expect, it } from 'vitest';
import { createRandom } from '../../runtime/index.ts';
import { chooseStages, findStages, readPlan } from './stages.ts';

function arrivals(plan: readonly (readonly [number, number])[]): number[] {
  const random = createRandom('stages');
  const times: number[] = [];
  let from = 0;
  for (const [perSecond, seconds] of plan) {
    for (let at = from + random.exponential(1 / perSecond); at < from + seconds; at += random.exponential(1 / perSecond)) times.push(at);
    from += seconds;
  }
  return times;
}

describe('stages of a recording', () => {
  it('are found where the rate changes', () => {
    const stages = findStages(arrivals([[0.5, 60], [3, 60], [0.2, 60]]), 0, 180);
    expect(stages).toHaveLength(3);
    expect(Math.abs((stages[0]?.toSeconds ?? 0) - 60)).toBeLessThanOrEqual(5);
    expect(Math.abs((stages[1]?.toSeconds ?? 0) - 120)).toBeLessThanOrEqual(5);
    expect(stages[1]?.perSecond).toBeGreaterThan(2.4);
  });

  it('are one where it does not', () => {
    expect(findStages(arrivals([[1, 200]]), 0, 200)).toHaveLength(1);
  });

  it('can be given and chosen', () => {
    const plan = readPlan('0:5, 0.5:25,1.2:30');
    expect(plan.map(({ fromSeconds, toSeconds, perSecond }) => [fromSeconds, toSeconds, perSecond])).toEqual([[0, 5, 0], [5, 30, 0.5], [30, 60, 1.2]]);
    expect(chooseStages('1,3', plan).map(({ number }) => number)).toEqual([1, 3]);
    expect(chooseStages('1-2', plan).map(({ number }) => number)).toEqual([1, 2]);
    expect(() => chooseStages('2-4', plan)).toThrow('--stages: expected numbers from 1 to 3 such as 1-4,6, found "2-4".');
    expect(() => readPlan('0:5,fast')).toThrow('--plan: expected RATE:SECONDS such as 0.5:25, found "fast".');
  });
});
