import { describe, expect, test } from 'vitest';
import { growByCost, shrinkByCost } from './cost-aware.ts';
import type { Candidate } from './cost-aware.ts';
import { enforceMinimum } from './enforce.ts';
import { optimizeByScore } from './limited.ts';
import type { ReplicaRecord, Role, Target, VariantState } from './observed.ts';
import { queueDemand, requiredAndSpare } from './required-capacity.ts';
import { analyzeSpare, targetsBySpare } from './spare-capacity.ts';
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

  test('bounds', () => {
    expect(replicasOf(analyze([0.75, 2]), [state({ current: 10 })])).toEqual({ a: 10 });
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
  ])('derived from $batched and $sequences', ({ batched, sequences, averageIn, averageOut, want }) => {
    expect(derivedTokens(batched, sequences, averageIn, averageOut)).toBe(want);
  });

  test('without the size of its cache a replica is as the stored capacity says, and unknown before', () => {
    const gone = record({ totalKvTokens: 0, kvUsage: 0.5, queueLength: 0 });
    expect(replicaTokens(gone, state({}), 'k', createCapacityHistory(10), at)).toBeUndefined();
    // 10 000 × 0.8, half of it in use
    expect(replicaTokens(gone, state({}), 'k', createCapacityHistory(10), at, 10_000)).toEqual({ effective: 8000, demand: 4000, reason: 'P4-k1' });
  });

  test('waiting requests of a prefill replica are their prompts', () => {
    const waiting = record({ queueLength: 4, averageIn: 100, averageOut: 50, kvUsage: 0.0625 });
    expect(replicaTokens(waiting, state({ role: 'prefill' }), 'k', createCapacityHistory(10), at)?.demand).toBe(1400);
    expect(replicaTokens(waiting, state({}), 'k', createCapacityHistory(10), at)?.demand).toBe(1600);
  });

  test('the median, and ten observations without decay', () => {
    const of = (effective: number) => ({ effective, demand: 0, reason: 'P4-k1' as const });
    expect(medianOf([7, 1, 5, 3].map(of))?.effective).toBe(4);
    expect(medianOf([])).toBeUndefined();
    const history = createCapacityHistory(2);
    for (const tokens of [100, 200, 400]) history.add('k', tokens);
    expect(history.average('k')).toBe(300);
    expect([99, 100, 500].map(lengthBucket)).toEqual(['short', 'medium', 'long']);
  });
});

describe('V2: required and spare', () => {
  test.each([
    { demand: 10_000, supply: 10_000, anticipated: 10_000, required: 1764.7, spare: 0 },
    { demand: 5000, supply: 10_000, anticipated: 10_000, required: 0, spare: 2857.1 },
    { demand: 8000, supply: 10_000, anticipated: 10_000, required: 0, spare: 0 },
    { demand: 8000, supply: 7000, anticipated: 10_000, required: 0, spare: 0 },
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

  test('the last replica of a role stays', () => {
    const fleet = [candidate('a', 10, 10_000, { current: 3 })];
    const targets = new Map([['a', 3]]);
    shrinkByCost(fleet, new Map([['both', 90_000]]), targets);
    expect(targets.get('a')).toBe(1);
  });
});

describe('V2: where accelerators are counted', () => {
  const model = (name: string, required: number, priority = 1) => ({
    priority,
    candidates: [{ name, role: 'both' as const, cost: 10, perReplica: 15_000, current: 1, minReplicas: 1, maxReplicas: 100 }],
    required: new Map([['both' as const, required]]),
    spare: new Map([['both' as const, 0]]),
  });
  const perReplica = new Map([['a', 2], ['b', 2], ['c', 2]]);
  const share = (free: number, ...models: readonly ReturnType<typeof model>[]) => Object.fromEntries(optimizeByScore(models, [{ free, perReplica }]));

  test('the largest need first, down to the mean, in turns', () => {
    expect(share(12, model('a', 50_000), model('b', 30_000), model('c', 10_000))).toEqual({ a: 4, b: 3, c: 2 });
  });

  test('none left, none given; an odd one stays', () => {
    expect(share(0, model('a', 50_000))).toEqual({ a: 1 });
    expect(share(5, model('a', 50_000))).toEqual({ a: 3 });
  });

  test('a priority goes first', () => {
    expect(share(2, model('a', 30_000), model('b', 20_000, 5))).toEqual({ a: 1, b: 2 });
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
