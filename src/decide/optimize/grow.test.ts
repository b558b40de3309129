import { describe, expect, it } from 'vitest';
import { groupOf, type MemberSketch } from '../../../test/support/decide/group.ts';
import { immediate } from '../../../test/support/decide/scene.ts';
import { sum } from '../../base/index.ts';
import type { Policy } from '../../model/index.ts';
import { planGrowth } from './grow.ts';

/** Replicas that would be right where so much more than what serves is called for, by name. */
function grown(lacking: number, sketches: readonly MemberSketch[], policy: Policy = immediate, which: 'wanted' | 'limited' = 'wanted'): Record<string, number> {
  const group = groupOf(sketches, policy);
  const serving = sum(sketches.map(({ count, carries }) => count * carries));
  const analysis = { servingCapacity: serving, replicaCapacities: sketches.map(({ carries }) => carries || undefined), figures: () => '' };
  const changes = planGrowth(group, analysis, serving + lacking, group.members.filter(({ weight }) => weight > 0), policy);
  return Object.fromEntries(sketches.map(({ name, count }) => [name, count + (changes.find(({ member }) => member.variant.name === name)?.[which] ?? 0)]));
}

const cheap: MemberSketch = { name: 'cheap', cost: 5, carries: 10_000, count: 1 };
const mid: MemberSketch = { name: 'mid', cost: 10, carries: 15_000, count: 1 };

describe('capacity that is lacking', () => {
  it.each<[string, number, MemberSketch[], Record<string, number>]>([
    ['is brought by whole replicas', 15_000, [{ ...cheap, count: 2 }], { cheap: 4 }],
    ['is brought by those whose capacity costs least', 25_000, [cheap, mid], { cheap: 4, mid: 1 }],
    ['is brought by the larger where its capacity costs less', 25_000, [cheap, { ...mid, cost: 6 }], { cheap: 1, mid: 3 }],
    ['is brought by the next where the cheapest is at its maximum', 30_000, [{ ...cheap, max: 3 }, { name: 'exp', cost: 15, carries: 20_000, count: 1 }], { cheap: 3, exp: 2 }],
    ['is not brought where all are at their maximum', 30_000, [{ ...cheap, max: 1 }, { ...mid, max: 1 }], { cheap: 1, mid: 1 }],
    ['is brought by one at zero of which is known what it carries, and by no other', 12_000, [{ name: 'revived', cost: 10, carries: 12_000, count: 0 }, { name: 'cold', cost: 5, carries: 0, count: 0 }], { revived: 1, cold: 0 }],
    ['and is none is brought by nobody', 0, [cheap, mid], { cheap: 1, mid: 1 }],
    ['beyond all measure is a number still', Infinity, [cheap], { cheap: 100_000 }],
  ])('%s', (_, lacking, sketches, expected) => {
    expect(grown(lacking, sketches)).toEqual(expected);
    expect(grown(lacking, sketches.toReversed())).toEqual(expected);
  });

  it.each([
    [10_000, 5000, 2],
    [15_000, 5000, 3],
    [20_000, 8000, 3],
    [15_000, 8000, 2],
    [300, 100, 3],
    [50, 100, 1],
  ])('of %d takes replicas of %d: %d', (lacking, carries, count) => {
    expect(grown(lacking, [{ ...cheap, carries, count: 10 }])['cheap']).toBe(10 + count);
  });

  it('comes by the factor of one decision at most', () => {
    expect(grown(50_000, [cheap], { ...immediate, scaleUpMaxFactor: 2 }, 'limited')).toEqual({ cheap: 2 });
    expect(grown(50_000, [{ ...cheap, count: 4 }], { ...immediate, scaleUpMaxFactor: 1.5 }, 'limited')).toEqual({ cheap: 6 });
  });
});
