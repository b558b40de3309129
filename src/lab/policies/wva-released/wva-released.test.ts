import { describe, expect, test } from 'vitest';
import { growByCost, shrinkByCost } from './cost-aware.ts';
import type { Candidate } from './cost-aware.ts';
import { enforceMinimum } from './enforce.ts';
import { optimizeByScore } from './limited.ts';
import type { ReplicaRecord, Role, Target, VariantState } from './observed.ts';
import { queueDemand, requiredAndSpare } from './required-capacity.ts';
import { analyzeSpare, targetsBySpare } from './spare-capacity.ts';
import { analyzeTokens } from './token-analysis.ts';
import type { TokenMemory } from './token-analysis.ts';
import { createCapacityHistory, derivedTokens, lengthBucket, medianOf, replicaTokens } from './token-capacity.ts';

const record = (more: Partial<ReplicaRecord>): ReplicaRecord => ({ variant: 'a', kvUsage: 0, queueLength: 0, totalKvTokens: 16_000, averageIn: 0, averageOut: 0, ...more });
const state = (more: Partial<VariantState>): VariantState => ({
  name: 'a',
  cost: 10,
  role: 'both',
  accelerator: 'H100',
  acceleratorsPerReplica: 1,
  current: 2,
  pending: 0,
  minReplicas: 1,
  maxReplicas: 10,
  maxBatchedTokens: 8192,
  maxSequences: 256,
  ...more,
});

describe('V1: spare capacity', () => {
  const at = { kvCacheThreshold: 0.8, queueLengthThreshold: 5, kvSpareTrigger: 0.1, queueSpareTrigger: 3 };
  const analyze = (...replicas: readonly (readonly [kv: number, queue: number])[]) => analyzeSpare(replicas.map(([kvUsage, queueLength]) => record({ kvUsage, queueLength })), at);

  test.each([
    // spare 0.05 and 0.04, 0.045 on average
    { why: 'little KV cache left', replicas: [[0.75, 2], [0.76, 2]], up: true, safe: false },
    // spare queue 2 < 3
    { why: 'queues grow', replicas: [[0.5, 3], [0.5, 3]], up: true, safe: false },
    // 0.3 of the cache and 4 of the queue to spare; one replica would be at 1.0
    { why: 'enough', replicas: [[0.5, 1], [0.5, 1]], up: false, safe: false },
    // load 0.25, of two 0.375, spare 0.425; queue 1 to 1.5, spare 3.5
    { why: 'one less is safe', replicas: [[0.2, 1], [0.3, 1], [0.25, 1]], up: false, safe: true },
    { why: 'one alone is never', replicas: [[0.1, 0]], up: false, safe: false },
    { why: 'all saturated', replicas: [[0.9, 0], [0.2, 5]], up: true, safe: false },
    { why: 'three saturated beside an idle one: nothing, as released', replicas: [[0.95, 9], [0.95, 9], [0.95, 9], [0.05, 0]], up: false, safe: false },
    { why: 'nothing is known', replicas: [], up: false, safe: false },
    // spare KV 0.125 on average, spare queue 3, which is not less than 3
    { why: 'just enough of the queue', replicas: [[0.7, 2], [0.75, 3], [0.6, 1], [0.65, 2]], up: false, safe: false },
    // 0.8 - 0.7 is a last bit more than 0.1
    { why: 'just enough of the KV cache', replicas: [[0.7, 0], [0.7, 0]], up: false, safe: false },
    { why: 'saturated from the threshold on', replicas: [[0.8, 0]], up: true, safe: false },
    // the two idle ones: load 0.05 to 0.1, queue 0 to 0
    { why: 'eight saturated beside two idle ones: one less, as released', replicas: [...Array.from({ length: 8 }, () => [0.95, 9] as const), [0.05, 0], [0.05, 0]], up: false, safe: true },
  ] as const)('$why', ({ replicas, up, safe }) => {
    expect(analyze(...replicas)).toMatchObject({ scaleUp: up, scaleDownSafe: safe });
  });

  const fleet = [state({ name: 'a', cost: 20 }), state({ name: 'b', cost: 5 }), state({ name: 'c', cost: 15 })];
  const replicasOf = (analysis: ReturnType<typeof analyze>, variants: readonly VariantState[]) => Object.fromEntries([...targetsBySpare(analysis, variants)].map(([name, { replicas }]) => [name, replicas]));

  test('one more of the cheapest, one less of the dearest', () => {
    expect(replicasOf(analyze([0.75, 2], [0.76, 2]), fleet)).toEqual({ a: 2, b: 3, c: 2 });
    expect(replicasOf(analyze([0.1, 0], [0.1, 0]), fleet)).toEqual({ a: 1, b: 2, c: 2 });
  });

  test('nothing while a pod is on its way, in either direction', () => {
    const [first, ...others] = fleet as [VariantState, ...VariantState[]];
    expect(replicasOf(analyze([0.75, 2], [0.76, 2]), [{ ...first, pending: 1 }, ...others])).toEqual({ a: 2, b: 2, c: 2 });
  });

  test('bounds: the cheapest at its maximum is picked and cut, and no other is tried, as released', () => {
    expect(replicasOf(analyze([0.75, 2]), [state({ current: 10 })])).toEqual({ a: 10 });
    expect(replicasOf(analyze([0.75, 2]), [state({ cost: 5, maxReplicas: 2 }), state({ name: 'b', cost: 9 })])).toEqual({ a: 2, b: 2 });
  });

  test('at the same cost the first name grows and the last one shrinks', () => {
    const same = [state({ name: 'b' }), state({ name: 'a' })];
    expect(replicasOf(analyze([0.75, 2]), same)).toEqual({ a: 3, b: 2 });
    expect(replicasOf(analyze([0.1, 0], [0.1, 0]), same)).toEqual({ a: 2, b: 1 });
  });
});

describe('V2: tokens of a replica', () => {
  const at = { kvCacheThreshold: 0.8, queueLengthThreshold: 5 };

  test('memory alone: 16 000 × 0.8', () => {
    expect(replicaTokens(record({ kvUsage: 0.3125 }), state({ maxBatchedTokens: 0 }), 'k', createCapacityHistory(10), at)).toEqual({ effective: 12_800, demand: 5000, reason: 'P4-k1' });
  });

  test('what is in use while requests wait is its capacity, and stays it', () => {
    const history = createCapacityHistory(10);
    const busy = record({ kvUsage: 0.5, queueLength: 6, averageIn: 100, averageOut: 50 });
    // 8000 in use, 6 × 150 wait
    expect(replicaTokens(busy, state({}), 'k', history, at)).toEqual({ effective: 8000, demand: 8900, reason: 'P1-obs' });
    expect(replicaTokens({ ...busy, queueLength: 2 }, state({}), 'k', history, at)).toMatchObject({ effective: 8000, reason: 'P2-hist' });
    expect(replicaTokens({ ...busy, queueLength: 2 }, state({}), 'other', history, at)).toMatchObject({ effective: 12_800, reason: 'P3-k2' });
  });

  test.each([
    // min(8192 × 100 / 600, 256) = 256; 256 × 550
    { batched: 8192, sequences: 256, averageIn: 500, averageOut: 100, want: 140_800 },
    // min(8192 × 200 / 300, 64) = 64; 64 × 200
    { batched: 8192, sequences: 64, averageIn: 100, averageOut: 200, want: 12_800 },
    { batched: 8192, sequences: 64, averageIn: 100, averageOut: 0, want: 0 },
    // min(4096 × 100 / 600, 256) = 256; 256 × 550
    { batched: 4096, sequences: 256, averageIn: 500, averageOut: 100, want: 140_800 },
    { batched: 8192, sequences: 256, averageIn: 100, averageOut: 200, want: 51_200 },
  ])('derived from $batched and $sequences', ({ batched, sequences, averageIn, averageOut, want }) => {
    expect(derivedTokens(batched, sequences, averageIn, averageOut)).toBe(want);
  });

  test('what waits at an empty cache is no capacity', () => {
    expect(replicaTokens(record({ kvUsage: 0.25, queueLength: 10 }), state({}), 'k', createCapacityHistory(10), at)).toMatchObject({ effective: 4000, reason: 'P1-obs' });
    expect(replicaTokens(record({ kvUsage: 0, queueLength: 5 }), state({ maxBatchedTokens: 0 }), 'k', createCapacityHistory(10), at)).toMatchObject({ effective: 12_800, reason: 'P4-k1' });
  });

  test('without the size of its cache a replica is as the stored capacity says, and unknown before', () => {
    const gone = record({ totalKvTokens: 0, kvUsage: 0.5, queueLength: 0 });
    expect(replicaTokens(gone, state({}), 'k', createCapacityHistory(10), at)).toBeUndefined();
    // 10 000 × 0.8, half of it in use
    expect(replicaTokens(gone, state({}), 'k', createCapacityHistory(10), at, 10_000)).toEqual({ effective: 8000, demand: 4000, reason: 'P4-k1' });
    const demand = (more: Partial<ReplicaRecord>, role: Role = 'both') => replicaTokens({ ...gone, ...more }, state({ role }), 'k', createCapacityHistory(10), at, 10_000)?.demand;
    expect(demand({ kvUsage: 1 })).toBe(8000);
    expect(demand({ queueLength: 3, averageIn: 500 })).toBe(5500);
    expect(demand({ queueLength: 3, averageIn: 500, averageOut: 250 }, 'prefill')).toBe(5500);
    expect(demand({ queueLength: 3, averageIn: 500, averageOut: 250 }, 'decode')).toBe(6250);
  });

  test('waiting requests of a prefill replica are their prompts', () => {
    const waiting = record({ queueLength: 4, averageIn: 100, averageOut: 50, kvUsage: 0.0625 });
    expect(replicaTokens(waiting, state({ role: 'prefill' }), 'k', createCapacityHistory(10), at)?.demand).toBe(1400);
    expect(replicaTokens(waiting, state({}), 'k', createCapacityHistory(10), at)?.demand).toBe(1600);
  });

  test('the median, and ten observations without decay', () => {
    const of = (effective: number) => ({ effective, demand: 0, reason: 'P4-k1' as const });
    expect(medianOf([7, 1, 5, 3].map(of))?.effective).toBe(4);
    expect(medianOf([10, 15].map(of))?.effective).toBe(12);
    expect(medianOf([])).toBeUndefined();
    const history = createCapacityHistory(2);
    for (const tokens of [100, 200, 400]) history.add('k', tokens);
    expect(history.average('k')).toBe(300);
    const ten = createCapacityHistory(10);
    for (let tokens = 1; tokens <= 15; tokens += 1) ten.add('k', tokens);
    expect(ten.average('k')).toBe(10.5);
    expect([0, 50, 99.9].map(lengthBucket)).toEqual(['short', 'short', 'short']);
    expect([100, 300, 499.9].map(lengthBucket)).toEqual(['medium', 'medium', 'medium']);
    expect([500, 1000].map(lengthBucket)).toEqual(['long', 'long']);
  });
});

describe('V2: required and spare', () => {
  test.each([
    { demand: 10_000, supply: 10_000, anticipated: 10_000, required: 1764.7, spare: 0 },
    { demand: 5000, supply: 10_000, anticipated: 10_000, required: 0, spare: 2857.1 },
    { demand: 8000, supply: 10_000, anticipated: 10_000, required: 0, spare: 0 },
    { demand: 8000, supply: 7000, anticipated: 10_000, required: 0, spare: 0 },
    // the edge: 7000 / 0.7
    { demand: 7000, supply: 10_000, anticipated: 10_000, required: 0, spare: 0 },
    { demand: 10_000, supply: 10_000, anticipated: 0, required: 11_764.7, spare: 0 },
    { demand: 8000, supply: 10_000, anticipated: 11_000, required: 0, spare: 0 },
  ])('$demand of $supply', ({ demand, supply, anticipated, required, spare }) => {
    const outcome = requiredAndSpare({ demand, supply, anticipated }, 0.85, 0.7);
    expect(outcome.required).toBeCloseTo(required, 1);
    expect(outcome.spare).toBeCloseTo(spare, 1);
  });

  test('what waits in the router', () => {
    expect(queueDemand(10, 4000, 100, 50, 0.5)).toEqual({ input: 500, output: 500 });
    expect(queueDemand(0, 0, 100, 50, 0)).toEqual({ input: 0, output: 0 });
  });
});

describe('V2: a model', () => {
  const at = { kvCacheThreshold: 0.8, queueLengthThreshold: 5, scaleUpThreshold: 0.85, scaleDownBoundary: 0.7 };
  const memory = (): TokenMemory => ({ history: createCapacityHistory(10), store: new Map() });
  const calm = { size: 0, bytes: 0 };
  const live = { model: 'm', accelerator: 'H100', acceleratorsPerReplica: 1, maxBatchedTokens: 8192 };
  const speaks = record({ kvUsage: 0.3125, averageIn: 500, averageOut: 100 });
  const perReplica = (variants: readonly VariantState[], remembered = memory()) =>
    Object.fromEntries(analyzeTokens('m', variants, [speaks], calm, remembered, at)?.candidates.map((candidate) => [candidate.name, candidate.perReplica]) ?? []);

  test('nothing is decided where no replica says anything', () => {
    expect(analyzeTokens('m', [state({})], [], calm, memory(), at)).toBeUndefined();
  });

  test('a variant that says nothing has what was found before', () => {
    const remembered = memory();
    remembered.store.set('b', { ...live, tokens: 12_000 });
    expect(perReplica([state({}), state({ name: 'b' })], remembered)).toMatchObject({ b: 12_000 });
  });

  test('else what its arguments say, and no more than one like it was seen to carry', () => {
    // 256 × 550 for B; A has 16 000 × 0.8 and is no H200, or takes as many accelerators
    expect(perReplica([state({}), state({ name: 'b', accelerator: 'H200' })])).toEqual({ a: 12_800, b: 140_800 });
    expect(perReplica([state({}), state({ name: 'b', acceleratorsPerReplica: 2 })])).toEqual({ a: 12_800, b: 140_800 });
    const remembered = memory();
    remembered.store.set('c', { ...live, accelerator: 'H200', tokens: 40_000 });
    expect(perReplica([state({}), state({ name: 'b', accelerator: 'H200' })], remembered)).toEqual({ a: 12_800, b: 40_000 });
    expect(perReplica([state({}), state({ name: 'b' })])).toEqual({ a: 12_800, b: 12_800 });
  });

  test('without any answer known, as many tokens as a batch takes', () => {
    const [, silent] = analyzeTokens('m', [state({}), state({ name: 'b', accelerator: 'H200' })], [record({ kvUsage: 0.1 })], calm, memory(), at)?.candidates ?? [];
    expect(silent).toMatchObject({ perReplica: 8192, cost: 0 });
  });

  test('what is on its way is anticipated, and one that is ready and not scraped yet is nowhere, as released', () => {
    // 5000 of 12 800 in use and 4 more on their way: nothing required
    const busy = record({ kvUsage: 0.9, averageIn: 500, averageOut: 100 });
    expect(analyzeTokens('m', [state({ current: 2, pending: 1 })], [busy], calm, memory(), at)?.required.get('both')).toBe(0);
    // 14 400 / 0.85 - 12 800, although a second one is ready
    expect(analyzeTokens('m', [state({ current: 2, pending: 0 })], [busy], calm, memory(), at)?.required.get('both')).toBeCloseTo(4141.2, 1);
  });

  test.each([
    // 1000 of prompts and 500 of answers wait in the router; 3000 and 2000 are in use
    { role: 'prefill' as const, wants: 4000 },
    { role: 'decode' as const, wants: 3500 },
  ])('what waits in the router is asked of $role', ({ role, wants }) => {
    const variants = [state({ name: 'p', role: 'prefill', maxBatchedTokens: 0 }), state({ name: 'd', role: 'decode', maxBatchedTokens: 0 })];
    const said = [record({ variant: 'p', kvUsage: 0.1875, averageIn: 100, averageOut: 50 }), record({ variant: 'd', kvUsage: 0.125, averageIn: 100, averageOut: 50 })];
    const { spare } = analyzeTokens('m', variants, said, { size: 10, bytes: 0 }, memory(), at) ?? {};
    expect(spare?.get(role)).toBeCloseTo(12_800 - wants / 0.7, 6);
  });
});

describe('V2: replicas by cost', () => {
  const candidate = (name: string, cost: number, perReplica: number, more: Partial<Candidate> = {}): Candidate => ({ name, cost, perReplica, role: 'both', current: 1, minReplicas: 0, maxReplicas: 100, ...more });
  const grow = (candidates: readonly Candidate[], required: readonly (readonly [Role, number])[]) => {
    const targets = new Map(candidates.map(({ name, current }) => [name, current]));
    growByCost(candidates, new Map(required), targets);
    return Object.fromEntries(targets);
  };

  test('the lowest cost for its capacity, up to its maximum, and then the next', () => {
    expect(grow([candidate('cheap', 5, 10_000), candidate('mid', 10, 15_000)], [['both', 25_000]])).toEqual({ cheap: 4, mid: 1 });
    expect(grow([candidate('cheap', 5, 10_000, { maxReplicas: 3 }), candidate('expensive', 20, 20_000)], [['both', 30_000]])).toEqual({ cheap: 3, expensive: 2 });
    expect(grow([candidate('unknown', 1, 0), candidate('a', 9, 10_000)], [['both', 1]])).toEqual({ unknown: 1, a: 2 });
  });

  test('as much as is required, to the whole replica', () => {
    expect(grow([candidate('v', 5, 10_000, { current: 2 })], [['both', 15_000]])).toEqual({ v: 4 });
    expect(grow([candidate('v', 5, 10_000, { current: 2 })], [['both', 20_000]])).toEqual({ v: 4 });
  });

  test.each([
    { prefill: 20_000, decode: 20_000, want: { p: 3, d: 3 } },
    { prefill: 10_000, decode: 30_000, want: { p: 2, d: 4 } },
  ])('$prefill of prefill and $decode of decode', ({ prefill, decode, want }) => {
    expect(grow([candidate('p', 10, 10_000, { role: 'prefill' }), candidate('d', 10, 10_000, { role: 'decode' })], [['decode', decode], ['prefill', prefill]])).toEqual(want);
  });

  test('roles grow in step, and one that cannot grow stops the other', () => {
    const prefill = candidate('p', 10, 10_000, { role: 'prefill' });
    const decode = candidate('d', 10, 10_000, { role: 'decode' });
    expect(grow([prefill, decode], [['decode', 20_000], ['prefill', 10_000]])).toEqual({ p: 2, d: 3 });
    expect(grow([{ ...prefill, maxReplicas: 1 }, decode], [['decode', 20_000], ['prefill', 0]])).toEqual({ p: 1, d: 1 });
  });

  test('all that is to spare at once, the dearest first', () => {
    const fleet = [candidate('expensive', 20, 20_000, { current: 2 }), candidate('mid', 15, 15_000, { current: 2 }), candidate('cheap', 10, 10_000, { current: 2 })];
    const targets = new Map(fleet.map(({ name, current }) => [name, current]));
    shrinkByCost(fleet, new Map([['both', 50_000]]), targets);
    expect(Object.fromEntries(targets)).toEqual({ expensive: 0, mid: 2, cheap: 1 });
  });

  const decode = { role: 'decode' as const };
  test.each([
    { why: 'alone', fleet: [candidate('a', 10, 10_000, { current: 3 })], role: 'both' as const, spare: 90_000, want: { a: 1 } },
    { why: 'of two', fleet: [candidate('exp', 20, 20_000), candidate('cheap', 10, 10_000)], role: 'both' as const, spare: 30_000, want: { exp: 0, cheap: 1 } },
    // the dear one must keep one, so the cheap one may go altogether
    { why: 'unless a dearer one stays', fleet: [candidate('keep', 20, 20_000, { current: 2, minReplicas: 1 }), candidate('expendable', 10, 20_000, { current: 3 })], role: 'both' as const, spare: 80_000, want: { keep: 1, expendable: 0 } },
    { why: 'of each role', fleet: [candidate('p', 10, 10_000, { role: 'prefill', current: 2 }), candidate('d', 10, 10_000, { ...decode, current: 3 })], role: 'decode' as const, spare: 20_000, want: { p: 2, d: 1 } },
    { why: 'of two of a role', fleet: [candidate('d-exp', 20, 10_000, decode), candidate('d-cheap', 10, 10_000, decode)], role: 'decode' as const, spare: 20_000, want: { 'd-exp': 0, 'd-cheap': 1 } },
  ])('the last replica stays: $why', ({ fleet, role, spare, want }) => {
    const targets = new Map(fleet.map(({ name, current }) => [name, current]));
    shrinkByCost(fleet, new Map([[role, spare]]), targets);
    expect(Object.fromEntries(targets)).toEqual(want);
  });
});

describe('V2: where accelerators are counted', () => {
  const model = (name: string, required: number, priority = 1, perReplica = 15_000) => ({
    priority,
    candidates: [{ name, role: 'both' as const, cost: 10, perReplica, current: 1, minReplicas: 1, maxReplicas: 100 }],
    required: new Map([['both' as const, required]]),
    spare: new Map([['both' as const, 0]]),
  });
  const accelerators = new Map([['a', 2], ['b', 2], ['c', 2]]);
  const share = (free: number, ...models: readonly ReturnType<typeof model>[]) => Object.fromEntries(optimizeByScore(models, [{ free, perReplica: accelerators }]));

  test('the largest need first, down to the mean, in turns', () => {
    expect(share(12, model('a', 50_000), model('b', 30_000), model('c', 10_000))).toEqual({ a: 4, b: 3, c: 2 });
  });

  test('none left, none given; an odd one stays', () => {
    expect(share(0, model('a', 50_000))).toEqual({ a: 1 });
    expect(share(5, model('a', 50_000))).toEqual({ a: 3 });
  });

  test.each([
    { why: 'two alike', free: 8, models: [model('a', 20_000, 1, 10_000), model('b', 20_000, 1, 10_000)], want: { a: 3, b: 3 } },
    { why: 'the larger one', free: 8, models: [model('a', 50_000), model('b', 10_000)], want: { a: 4, b: 2 } },
    { why: 'alone, all that it needs', free: 10, models: [model('a', 20_000, 1, 10_000)], want: { a: 3 } },
    { why: 'the smallest starves', free: 12, models: [model('a', 50_000, 1, 10_000), model('b', 30_000, 1, 10_000), model('c', 10_000, 1, 10_000)], want: { a: 5, b: 3, c: 1 } },
  ])('$why', ({ free, models, want }) => {
    expect(share(free, ...models)).toEqual(want);
  });

  test('a priority goes first, and gives no larger share', () => {
    expect(share(2, model('a', 30_000), model('b', 20_000, 5))).toEqual({ a: 1, b: 2 });
    expect(share(4, model('a', 20_000, 1, 10_000), model('b', 20_000, 5, 10_000))).toEqual({ a: 1, b: 3 });
    expect(share(100, model('a', 20_000, 3, 10_000), model('b', 20_000, 1, 10_000))).toEqual({ a: 3, b: 3 });
  });

  test('a kind of which nothing is left is passed over', () => {
    const candidates = [
      { name: 'a100', role: 'both' as const, cost: 5, perReplica: 10_000, current: 1, minReplicas: 1, maxReplicas: 100 },
      { name: 'h100', role: 'both' as const, cost: 15, perReplica: 20_000, current: 1, minReplicas: 1, maxReplicas: 100 },
    ];
    const pools = [{ free: 4, perReplica: new Map([['a100', 2]]) }, { free: 0, perReplica: new Map([['h100', 4]]) }];
    const requests = [{ priority: 1, candidates, required: new Map([['both' as const, 30_000]]), spare: new Map([['both' as const, 0]]) }];
    expect(Object.fromEntries(optimizeByScore(requests, pools))).toEqual({ a100: 3, h100: 1 });
  });

  test.each([
    { prefill: { current: 1, required: 15_000 }, decode: { current: 3, required: 5000 }, want: { p: 3, d: 4 } },
    { prefill: { current: 2, required: 0 }, decode: { current: 1, required: 10_000 }, want: { p: 2, d: 2 } },
    { prefill: { current: 1, required: 10_000 }, decode: { current: 3, required: 0 }, want: { p: 2, d: 3 } },
  ])('prefill $prefill.required and decode $decode.required', ({ prefill, decode, want }) => {
    const of = (name: string, role: Role, current: number) => ({ name, role, cost: 10, perReplica: 10_000, current, minReplicas: 1, maxReplicas: 100 });
    const request = {
      priority: 1,
      candidates: [of('p', 'prefill', prefill.current), of('d', 'decode', decode.current)],
      required: new Map<Role, number>([['decode', decode.required], ['prefill', prefill.required]]),
      spare: new Map<Role, number>(),
    };
    expect(Object.fromEntries(optimizeByScore([request], [{ free: 100, perReplica: new Map([['p', 1], ['d', 1]]) }]))).toEqual(want);
  });
});

describe('what stays', () => {
  const none: readonly (readonly [string, Target])[] = [['a', { replicas: 0, why: '' }], ['b', { replicas: 0, why: '' }]];
  const enforced = (idle: boolean, wanted: readonly (readonly [string, Target])[]) => {
    const targets = new Map(wanted);
    enforceMinimum([state({ name: 'a', cost: 20 }), state({ name: 'b', cost: 5 })], targets, idle);
    return Object.fromEntries([...targets].map(([name, { replicas }]) => [name, replicas]));
  };

  test('one of the cheapest, unless the model rests', () => {
    expect(enforced(false, none)).toEqual({ a: 0, b: 1 });
    expect(enforced(true, [['a', { replicas: 3, why: '' }]])).toEqual({ a: 0, b: 0 });
    expect(enforced(false, [['a', { replicas: 1, why: '' }], ['b', { replicas: 0, why: '' }]])).toEqual({ a: 1, b: 0 });
  });
});
