import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Limit, Taking } from './limits.ts';
import { reclaim } from './reclaim.ts';
import type { Room } from './room.ts';
import { satisfactionOf } from './share-out.ts';
import type { Holding, Party } from './standing.ts';

const quotaOf = (free: number): Limit => ({ reason: 'LimitedByQuota', free, words: () => `${free} left` });
const nodesOf = (...free: number[]): Limit => ({ reason: 'LimitedByAccelerators', free, words: () => `${free.join(', ')} free` });

interface Sketch {
  readonly work: string;
  readonly holds: number;
  readonly needs: number;
  readonly priority?: number;
  /** Replicas that stay whatever happens. */
  readonly least?: number;
  readonly each?: number;
  readonly atOnce?: number;
  readonly costPerHour?: number;
}

const partyOf = (takings: (each: number) => readonly Taking[], { work, holds, needs, priority = 1, least = 1, each = 1, atOnce = Infinity, costPerHour = 1 }: Sketch): Party => {
  const atMost = Math.max(0, holds - least);
  const holding: Holding = { key: work, atOnce: Math.min(atOnce, atMost), atMost, lacks: Math.max(0, needs - holds), claimedForMs: 0, carries: 1, costPerHour, takings: takings(each) };
  return { work, priority, needs, has: holds, spare: atMost, patienceMs: 0, of: [holding] };
};
/** What each has once all that is taken and given has come to its end. */
const after = (limit: Limit, ...of: Sketch[]): number[] => {
  const { taken, coming } = reclaim(of.map((one) => partyOf((each) => [{ limit, onPods: [each] }], one)), new Map([[limit, limit.free]]));
  return of.map(({ work, holds }) => holds - (taken.get(work)?.count ?? 0) + (coming.get(work) ?? 0));
};

describe('what runs', () => {
  it.each<[string, Limit, Sketch[], number[]]>([
    ['is shared by priority', quotaOf(0), [{ work: 'a', holds: 8, needs: 8 }, { work: 'b', holds: 0, needs: 8, priority: 3 }], [2, 6]],
    ['is left to who has more, where the other needs no more', quotaOf(0), [{ work: 'a', holds: 8, needs: 8 }, { work: 'b', holds: 0, needs: 4, priority: 3 }], [4, 4]],
    ['leaves a minimum to who does not use it', quotaOf(0), [{ work: 'idle', holds: 1, needs: 1 }, { work: 'busy', holds: 5, needs: 9 }], [1, 5]],
    ['is shared by prefill and decode servers as they need it', quotaOf(0), [{ work: 'decode', holds: 0, needs: 2 }, { work: 'prefill', holds: 4, needs: 6 }], [1, 3]],
    ['is shared beyond minimums', quotaOf(0), [{ work: 'a', holds: 5, needs: 3, least: 1 }, { work: 'b', holds: 1, needs: 3, least: 1 }], [3, 3]],
    ['goes to the higher priority first, and all get one before one has all', quotaOf(1), [{ work: 'c', holds: 4, needs: 4 }, { work: 'a', holds: 0, needs: 4, priority: 2 }, { work: 'b', holds: 0, needs: 4, priority: 4 }], [1, 1, 3]],
    ['of a model of one name in two namespaces is shared as by two models', quotaOf(0), [{ work: 'team/llama', holds: 4, needs: 4 }, { work: 'prod/llama', holds: 0, needs: 4 }], [2, 2]],
    ['stays where there is room for all', quotaOf(4), [{ work: 'a', holds: 4, needs: 4 }, { work: 'b', holds: 0, needs: 4, priority: 9 }], [4, 4]],
    ['stays where what is free or going anyway is enough for a fair share', quotaOf(4), [{ work: 'a', holds: 4, needs: 4 }, { work: 'b', holds: 0, needs: 5 }], [4, 4]],
    ['goes to make good first what a quota is exceeded by', quotaOf(-2), [{ work: 'a', holds: 8, needs: 8 }, { work: 'b', holds: 0, needs: 8 }], [3, 3]],
    // where released versions gave minimums beside the shares: 4 and 2
    ['is shared in halves, and a minimum counts as a part of one', quotaOf(0), [{ work: 'a', holds: 6, needs: 10, least: 2 }, { work: 'b', holds: 0, needs: 10 }], [3, 3]],
    // where they gave 4, 7 and 6, by name: shares of what each needs, and not of numbers
    ['fills up who counts for most, and is shared by the rest', quotaOf(0), [{ work: 'a', holds: 0, needs: 4, priority: 5 }, { work: 'b', holds: 9, needs: 20, least: 2 }, { work: 'c', holds: 8, needs: 20, least: 2 }], [4, 6, 7]],
    ['stays with equals, whoever came first', quotaOf(0), [{ work: 'a', holds: 3, needs: 4 }, { work: 'b', holds: 2, needs: 4 }], [3, 2]],
    ['stays where the other would have more with it than who gave it is left', quotaOf(0), [{ work: 'a', holds: 4, needs: 4, each: 2 }, { work: 'b', holds: 3, needs: 4 }], [4, 3]],
    ['goes in whole replicas of its own size', quotaOf(0), [{ work: 'a', holds: 4, needs: 4, each: 2 }, { work: 'b', holds: 0, needs: 4 }], [3, 2]],
    ['is taken together for a larger one', quotaOf(0), [{ work: 'a', holds: 8, needs: 8 }, { work: 'b', holds: 0, needs: 1, each: 4, priority: 2 }], [4, 1]],
    ['never goes for a priority of 0', quotaOf(0), [{ work: 'a', holds: 4, needs: 4 }, { work: 'b', holds: 0, needs: 4, priority: 0 }], [4, 0]],
    ['goes from a priority of 0 but for its last', quotaOf(0), [{ work: 'a', holds: 4, needs: 4, priority: 0 }, { work: 'b', holds: 1, needs: 8, priority: 0.5 }], [1, 4]],
    ['is not taken to the last by who has nothing', quotaOf(0), [{ work: 'a', holds: 1, needs: 4 }, { work: 'b', holds: 0, needs: 4, priority: 100 }], [1, 0]],
    ['is not taken to below what stays', quotaOf(0), [{ work: 'a', holds: 6, needs: 6, least: 5 }, { work: 'b', holds: 0, needs: 6, priority: 100 }], [5, 1]],
    ['is not taken on nodes where nobody leaves one that is large enough', nodesOf(), [{ work: 'a', holds: 16, needs: 16 }, { work: 'b', holds: 0, needs: 1, each: 8, priority: 9 }], [16, 0]],
    ['is taken on nodes from who leaves a large enough one', nodesOf(), [{ work: 'a', holds: 16, needs: 16 }, { work: 'b', holds: 0, needs: 1, each: 8, priority: 9 }, { work: 'c', holds: 2, needs: 2, each: 8 }], [16, 1, 1]],
    ['is taken one after the other from who is left with the most', quotaOf(0), [{ work: 'a', holds: 4, needs: 4 }, { work: 'b', holds: 6, needs: 6 }, { work: 'c', holds: 0, needs: 4, priority: 2 }], [2, 4, 4]],
  ])('%s', (_, limit, of, have) => {
    expect(after(limit, ...of)).toEqual(have);
    expect(after(limit, ...of.toReversed())).toEqual(have.toReversed());
  });

  it('goes at most at once, and beyond that only for a replica that needs it whole', () => {
    expect(after(quotaOf(0), { work: 'a', holds: 8, needs: 8, atOnce: 2 }, { work: 'b', holds: 0, needs: 8 })).toEqual([6, 2]);
    expect(after(quotaOf(0), { work: 'a', holds: 16, needs: 16, atOnce: 2 }, { work: 'b', holds: 0, needs: 2, each: 4 })).toEqual([12, 1]);
  });

  it('goes at most at once of a limit that is exceeded, before anybody is given any of it', () => {
    expect(after(quotaOf(-4), { work: 'a', holds: 8, needs: 8, atOnce: 2 }, { work: 'b', holds: 1, needs: 8, priority: 9 })).toEqual([6, 1]);
    expect(after(quotaOf(-1), { work: 'a', holds: 8, needs: 8, atOnce: 2 }, { work: 'b', holds: 1, needs: 8, priority: 9 })).toEqual([6, 2]);
  });

  it('is not taken for who is held back by an exceeded limit of which nobody gives', () => {
    const [cluster, namespace] = [quotaOf(0), quotaOf(-2)];
    const of = [partyOf((each) => [{ limit: cluster, onPods: [each] }], { work: 'elsewhere', holds: 8, needs: 8 }), partyOf((each) => [{ limit: cluster, onPods: [each] }, { limit: namespace, onPods: [each] }], { work: 'over', holds: 2, needs: 7, priority: 10 })];
    expect(reclaim(of, new Map([[cluster, 0], [namespace, -2]])).taken.size).toBe(0);
  });

  it('is not given by somebody small beside somebody large whose replica is enough', () => {
    const nodes = quotaOf(0);
    const { taken } = reclaim([partyOf((each) => [{ limit: nodes, onPods: [each] }], { work: 'a', holds: 9, needs: 8 }), partyOf((each) => [{ limit: nodes, onPods: [each] }], { work: 'c', holds: 2, needs: 2, each: 8, priority: 0.5 }), partyOf((each) => [{ limit: nodes, onPods: [each] }], { work: 'b', holds: 0, needs: 1, each: 8 })], new Map([[nodes, 0]]));
    expect([...taken.keys()]).toEqual(['c']);
  });

  it('is taken of all limits that hold somebody back, and said with who gives and gets', () => {
    const [cluster, namespace] = [quotaOf(0), quotaOf(0)];
    const of = [
      partyOf((each) => [{ limit: cluster, onPods: [each] }], { work: 'elsewhere', holds: 5, needs: 5 }),
      partyOf((each) => [{ limit: cluster, onPods: [each] }, { limit: namespace, onPods: [each] }], { work: 'beside', holds: 4, needs: 4 }),
      partyOf((each) => [{ limit: cluster, onPods: [each] }, { limit: namespace, onPods: [each] }], { work: 'new', holds: 0, needs: 4 }),
    ];
    const { taken } = reclaim(of, new Map([[cluster, 0], [namespace, 0]]));
    expect([...taken]).toEqual([['beside', { count: 2, by: namespace, from: { work: 'beside', priority: 1, ofNeed: 0.5 }, to: [{ work: 'new', priority: 1, ofNeed: 0.5 }] }]]);
  });
});

const worlds = fc.record({
  free: fc.tuple(fc.integer({ min: -3, max: 6 }), fc.integer({ min: -3, max: 6 })),
  nodes: fc.array(fc.constantFrom(1, 2, 4, 8), { maxLength: 3 }),
  models: fc.array(
    fc.record({ holds: fc.nat(8), needs: fc.integer({ min: 1, max: 10 }), priority: fc.constantFrom(0, 0.5, 1, 1, 3, 10), least: fc.integer({ min: 1, max: 3 }), each: fc.constantFrom(1, 1, 2, 4), atOnce: fc.constantFrom(1, 2, 8), namespace: fc.nat(1), onNodes: fc.boolean() }),
    { minLength: 2, maxLength: 5 },
  ),
});
type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

function drawn({ free, nodes, models }: World): { parties: Party[]; room: () => Room; quotas: readonly Limit[] } {
  const [cluster, namespace, pool] = [quotaOf(free[0]), quotaOf(free[1]), nodesOf(...nodes.toSorted((a, b) => b - a))];
  const parties = models.map((model, index) => partyOf((each) => [cluster, ...(model.namespace === 0 ? [namespace] : []), ...(model.onNodes ? [pool] : [])].map((limit) => ({ limit, onPods: [each] })), { ...model, work: `m${index}` }));
  return { parties, room: () => new Map([cluster, namespace, pool].map((limit) => [limit, limit.free])), quotas: [cluster, namespace] };
}

/** The models as they are when all that was decided has happened, and the room with them. */
function settledAfter(parties: readonly Party[], room: Room): { parties: Party[]; changed: boolean } {
  const { taken, coming } = reclaim(parties, room);
  const next = parties.map((party): Party => {
    const [holding] = party.of as [Holding];
    const change = (coming.get(holding.key) ?? 0) - (taken.get(holding.key)?.count ?? 0);
    const atMost = Math.max(0, holding.atMost + change);
    return { ...party, has: party.has + change, spare: atMost, of: [{ ...holding, atMost, atOnce: Math.min(holding.atOnce, atMost), lacks: Math.max(0, party.needs - party.has - change) }] };
  });
  return { parties: next, changed: taken.size + coming.size > 0 };
}

it('goes over no limit, leaves everybody what stays, takes only for who is then no better off, and not for nothing', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const { parties, room, quotas } = drawn(world);
      const { taken, coming } = reclaim(parties, room());
      const heldOf = (limit: Limit, key: string, count: number): number => count * (parties.flatMap(({ of }) => of).find((one) => one.key === key)?.takings.find((taking) => taking.limit === limit)?.onPods[0] ?? 0);
      for (const limit of quotas) {
        const gone = [...taken].reduce((total, [key, { count }]) => total + heldOf(limit, key, count), 0);
        const come = [...coming].reduce((total, [key, count]) => total + heldOf(limit, key, count), 0);
        if (come > 0) expect(come).toBeLessThanOrEqual((limit.free as number) + gone);
      }
      if (taken.size > 0 && quotas.every(({ free }) => (free as number) >= 0)) expect(coming.size).toBeGreaterThan(0);
      for (const [key, { count, to, from }] of taken) {
        const { of: [holding], has, needs, priority } = parties.find(({ work }) => work === key) as Party;
        expect(count).toBeLessThanOrEqual(holding?.atMost ?? 0);
        const left = satisfactionOf(has - count, needs, priority);
        expect(left).toBeGreaterThan(0);
        expect(from.ofNeed).toBeCloseTo((has - count + (coming.get(key) ?? 0)) / needs);
        for (const share of to) expect(share.priority).toBeGreaterThan(0);
      }
    }),
    { numRuns: 2000 },
  );
});

it('gives the same in whatever order it is told', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const { parties, room } = drawn(world);
      const told = reclaim(parties, room());
      const other = reclaim(parties.toReversed(), room());
      expect(new Map(other.taken)).toEqual(new Map(told.taken));
      expect(new Map(other.coming)).toEqual(new Map(told.coming));
    }),
  );
});

it('comes to rest, and who has least has no less than before', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      let { parties } = drawn(world);
      const { room } = drawn(world);
      let left = room();
      const leastOf = (of: readonly Party[]): number => Math.min(...of.map(({ has, needs, priority }) => satisfactionOf(has, needs, priority === 0 ? 1e-9 : priority)));
      let least = leastOf(parties);
      let changed = true;
      // a step gives at most so much at once, and steps follow until nobody gives any more
      for (let round = 0; round < 60 && changed; round++) {
        const limits = [...left.keys()];
        const used: Room = new Map(left);
        const before = parties;
        ({ parties, changed } = settledAfter(before, used));
        left = new Map(limits.map((limit) => [limit, used.get(limit) as number | readonly number[]]));
        parties = parties.map((party, index) => ({ ...party, of: party.of.map((holding) => ({ ...holding, takings: (before[index] as Party).of[0]?.takings ?? [] })) }));
        expect(leastOf(parties)).toBeGreaterThanOrEqual(least - 1e-9);
        least = leastOf(parties);
      }
      expect(changed).toBe(false);
    }),
    { numRuns: 1000 },
  );
});
