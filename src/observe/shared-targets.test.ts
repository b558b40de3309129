import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitTarget, type Claim, type ClaimedPod, type Share } from './shared-targets.ts';

interface NamedPod extends ClaimedPod {
  readonly uid: string;
  readonly accelerator: string | undefined;
}
const pod = (uid: string, accelerator?: string, isLive = true): NamedPod => ({ uid, accelerator, isLive });
const split = (claims: Claim[], pods: NamedPod[], replicas: number): Map<string, Share<NamedPod>> => splitTarget(claims, pods, replicas, ({ accelerator }, wanted) => (wanted === accelerator ? 1 : 0));
const claim = (accelerator: string, wanted: number): Claim => ({ key: `ns/${accelerator}`, accelerator, wanted });
const counts = (claims: Claim[], pods: NamedPod[], replicas: number): number[] => claims.map(({ key }) => split(claims, pods, replicas).get(key)?.replicas ?? -1);

describe('the replicas of a shared target', () => {
  it.each<[string, Claim[], NamedPod[], number, number[]]>([
    ['go where their nodes say', [claim('A', 0), claim('B', 0)], [pod('1', 'A'), pod('2', 'B'), pod('3', 'B')], 3, [1, 2]],
    ['without a node go to who lacks most', [claim('A', 3), claim('B', 2)], [pod('1', 'A'), pod('2', 'B'), pod('3'), pod('4')], 4, [3, 1]],
    ['without a pod too', [claim('A', 1), claim('B', 4)], [pod('1', 'A'), pod('2', 'B')], 4, [1, 3]],
    ['that are to go come from who has most beyond its desired', [claim('A', 1), claim('B', 2)], [pod('1', 'A'), pod('2', 'A'), pod('3', 'B'), pod('4', 'B')], 3, [1, 2]],
    ['that terminate are none', [claim('A', 0), claim('B', 1)], [pod('1', 'A', false), pod('2', 'B')], 1, [0, 1]],
    ['on a node of nobody go to who lacks most', [claim('A', 1), claim('B', 0)], [pod('1', 'C')], 1, [1, 0]],
  ])('%s', (_, claims, pods, replicas, expected) => {
    expect(counts(claims, pods, replicas)).toEqual(expected);
  });

  it('are shared out at once, however many', () => {
    expect(counts([claim('A', 0), claim('B', 0)], [], 2_147_483_647).reduce((a, b) => a + b)).toBe(2_147_483_647);
    expect(counts([claim('A', 0)], [], 2_147_483_647)).toEqual([2_147_483_647]);
  });

  it('always add up to spec.replicas, every pod has one owner, and order does not matter', () => {
    const claims = fc.uniqueArray(fc.record({ accelerator: fc.constantFrom('A', 'B', 'C', 'D'), wanted: fc.nat(10) }), { selector: ({ accelerator }) => accelerator, minLength: 1 });
    const pods = fc.array(fc.record({ accelerator: fc.constantFrom('A', 'B', 'C', 'D', 'E', undefined), live: fc.boolean() }), { maxLength: 12 });
    fc.assert(
      fc.property(claims, pods, fc.nat(15), (sketches, podSketches, replicas) => {
        const wanted = sketches.map(({ accelerator, wanted }) => claim(accelerator, wanted));
        const found = split(wanted, podSketches.map(({ accelerator, live }, index) => pod(String(index), accelerator, live)), replicas);
        const shares = [...found.values()];
        expect(shares.reduce((total, share) => total + share.replicas, 0)).toBe(replicas);
        expect(shares.every((share) => share.replicas >= 0)).toBe(true);
        expect(shares.flatMap((share) => share.pods.map(({ uid }) => uid)).toSorted()).toEqual(podSketches.map((_, index) => String(index)).toSorted());
        expect(split(wanted.toReversed(), podSketches.map(({ accelerator, live }, index) => pod(String(index), accelerator, live)), replicas)).toEqual(found);
      }),
      { numRuns: 500 },
    );
  });
});
