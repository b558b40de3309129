import { describe, expect, it } from 'vitest';
import type { Assessment } from '../analyze/learned/assessment.ts';
import type { Group } from '../analyze/group.ts';
import { fromGround } from './another-mix.ts';
import type { Mix } from './mix.ts';

/** One dear replica that carries 4 a second for 3.5 an hour, and none of the cheap ones, which carry 1 for 0.8. */
const supplies = [{ current: 1, ready: 1, usable: 1, stuckWithoutNode: 0 }, { current: 0, ready: 0, usable: 0, stuckWithoutNode: 0 }];
const members = supplies.map((supply, index) => ({ supply, target: `target ${index}`, variant: { costPerHour: index === 0 ? 3.5 : 0.8, minReplicas: 0, maxReplicas: 8 } }));
const group = { members } as unknown as Group;
const kept: Mix = { counts: [1, 0], costPerHour: 3.5, carries: 4, enough: true };

function at(deviation: number): Assessment {
  return { fallen: false, horizonMs: 90_000, level: { perSecond: 2.9, deviation }, abilities: members.map((member, index) => ({ member, carriesSurely: index === 0 ? 4 : 1 })) } as unknown as Assessment;
}

describe('another mix', () => {
  it('pays where it is cheaper by a tenth at the load that may be told when it serves', () => {
    expect(fromGround(group, at(0.04), [true, true], kept, 2.9)).toMatchObject({ because: 'Pays', mix: { counts: [0, 3] }, counts: [1, 3], savingPerHour: expect.closeTo(1.1, 9) as number });
  });

  it('has room for two standard deviations of the load, or it is given up again as soon as it is there', () => {
    // 3.1 a second may be told: four cheap ones cost 3.2, which is not cheaper by a tenth
    expect(fromGround(group, at(0.1), [true, true], kept, 2.9)).toMatchObject({ because: 'SavesTooLittle', neededPerSecond: expect.closeTo(3.1, 9) as number });
  });
});
