import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Limit } from './limits.ts';
import { placedOn, type FreeNodes } from './nodes.ts';
import { shareOut, type Wishes } from './share-out.ts';

const quotaOf = (free: number): Limit => ({ reason: 'LimitedByQuota', free, words: () => `${free} left` });
const nodesOf = (...free: number[]): Limit => ({ reason: 'LimitedByAccelerators', free: free.toSorted((a, b) => b - a), words: () => `${free.join(', ')} free` });

interface Asking {
  readonly work: string;
  readonly more: number;
  readonly has?: number;
  readonly priority?: number;
  readonly onTrial?: boolean;
  readonly each?: number;
}

const asking = (limit: Limit, { work, more, has = 0, priority = 1, onTrial = false, each = 1 }: Asking): Wishes => ({
  work, priority, onTrial, has, of: [{ key: work, more, carries: 1, costPerHour: 1, takings: [{ limit, onPods: [each] }] }],
});
/** What each is given of one limit. */
const given = (limit: Limit, ...of: Asking[]): number[] => {
  const cuts = shareOut(of.map((one) => asking(limit, one)));
  return of.map(({ work, more }) => cuts.get(work)?.given ?? more);
};

describe('what is scarce', () => {
  it.each<[string, Limit, Asking[], number[]]>([
    ['goes to all where it suffices', quotaOf(5), [{ work: 'a', more: 3 }, { work: 'b', more: 2 }], [3, 2]],
    ['is shared in halves where priorities are equal', quotaOf(8), [{ work: 'a', more: 8 }, { work: 'b', more: 8 }], [4, 4]],
    ['is shared by priority', quotaOf(8), [{ work: 'a', more: 8 }, { work: 'b', more: 8, priority: 3 }], [2, 6]],
    ['is not given to who has enough of it', quotaOf(8), [{ work: 'a', more: 8 }, { work: 'b', more: 4, priority: 3 }], [4, 4]],
    ['goes to who has the least of what it needs', quotaOf(4), [{ work: 'a', more: 4, has: 6 }, { work: 'b', more: 4 }], [1, 3]],
    ['begins with who has nothing, whatever its priority', quotaOf(1), [{ work: 'a', more: 2, has: 1, priority: 100 }, { work: 'b', more: 2, priority: 0.1 }], [0, 1]],
    ['is what the others leave, for a priority of 0', quotaOf(4), [{ work: 'a', more: 3, has: 1 }, { work: 'b', more: 3, has: 1, priority: 0 }], [3, 1]],
    ['is what the others leave, for who only tries', quotaOf(4), [{ work: 'a', more: 3, has: 9 }, { work: 'b', more: 3, onTrial: true }], [3, 1]],
    ['counts by accelerators, and nobody gets a part of a replica', quotaOf(7), [{ work: 'a', more: 3, each: 4 }, { work: 'b', more: 2 }], [1, 2]],
    ['is nothing where all is gone', quotaOf(0), [{ work: 'a', more: 3 }], [0]],
    ['goes replica by replica to who has the least of what it needs, and of equals to the first', quotaOf(8), [{ work: 'a', more: 4, has: 1, each: 2 }, { work: 'b', more: 1, has: 1, each: 2 }], [3, 1]],
    ['is given in halves, whatever a replica takes', quotaOf(8), [{ work: 'a', more: 2, has: 1, each: 2 }, { work: 'b', more: 2, has: 1, each: 2 }], [2, 2]],
    ['goes to who counts for five, where both have as little', quotaOf(4), [{ work: 'a', more: 2, has: 1, each: 2 }, { work: 'b', more: 2, has: 1, each: 2, priority: 5 }], [0, 2]],
    ['leaves who needs little not without: released versions gave 4, 2 and 0', quotaOf(12), [{ work: 'a', more: 5, has: 1, each: 2 }, { work: 'b', more: 3, has: 1, each: 2 }, { work: 'c', more: 1, has: 1, each: 2 }], [3, 2, 1]],
    ['is given to all who have nothing before who asked first has all', quotaOf(4), [{ work: 'a', more: 3 }, { work: 'b', more: 2 }, { work: 'c', more: 1 }], [2, 1, 1]],
    ['fills up who counts for most, and is shared by the rest', quotaOf(13), [{ work: 'a', more: 4, priority: 5 }, { work: 'b', more: 18, has: 2 }, { work: 'c', more: 18, has: 2 }], [4, 5, 4]],
    ['goes to equal shares of what is needed, and what runs counts', quotaOf(4), [{ work: 'a', more: 8, has: 2 }, { work: 'b', more: 10 }], [1, 3]],
    ['is all for who is busy where the other needs no more', quotaOf(5), [{ work: 'idle', more: 0, has: 1 }, { work: 'busy', more: 9 }], [0, 5]],
    ['is shared by prefill and decode servers as they need it', quotaOf(4), [{ work: 'decode', more: 2 }, { work: 'prefill', more: 6 }], [1, 3]],
    ['goes to the higher priority of two who have nothing, and what runs of a third stays with it', quotaOf(1), [{ work: 'a', more: 4, priority: 2 }, { work: 'b', more: 4, priority: 4 }, { work: 'c', more: 0, has: 4 }], [0, 1, 0]],
    ['is never given to who does not ask', quotaOf(4), [{ work: 'a', more: 1 }, { work: 'b', more: 0 }], [1, 0]],
    ['may be without measure', quotaOf(Number.MAX_SAFE_INTEGER), [{ work: 'a', more: 999 }, { work: 'b', more: 999 }], [999, 999]],
    ['is on nodes: four on one of them are not four ones', nodesOf(2, 2, 3), [{ work: 'a', more: 1, each: 4 }, { work: 'b', more: 4 }], [0, 4]],
  ])('%s', (_, limit, of, gets) => {
    expect(given(limit, ...of)).toEqual(gets);
    expect(given(limit, ...of.toReversed())).toEqual(gets.toReversed());
  });
});

describe('what is coming free', () => {
  const limit = quotaOf(3);
  const large = asking(limit, { work: 'large', more: 2, each: 4, has: 1 });
  const small = asking(limit, { work: 'small', more: 6, has: 6 });

  it('is kept for who comes first and fits only then, with what is free already', () => {
    expect(new Map([...shareOut([large, small], () => new Map([[limit, 5]]))].map(([key, { given, kept }]) => [key, [given, kept]]))).toEqual(new Map([['large', [0, undefined]], ['small', [1, true]]]));
    expect([...shareOut([small, large], () => new Map([[limit, 5]])).keys()].toSorted()).toEqual(['large', 'small']);
  });

  it('is kept for nobody whom it is not enough for', () => {
    expect(shareOut([large, small], () => new Map([[limit, 3]])).get('small')).toMatchObject({ given: 3 });
    expect(shareOut([large, small]).get('small')).toMatchObject({ given: 3 });
  });

  it('is shared by what is needed to last, where that is told', () => {
    // a queue calls for six now, and one more than it has would do
    const queue = { ...asking(limit, { work: 'queue', more: 6, has: 3 }), needs: 4 };
    const short = { ...asking(limit, { work: 'short', more: 3, has: 3 }), needs: 6 };
    expect(givenTo([queue, short])).toEqual(new Map([['queue', 1], ['short', 2]]));
    expect(givenTo([{ ...queue, needs: 9 }, short])).toEqual(new Map([['queue', 2], ['short', 1]]));
  });
});

/** Models that ask for replicas of two variants each, under a cluster's quota, those of two namespaces, and nodes. */
const worlds = fc.record({
  free: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 3, maxLength: 3 }),
  nodes: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 4 }),
  models: fc.array(
    fc.record({
      priority: fc.constantFrom(0, 0.5, 1, 1, 10), onTrial: fc.constantFrom(false, false, true), has: fc.nat(5), namespace: fc.nat(1),
      variants: fc.array(fc.record({ more: fc.nat(5), each: fc.constantFrom(1, 2, 4), carries: fc.constantFrom(1, 2.5), costPerHour: fc.constantFrom(1, 3), onNodes: fc.boolean() }), { minLength: 1, maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 5 },
  ),
});

type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

function wishesIn({ free, nodes, models }: World): { limits: Limit[]; told: Wishes[] } {
  const limits = [...free.map(quotaOf), nodesOf(...nodes)];
  const told = models.map(({ variants, namespace, ...rest }, index): Wishes => ({
    ...rest,
    work: `m${index}`,
    of: variants.map(({ each, onNodes, ...wish }, place) => ({
      ...wish, key: `m${index}/${place}`, takings: [limits[0] as Limit, limits[1 + namespace] as Limit, ...(onNodes ? [limits[3] as Limit] : [])].map((limit) => ({ limit, onPods: [each] })),
    })),
  }));
  return { limits, told };
}

const givenTo = (told: readonly Wishes[]): Map<string, number> => {
  const cuts = shareOut(told);
  return new Map(told.flatMap(({ of }) => of.map(({ key, more }) => [key, cuts.get(key)?.given ?? more] as const)));
};

function hasRoom(limit: Limit, told: readonly Wishes[], gets: ReadonlyMap<string, number>): boolean {
  const taken = told.flatMap(({ of }) => of).flatMap(({ key, takings }) => takings.filter((taking) => taking.limit === limit).flatMap(({ onPods }) => Array.from({ length: gets.get(key) ?? 0 }, () => onPods)));
  const { free } = limit;
  if (typeof free === 'number') return taken.flat().reduce((all, one) => all + one, 0) <= free;
  // some order of placing them works: the largest first does where any does, for sizes that divide each other
  return taken.toSorted((a, b) => (b[0] ?? 0) - (a[0] ?? 0)).reduce<FreeNodes | undefined>((left, onPods) => left && placedOn(left, onPods), free) !== undefined;
}

it('never gives more than there is, nor more than was wished for, and leaves nothing of a quota that a wish fits', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const { limits, told } = wishesIn(world);
      const gets = givenTo(told);
      for (const limit of limits) expect(hasRoom(limit, told, gets)).toBe(true);
      for (const { of } of told) {
        for (const { key, more, takings } of of) {
          const got = gets.get(key) ?? 0;
          expect(got).toBeLessThanOrEqual(more);
          expect(got).toBeGreaterThanOrEqual(0);
          // which node a small replica goes to is decided before a large one's turn, so only of quotas is all given
          if (got < more && takings.every(({ limit }) => typeof limit.free === 'number')) expect(takings.every(({ limit }) => hasRoom(limit, told, new Map(gets).set(key, got + 1)))).toBe(false);
        }
      }
    }),
    { numRuns: 2000 },
  );
});

it('gives the same in whatever order it is told', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const { told } = wishesIn(world);
      const backwards = told.toReversed().map((one) => ({ ...one, of: one.of.toReversed() }));
      expect(givenTo(backwards)).toEqual(new Map([...givenTo(told)].toReversed()));
    }),
  );
});

it('gives who wishes for more, or counts for more, no less of what is shared', () => {
  fc.assert(
    fc.property(fc.nat(20), fc.array(fc.record({ more: fc.nat(6), has: fc.nat(4), priority: fc.constantFrom(0.5, 1, 4) }), { minLength: 2, maxLength: 5 }), fc.integer({ min: 1, max: 5 }), (free, models, extra) => {
      const limit = quotaOf(free);
      const of = models.map((model, index): Asking => ({ ...model, work: `m${index}` }));
      const [first] = of as [Asking];
      const before = given(limit, ...of);
      expect(given(limit, { ...first, more: first.more + extra }, ...of.slice(1))[0]).toBeGreaterThanOrEqual(before[0] ?? 0);
      expect(given(limit, { ...first, priority: (first.priority ?? 1) * (1 + extra) }, ...of.slice(1))[0]).toBeGreaterThanOrEqual(before[0] ?? 0);
    }),
    { numRuns: 1000 },
  );
});
