import { describe, expect, it } from 'vitest';
import { groupOf, type MemberSketch } from '../../../test/support/decide/group.ts';
import { immediate } from '../../../test/support/decide/scene.ts';
import { sum } from '../../base/index.ts';
import type { Policy } from '../../model/index.ts';
import { planRemoval } from './shrink.ts';

const atOnce: Policy = { ...immediate, scaleDownMaxFraction: 1 };

/** Replicas that would do where so much of what serves is spare, by name. */
function left(spare: number, sketches: readonly MemberSketch[], { policy = atOnce, known = true }: { readonly policy?: Policy; readonly known?: boolean } = {}): Record<string, number> {
  const group = groupOf(sketches, policy);
  const serving = sum(sketches.map(({ count, carries }) => count * carries));
  const analysis = { servingCapacity: serving, ...(known && { replicaCapacities: sketches.map(({ carries }) => carries) }), figures: () => '' };
  const changes = planRemoval(group, analysis, serving - spare, group.members, policy);
  return Object.fromEntries(sketches.map(({ name, count }) => [name, count - (changes.find(({ member }) => member.variant.name === name)?.limited ?? 0)]));
}

const exp: MemberSketch = { name: 'exp', cost: 30, carries: 20_000, count: 1 };
const mid: MemberSketch = { name: 'mid', cost: 15, carries: 15_000, count: 2 };
const cheap: MemberSketch = { name: 'cheap', cost: 5, carries: 10_000, count: 1 };

describe('capacity that is spare', () => {
  it.each<[string, number, MemberSketch[], Record<string, number>]>([
    ['goes by whole replicas, and the last that serves stays', 30_000, [{ ...cheap, name: 'v', count: 3 }], { v: 1 }],
    ['goes where it costs most, to none, and the last that serves stays', 30_000, [exp, cheap], { exp: 0, cheap: 1 }],
    ['goes from the dearest to the cheapest', 50_000, [{ ...exp, count: 2 }, mid, { ...cheap, count: 2 }], { exp: 0, mid: 2, cheap: 1 }],
    ['of less than one replica stays', 9999, [{ ...cheap, count: 3 }], { cheap: 3 }],
    ['goes to a minimum and no further', 80_000, [{ name: 'keep', cost: 40, carries: 20_000, count: 2, min: 1 }, { name: 'expendable', cost: 10, carries: 20_000, count: 3 }], { keep: 1, expendable: 0 }],
    ['of one of two dear ones', 20_000, [{ ...exp, name: 'd-exp', carries: 10_000 }, { ...cheap, name: 'd-cheap' }], { 'd-exp': 0, 'd-cheap': 1 }],
    ['of three goes, two at 10 000 each', 20_000, [{ ...cheap, count: 3 }], { cheap: 1 }],
    ['that is none goes nowhere', 0, [exp, { ...cheap, count: 2 }], { exp: 1, cheap: 2 }],
  ])('%s', (_, spare, sketches, expected) => {
    expect(left(spare, sketches)).toEqual(expected);
    expect(left(spare, sketches.toReversed())).toEqual(expected);
  });

  it('leaves one of each variant where nobody knows what it would carry if it came back', () => {
    expect(left(60_000, [{ ...exp, count: 2 }, { ...cheap, count: 3 }], { known: false })).toEqual({ exp: 1, cheap: 1 });
  });

  it('goes by the share of one decision, and one at least', () => {
    expect(left(80_000, [{ ...cheap, count: 10 }], { policy: { ...atOnce, scaleDownMaxFraction: 0.25 } })).toEqual({ cheap: 8 });
    expect(left(30_000, [{ ...cheap, count: 3 }], { policy: { ...atOnce, scaleDownMaxFraction: 0.25 } })).toEqual({ cheap: 2 });
  });
});
