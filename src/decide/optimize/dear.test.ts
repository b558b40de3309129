import { describe, expect, it } from 'vitest';
import type { Assessment } from '../analyze/learned/assessment.ts';
import { dearAndDoubtful } from './dear.ts';
import type { SharedOption } from './together.ts';

/** Eight cheap ones that carry 0.9 a second with headroom and 1.1 when full, and no more of them; a dear one carries 2.5. */
const options: readonly SharedOption[] = [{ carries: 0.9, costPerHour: 1.4, least: 8, most: 8 }, { carries: 2.5, costPerHour: 4.5, least: 0, most: 4 }];

function load(perSecond: number, { deviation = 0.2, backlogPerSecond = 0, before = perSecond }: { readonly deviation?: number; readonly backlogPerSecond?: number; readonly before?: number } = {}): Assessment {
  const limits = { perSecond: 1.1, promptsPerSecond: Infinity };
  return { perSecond: perSecond + backlogPerSecond, backlogPerSecond, level: { perSecond, deviation }, aLookBefore: () => before, abilities: [{ limits }, { limits }] } as Partial<Record<keyof Assessment, unknown>> as unknown as Assessment;
}

describe('a dear kind of replica', () => {
  it.each([
    ['waits where the load may well be what is carried', load(7.4), [false, true]],
    ['waits where one look alone says more', load(8, { before: 6.9 }), [false, true]],
    ['is added where the load is more for sure', load(7.7), undefined],
    ['is added where what is there would not carry it when full', load(8.9, { deviation: 1 }), undefined],
    ['is added where requests wait already', load(7.4, { backlogPerSecond: 0.1 }), undefined],
  ])('%s', (_, assessment, which) => {
    expect(dearAndDoubtful(assessment, options, [0, 1])).toEqual(which);
  });

  it('is no matter where the cheap ones are added, or where it is not dearer for what it carries', () => {
    expect(dearAndDoubtful(load(7.4), options, [1, 0])).toBeUndefined();
    expect(dearAndDoubtful(load(7.4), [options[0] as SharedOption, { ...(options[1] as SharedOption), costPerHour: 3.9 }], [0, 1])).toBeUndefined();
  });
});
