import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFleet, server } from '../../../test/support/decide/fleet.ts';
import { byPercent, decisionAbout, desiredOf, immediate, noonMs, sceneOf, times, type VariantSketch } from '../../../test/support/decide/scene.ts';
import { defaultPolicy, emptyMemory, noQuotas, policySetOf, type AcceleratorPool, type Observation, type Policy, type Quotas } from '../../model/index.ts';
import { decide, type Outcome } from '../index.ts';

const pool = (accelerator: string, freeOnNodes: number[], more: Partial<AcceleratorPool> = {}): AcceleratorPool => ({
  accelerator, products: [accelerator], nodes: freeOnNodes.length, capacity: 16, usedByVariants: 0, usedByOthers: 0, freeOnNodes, complete: true, ...more,
});
const decideIn = (sketches: readonly VariantSketch[], quotas: Partial<Quotas> = {}, seen: Partial<Observation> = {}, policy: Policy = { ...immediate, limitToInventory: true }): Outcome =>
  decide({ ...sceneOf(sketches), ...seen }, { ...policySetOf(policy), quotas: { ...noQuotas, ...quotas } }, emptyMemory, noonMs);
/** Saturated, so that the load calls for twice as many. */
const full = (name: string, count: number, more: Partial<VariantSketch> = {}): VariantSketch => ({ name, model: name, target: name, accelerators: 1, replicas: times(count, { kv: 1, queue: 30, running: 90 }), ...more });

describe('what is added', () => {
  it('is all that is called for where nothing is limited, and where there is room for it', () => {
    expect(desiredOf(decideIn([full('a', 4)]))).toEqual({ a: 8 });
    expect(desiredOf(decideIn([full('a', 4)], { cluster: { A100: 8 } }, { inventory: [pool('A100', [4])] }))).toEqual({ a: 8 });
  });

  it.each<[string, Partial<Quotas>, Partial<Observation>, number, string, string]>([
    ['a quota of the cluster', { cluster: { A100: 6 } }, {}, 6, 'LimitedByQuota', 'The quota of the cluster has 2 of 6 A100 left: 2 of the 4 more that are called for.'],
    ['a quota of all that is not named', { cluster: { H100: 99, '*': 5 } }, {}, 5, 'LimitedByQuota', 'The quota of the cluster has 1 of 5 A100 left: 1 of the 4 more that are called for.'],
    ['a quota of 0, which takes nothing away', { cluster: { A100: 0 } }, {}, 4, 'LimitedByQuota', 'The quota of the cluster has 0 of 0 A100 left: none of the 4 more that are called for.'],
    ['a quota of the namespace', { namespaces: { prod: { A100: 7 } } }, {}, 7, 'LimitedByQuota', 'The quota of namespace prod has 3 of 7 A100 left: 3 of the 4 more that are called for.'],
    ['a quota of each namespace that is not named', { namespaces: { other: {} }, defaultNamespace: { A100: 5 } }, {}, 5, 'LimitedByQuota', 'The quota of namespace prod has 1 of 5 A100 left: 1 of the 4 more that are called for.'],
    ['the tightest of several', { cluster: { A100: 7 }, namespaces: { prod: { A100: 5 } } }, { inventory: [pool('A100', [8])] }, 5, 'LimitedByQuota', 'The quota of namespace prod has 1 of 5 A100 left: 1 of the 4 more that are called for.'],
    ['a ResourceQuota', {}, { quotas: [{ namespace: 'prod', name: 'gpus', resource: 'nvidia.com/gpu', hard: 9, used: 7 }] }, 6, 'LimitedByQuota', 'ResourceQuota prod/gpus has 2 of 9 nvidia.com/gpu left: 2 of the 4 more that are called for.'],
    ['what the nodes have free', {}, { inventory: [pool('A100', [2, 1])] }, 7, 'LimitedByAccelerators', '3 of 16 A100 are free, at most 2 on one node: 3 of the 4 more that are called for.'],
    ['that no node has any', {}, { inventory: [pool('H100', [8])] }, 4, 'LimitedByAccelerators', 'No node has A100: none of the 4 more that are called for.'],
  ])('is held to %s', (_, quotas, seen, desired, reason, sentence) => {
    const decision = decisionAbout(decideIn([full('a', 4)], quotas, seen), 'a');
    expect(decision).toMatchObject({ desired, reason });
    expect(decision.trail.at(-1)).toEqual({ from: 8, to: desired, reason, sentence });
    expect(decision.conditions.find(({ type }) => type === 'AcceleratorsAvailable')).toMatchObject({ status: 'False', reason, message: sentence });
  });

  it.each<[string, Partial<Quotas>, Partial<Observation>]>([
    ['quotas of other namespaces, accelerators and resources', { cluster: { H100: 0 }, namespaces: { other: { A100: 0 } } }, { quotas: [{ namespace: 'other', name: 'x', resource: 'nvidia.com/gpu', hard: 0, used: 0 }, { namespace: 'prod', name: 'y', resource: 'amd.com/gpu', hard: 0, used: 0 }] }],
    ['nodes of which only a part of the pods is seen', {}, { inventory: [pool('A100', [], { complete: false })] }],
  ])('is not held to %s', (_, quotas, seen) => {
    expect(desiredOf(decideIn([full('a', 4)], quotas, seen))).toEqual({ a: 8 });
  });

  it('is not held to today\'s nodes unless the policy says that no others come', () => {
    expect(desiredOf(decideIn([full('a', 4)], {}, { inventory: [pool('A100', [1])] }, immediate))).toEqual({ a: 8 });
  });

  it('counts what each replica takes, on one node', () => {
    expect(desiredOf(decideIn([full('a', 4, { accelerators: 4 })], {}, { inventory: [pool('A100', [7, 7, 3])] }))).toEqual({ a: 6 });
    expect(desiredOf(decideIn([full('a', 4, { accelerators: 4 })], { cluster: { A100: 23 } }))).toEqual({ a: 5 });
  });

  it('leaves their room to replicas that wait for a node or are not made yet, and to those that are ending', () => {
    const waiting = full('a', 4, { replicas: [...times(3, { kv: 1, queue: 30, running: 90 }), { state: 'unscheduled', podAgeMs: 1000 }], current: 5 });
    expect(desiredOf(decideIn([waiting, full('b', 2)], {}, { inventory: [pool('A100', [3])] }))).toMatchObject({ a: 5, b: 3 });
    const ending = full('a', 4, { replicas: [...times(4, { kv: 1, queue: 30, running: 90 }), ...times(3, { state: 'terminating' })], current: 4 });
    expect(desiredOf(decideIn([ending], { cluster: { A100: 8 } }))).toEqual({ a: 5 });
  });

  it.each([
    ['Forbidden', 5],
    ['NotYetKnown', 5],
    ['NotFound', 8],
    ['KindUnknown', 8],
  ] as const)('leaves its room to a target that cannot be read, if it is not known to be gone (%s)', (why, desired) => {
    const unread: VariantSketch = { name: 'b', model: 'b', replicas: [], lastDesired: { replicas: 3, atMs: 0, accelerator: 'A100' }, targetState: { kind: 'missing', why, detail: 'not now' } };
    expect(desiredOf(decideIn([full('a', 4), unread], { cluster: { A100: 8 } }))).toEqual({ a: desired, b: undefined });
  });

  it('leaves its room to what was ending when a target was last read', () => {
    const set = { ...policySetOf(immediate), quotas: { ...noQuotas, cluster: { A100: 9 } } };
    const ending: VariantSketch = { name: 'b', model: 'b', target: 'b', accelerators: 1, current: 3, replicas: [...times(3, { kv: 0.6, queue: 0 }), ...times(2, { state: 'terminating' })] };
    const { memory } = decide(sceneOf([full('a', 4), ending]), set, emptyMemory, noonMs);
    const unread: VariantSketch = { ...ending, replicas: [], current: 0, targetState: { kind: 'missing', why: 'Forbidden', detail: 'not now' } };
    const later = decide(sceneOf([full('a', 4), unread], noonMs + 15_000), set, memory, noonMs + 15_000);
    expect(desiredOf(later)).toEqual({ a: 4, b: undefined });
    expect(later.memory.variants['prod/b']).toMatchObject({ desired: 3, holds: 5 });
    // gone for good, and nothing is held any more
    expect(desiredOf(decide(sceneOf([full('a', 4), { ...ending, replicas: ending.replicas.slice(0, 3) }], noonMs + 30_000), set, later.memory, noonMs + 30_000))).toEqual({ a: 6, b: 3 });
  });

  it('takes a part of a pool from all of it, and not the other way round', () => {
    const inventory = [pool('A100', [2, 2], { products: ['40', '80'] }), pool('A100-80GB', [2], { products: ['80'] })];
    expect(desiredOf(decideIn([full('a', 4, { accelerator: 'A100-80GB' })], {}, { inventory }))).toEqual({ a: 6 });
    expect(desiredOf(decideIn([full('a', 4)], {}, { inventory }))).toEqual({ a: 8 });
    expect(desiredOf(decideIn([full('a', 4), full('b', 4, { accelerator: 'A100-80GB' })], {}, { inventory }))).toEqual({ a: 6, b: 6 });
  });

  it('is shared by priority, and a minimum is no reason to go over a limit', () => {
    expect(desiredOf(decideIn([full('a', 4), full('b', 4, { policy: { priority: 3 } })], { cluster: { A100: 12 } }))).toEqual({ a: 4, b: 8 });
    expect(desiredOf(decideIn([full('a', 0, { min: 3 }), full('b', 4)], { cluster: { A100: 6 } }))).toEqual({ a: 2, b: 4 });
  });

  it.each<[string, VariantSketch[], Partial<Quotas>, Partial<Observation>, Record<string, number>]>([
    ['two at a time on accelerators that two variants use', [full('a', 2, { accelerators: 2 })], { cluster: { A100: 8 } }, {}, { a: 4 }],
    ['what is left, in whole replicas', [full('a', 3, { accelerators: 2 })], { cluster: { A100: 8 } }, {}, { a: 4 }],
    ['each kind by itself', [full('a', 2, { accelerators: 2, max: 3 }), full('h', 2, { accelerator: 'H100', accelerators: 1, max: 3 })], { cluster: { A100: 8, H100: 4 } }, {}, { a: 3, h: 3 }],
    ['the tighter of a quota for all and one for a namespace', [full('a', 2, { accelerators: 2, max: 5 })], { cluster: { A100: 100 }, namespaces: { prod: { A100: 6 } } }, {}, { a: 3 }],
    ['each namespace by its own quota', [full('a', 2, { namespace: 'team-a', max: 9 }), full('b', 2, { namespace: 'team-b', max: 9 })], { namespaces: { 'team-a': { A100: 3 }, 'team-b': { A100: 9 } } }, {}, { a: 3, b: 4 }],
    ['by priority within a namespace', [full('a', 2, { policy: { priority: 100 } }), full('b', 2)], { namespaces: { prod: { A100: 6 } } }, {}, { a: 4, b: 2 }],
    ['nothing in a namespace whose quota names nothing', [full('a', 2)], { namespaces: { prod: { '*': 0 } } }, {}, { a: 2 }],
    ['all where quotas have no limit, of the kind that has', [full('a', 2), full('h', 2, { accelerator: 'H100' }), full('l', 2, { accelerator: 'L40S' })], { cluster: { A100: Number.MAX_SAFE_INTEGER, H100: Number.MAX_SAFE_INTEGER, L40S: 4 } }, {}, { a: 4, h: 4, l: 4 }],
    ['the same whatever its priority, where there is enough', [full('a', 2, { policy: { priority: 3 } }), full('b', 2)], { cluster: { A100: 8 } }, {}, { a: 4, b: 4 }],
    ['a model of one name in two namespaces as two models', [full('a', 2, { namespace: 'team', model: 'llama' }), full('b', 2, { namespace: 'prod', model: 'llama' })], { cluster: { A100: 6 } }, {}, { a: 3, b: 3 }],
    ['no more than one where a quota has room for many and one node for one', [full('a', 2)], { namespaces: { prod: { A100: 9 } } }, { inventory: [pool('A100', [1])] }, { a: 3 }],
    ['to decode servers what prefill servers, at their maximum, cannot take', [full('p', 1, { model: 'llama', role: 'prefill', max: 1 }), full('d', 1, { model: 'llama', role: 'decode' })], { cluster: { A100: 4 } }, {}, { p: 1, d: 2 }],
    ['nothing where nobody knows which accelerator it takes, and every other has its quota', [full('a', 2, { accelerator: 'unknown' })], { cluster: { A100: 9, '*': 0 } }, {}, { a: 2 }],
  ])('is given %s', (_, sketches, quotas, seen, expected) => {
    expect(desiredOf(decideIn(sketches, quotas, seen))).toEqual(expected);
    expect(desiredOf(decideIn(sketches.toReversed(), quotas, seen))).toEqual(expected);
  });

  it('comes back as fast as it went: what found no room is not held to', () => {
    const policy = { ...byPercent, limitToInventory: true };
    const set = { ...policySetOf(policy), quotas: { ...noQuotas, cluster: { A100: 5 } } };
    const first = decide(sceneOf([full('a', 4)]), set, emptyMemory, noonMs);
    expect(first.memory.variants['prod/a']?.recommendations.map(({ replicas }) => replicas)).toEqual([5]);
  });
});

describe('a model whose variant has no room', () => {
  const slow = { ...server, perSequenceMs: 0.1 };
  const policy: Policy = { ...defaultPolicy, slo: { ttftSeconds: 2, itlSeconds: 0.1, attainment: 0.99 } };

  it('takes the next cheapest of those that have', () => {
    const set = { ...policySetOf(policy), quotas: { ...noQuotas, cluster: { A100: 3 } } };
    const fleet = createFleet([
      { name: 'cheap', server, replicas: 2, sketch: { cost: 5 } },
      { name: 'dear', server: slow, replicas: 1, sketch: { cost: 20, accelerator: 'H100' } },
    ], set);
    for (let cycle = 0; cycle < 20; cycle++) fleet.step(10);
    for (let cycle = 0; cycle < 40; cycle++) fleet.step(40);
    const [cheap = 0, dear = 0] = fleet.counts.at(-1) ?? [];
    expect(cheap).toBe(3);
    expect(dear).toBeGreaterThanOrEqual(4);
    const free = createFleet([{ name: 'cheap', server, replicas: 2, sketch: { cost: 5 } }, { name: 'dear', server: slow, replicas: 1, sketch: { cost: 20, accelerator: 'H100' } }], policy);
    for (let cycle = 0; cycle < 20; cycle++) free.step(10);
    for (let cycle = 0; cycle < 40; cycle++) free.step(40);
    expect(free.counts.at(-1)?.[1]).toBe(1);
  });

  it('says so in the trails of both', () => {
    const set = { ...policySetOf(policy), quotas: { ...noQuotas, cluster: { A100: 2 } } };
    const fleet = createFleet([{ name: 'cheap', server, replicas: 2, sketch: { cost: 5 } }, { name: 'dear', server: slow, replicas: 1, sketch: { cost: 20, accelerator: 'H100' } }], set);
    for (let cycle = 0; cycle < 20; cycle++) fleet.step(10);
    let decisions = fleet.step(40);
    for (let cycle = 0; cycle < 5 && !decisions.some(({ reason }) => reason === 'InPlaceOfOther'); cycle++) decisions = fleet.step(40);
    const [cheap, dear] = decisions;
    expect(cheap?.trail.at(-1)).toMatchObject({ to: 2, reason: 'LimitedByQuota' });
    expect(dear?.trail.at(-1)).toMatchObject({ reason: 'InPlaceOfOther', sentence: expect.stringMatching(/^\d+ replicas, for another variant of the model has no room \(The quota of the cluster has 0 of 2 A100 left\)\.$/) as unknown });
  });
});

const sketch: fc.Arbitrary<VariantSketch> = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  namespace: fc.constantFrom('prod', 'test'),
  model: fc.constantFrom('llama', 'qwen', 'phi'),
  accelerator: fc.constantFrom('A100', 'H100'),
  accelerators: fc.constantFrom(1, 2, 4),
  cost: fc.constantFrom(1, 10, 40),
  min: fc.nat(2),
  max: fc.integer({ min: 2, max: 12 }),
  policy: fc.record({ priority: fc.constantFrom(0, 1, 5) }),
  current: fc.nat(8),
  replicas: fc.array(fc.record({ kv: fc.double({ min: 0, max: 1, noNaN: true }), queue: fc.nat(20), running: fc.nat(90), state: fc.constantFrom('ready', 'ready', 'starting', 'unscheduled', 'terminating') }), { maxLength: 6 }),
});
const limited = fc.record({
  sketches: fc.uniqueArray(sketch, { selector: ({ name }) => name, minLength: 1, maxLength: 5 }),
  cluster: fc.record({ A100: fc.nat(40), H100: fc.nat(40) }, { requiredKeys: [] }),
  prod: fc.record({ '*': fc.nat(30) }, { requiredKeys: [] }),
  hard: fc.nat(40),
  nodes: fc.array(fc.constantFrom(1, 2, 4, 8), { maxLength: 5 }),
  analyzer: fc.constantFrom('percent', 'learned'),
});

it('nothing that is added goes over a quota or over what is free, what is there stays, the trail adds up, and the order of the variants does not matter', () => {
  fc.assert(
    fc.property(limited, ({ sketches, cluster, prod, hard, nodes, analyzer }) => {
      const free = nodes.toSorted((a, b) => b - a);
      const seen: Partial<Observation> = { inventory: [pool('A100', free)], quotas: [{ namespace: 'test', name: 'q', resource: 'nvidia.com/gpu', hard, used: 0 }] };
      const policy: Policy = { ...immediate, limitToInventory: true, analyzer };
      const decideFor = (of: readonly VariantSketch[]): Outcome => decideIn(of, { cluster, namespaces: { prod } }, seen, policy);
      const { decisions } = decideFor(sketches);
      const added = (is: (sketched: VariantSketch) => boolean): number => sketches.filter(is).reduce((total, { name, accelerators = 1 }) => {
        const { desired = 0, current } = decisions.find(({ variant }) => variant.name === name) as Outcome['decisions'][number];
        return total + Math.max(0, desired - current) * accelerators;
      }, 0);
      const held = (is: (sketched: VariantSketch) => boolean): number => sketches.filter(is).reduce((total, { accelerators = 1, current = 0, replicas }) => total + Math.max(current, replicas.length) * accelerators, 0);
      const within = (quota: number | undefined, is: (sketched: VariantSketch) => boolean): void => {
        if (quota !== undefined) expect(added(is)).toBeLessThanOrEqual(Math.max(0, quota - held(is)));
      };
      within(cluster.A100, ({ accelerator }) => accelerator === 'A100');
      within(cluster.H100, ({ accelerator }) => accelerator === 'H100');
      for (const which of ['A100', 'H100']) within(prod['*'], ({ accelerator, namespace }) => accelerator === which && namespace === 'prod');
      expect(added(({ namespace }) => namespace === 'test')).toBeLessThanOrEqual(hard);
      expect(added(({ accelerator }) => accelerator === 'A100')).toBeLessThanOrEqual(free.reduce((all, one) => all + one, 0));
      expect(added(({ accelerator }) => accelerator === 'H100')).toBe(0);
      const unlimited = decideIn(sketches, {}, {}, policy).decisions;
      for (const [index, { variant, desired = 0, current, trail }] of decisions.entries()) {
        expect(desired).toBeLessThanOrEqual(Math.max(variant.maxReplicas ?? 0, variant.minReplicas));
        expect(desired).toBeGreaterThanOrEqual(Math.min(current, unlimited[index]?.desired ?? 0));
        expect(trail[0]?.from).toBe(current);
        expect(trail.at(-1)?.to).toBe(desired);
        for (const [place, step] of trail.entries()) if (place > 0) expect(step.from).toBe(trail[place - 1]?.to);
      }
      const backwards = decideFor(sketches.toReversed());
      expect(JSON.stringify(backwards.decisions.toReversed())).toBe(JSON.stringify(decisions));
    }),
    { numRuns: 400 },
  );
});
