import { describe, expect, it } from 'vitest';
import { decideOnce, decisionAbout, desiredOf, noonMs, sceneOf, times, type ReplicaSketch, type VariantSketch } from '../../../../test/support/decide/scene.ts';
import { defaultPolicy, emptyMemory, fresh, missing, policySetOf, type EngineArguments, type Memory, type Policy } from '../../../model/index.ts';
import { decide } from '../../decide.ts';

const policy: Policy = { ...defaultPolicy, analyzer: 'tokens', scaleDownStabilizationMs: 0 };
const engineArguments: EngineArguments = { memoryFraction: 0.9, blockTokens: 16, kvCacheType: 'auto', tensorParallel: 1, maxSequences: 256, maxBatchedTokens: 8192, chunkedPrefill: true, eager: false };
const lengths = { meanPromptTokens: 100, meanGenerationTokens: 50, completionsPerSecond: 1 };
/** A replica with so many of 12 500 tokens in use: 10 000 are carried. */
const using = (tokens: number, queue = 0, more: Partial<ReplicaSketch> = {}): ReplicaSketch => ({ kv: tokens / 12_500, capacity: 12_500, queue, readings: lengths, ...more });
const decided = (sketches: VariantSketch[], memory: Memory = emptyMemory, nowMs = noonMs) => decideOnce(sketches, policy, memory, nowMs);

describe('tokens asked for against tokens carried', () => {
  it.each<[string, ReplicaSketch[], number]>([
    ['all of two is more than 0.85 of it: one more', times(2, using(10_000)), 3],
    ['0.8 of it is within the band', times(2, using(8000)), 2],
    ['0.7 of three, exactly at the boundary', times(3, using(7000)), 3],
    ['a third of four: two would do, and a quarter may go at a time', times(4, using(3000)), 3],
    ['little on one: it stays', [using(10)], 1],
    ['a queue counts with all that it will need', [using(5000, 4, { readings: { ...lengths, meanPromptTokens: 700, meanGenerationTokens: 400 } })], 2],
    ['the median carries: one with a smaller cache does not speak for the others', [using(8000), using(8000), { ...using(2000), capacity: 4000, kv: 0.5 }], 3],
  ])('%s', (_, replicas, expected) => {
    expect(desiredOf(decided([{ name: 'v', replicas }]))).toEqual({ v: expected });
  });

  it.each([
    // released versions cut the mean of two to a whole number
    [[10_000, 15_000], 1, 12_500],
    [[1000, 3000, 5000, 7000], 4, 4000],
  ])('replicas that carry %j: %d of them carry %d each, as the median does', (capacities, _, each) => {
    const replicas = capacities.map((capacity): ReplicaSketch => ({ kv: 0.1, capacity: capacity / 0.8, queue: 0, readings: lengths }));
    expect(decisionAbout(decided([{ name: 'v', replicas }]), 'v').trail[0]?.sentence).toContain(` and ${each * capacities.length} carried, by memory`);
  });

  it('says the numbers', () => {
    const { trail } = decisionAbout(decided([{ name: 'v', replicas: times(2, using(10_000)) }]), 'v');
    expect(trail[0]?.sentence).toBe('The load calls for 1 more (20000 tokens asked for and 20000 carried, by memory, 2 of 2 saturated).');
  });

  it('counts what is starting before it asks again', () => {
    const { trail } = decisionAbout(decided([{ name: 'v', replicas: [...times(2, using(10_000)), { state: 'starting', podAgeMs: 20_000 }] }]), 'v');
    expect(trail.map(({ to, reason }) => [to, reason])).toEqual([[3, 'AwaitingReplicas']]);
  });

  it('counts a replica that is ready and not scraped yet as one that serves', () => {
    const young = { readings: {}, podAgeMs: 90_000, startedInMs: 60_000 };
    expect(desiredOf(decided([{ name: 'v', replicas: [...times(2, using(8000)), young] }]))).toEqual({ v: 3 });
  });

  it('removes nothing while one that serves is silent, and takes it to have as much as the others', () => {
    const [low, high] = [3000, 9000].map((tokens) => decisionAbout(decided([{ name: 'v', replicas: [...times(3, using(tokens)), { readings: {} }] }]), 'v'));
    expect(low?.reason).toBe('HeldMetricsPartial');
    expect(low?.desired).toBe(4);
    expect(high?.desired).toBe(5);
  });

  it('removes nothing while one is saturated', () => {
    const { reason } = decisionAbout(decided([{ name: 'v', replicas: [...times(8, using(100)), using(100, 20, { readings: { ...lengths, meanPromptTokens: 1000 } })] }]), 'v');
    expect(reason).toBe('HeldSaturated');
  });

  it('holds where nobody reports', () => {
    const { held, reason } = decisionAbout(decided([{ name: 'v', replicas: times(2, {}) }]), 'v');
    expect([held, reason]).toEqual([true, 'HeldMetricsMissing']);
  });
});

describe('several variants', () => {
  it('are filled by cost for a token, cheapest first', () => {
    const sketches: VariantSketch[] = [
      { name: 'cheap', cost: 5, replicas: [using(10_000)] },
      { name: 'mid', cost: 10, replicas: [{ kv: 0.8, capacity: 18_750, queue: 0, readings: lengths }] },
    ];
    // 25 000 asked for: 29 412 to be carried, 25 000 are
    expect(desiredOf(decided(sketches))).toEqual({ cheap: 2, mid: 1 });
  });

  it('are emptied dearest first, to none where that is allowed, and one that serves stays', () => {
    const sketches: VariantSketch[] = [
      { name: 'exp', cost: 15, replicas: [using(10)] },
      { name: 'cheap', cost: 5, replicas: [using(10)] },
    ];
    expect(desiredOf(decided(sketches))).toEqual({ exp: 0, cheap: 1 });
    expect(desiredOf(decided(sketches.map((sketch) => ({ ...sketch, min: 1 }))))).toEqual({ exp: 1, cheap: 1 });
  });

  it('that are at zero come back by what they carried, while their model is overloaded elsewhere', () => {
    const before = decided([{ name: 'cheap', cost: 5, max: 1, replicas: [using(9000)] }, { name: 'back', cost: 10, replicas: [using(100)] }]);
    const later = [{ name: 'cheap', cost: 5, max: 1, replicas: [using(12_000)] }, { name: 'back', cost: 10, current: 0, replicas: [] }];
    expect(desiredOf(decided(later, before.memory, noonMs + 60_000))).toEqual({ cheap: 1, back: 1 });
    // nothing is known of one that was never seen, and whose arguments nobody knows
    expect(desiredOf(decided(later))).toEqual({ cheap: 1, back: 0 });
    // what was seen is forgotten after a week
    expect(desiredOf(decided(later, before.memory, noonMs + 8 * 24 * 3_600_000))).toEqual({ cheap: 1, back: 0 });
  });

  it('come back by what their arguments promise, no more than one that is alike carries', () => {
    const world = (max: number): VariantSketch[] => [
      { name: 'cheap', cost: 5, max: 1, replicas: [using(60_000, 0, { kv: 1, capacity: 60_000 })], engineArguments },
      { name: 'back', cost: 10, max, current: 0, replicas: [], engineArguments: { ...engineArguments, maxSequences: 128, eager: true } },
    ];
    // 60 000 / 0.85 = 70 588; alike carries 48 000 by memory and 38 400 sequences' worth by arguments (256 × 125 = 32 000), of 16 000 the other
    expect(decisionAbout(decided(world(9)), 'back').trail[0]?.to).toBeGreaterThanOrEqual(2);
  });

  it('come back by one batch where nobody knows what requests are like, whatever memory they are told to have', () => {
    const world = (told: Partial<EngineArguments>): VariantSketch[] => [
      { name: 'cheap', cost: 5, max: 1, replicas: [{ kv: 1, capacity: 20_000, queue: 0 }] },
      { name: 'back', cost: 10, current: 0, replicas: [], engineArguments: { ...engineArguments, ...told } },
    ];
    // 20 000 / 0.85 = 23 529 asked for, of which 16 000 are carried: one batch of 8192 is enough
    expect(desiredOf(decided(world({})))).toEqual({ cheap: 1, back: 1 });
    expect(desiredOf(decided(world({ kvCapacityTokens: 80_000 })))).toEqual({ cheap: 1, back: 1 });
    expect(decisionAbout(decided(world({ maxBatchedTokens: 2048 })), 'back').trail[0]).toMatchObject({ to: 4, reason: 'Demand' });
  });

  it('of which one has shown nothing yet wait for it', () => {
    const outcome = decided([{ name: 'known', replicas: [using(12_000)] }, { name: 'new', replicas: [{ state: 'starting', podAgeMs: 5000 }] }]);
    expect(desiredOf(outcome)).toEqual({ known: 1, new: 1 });
    expect(decisionAbout(outcome, 'new').reason).toBe('AwaitingReplicas');
  });
});

describe('roles and the router', () => {
  const router = (waiting: number | undefined) => {
    const none = missing('NotReported');
    return { namespace: 'prod', modelID: 'llama', router: { arrivalsPerSecond: none, recentArrivalsPerSecond: none, running: none, waiting: waiting === undefined ? none : fresh(waiting, noonMs) }, latency: { ttft: missing<never>('NotReported'), itl: missing<never>('NotReported') } };
  };
  const withRouter = (sketches: VariantSketch[], waiting: number | undefined, memory = emptyMemory) => decide({ ...sceneOf(sketches), models: [router(waiting)] }, policySetOf(policy), memory, noonMs);

  it('prefill and decode servers are asked for their own parts of what the router holds', () => {
    const sketches: VariantSketch[] = [
      { name: 'p', role: 'prefill', replicas: [using(3000)] },
      { name: 'd', role: 'decode', replicas: [using(2000)] },
    ];
    const outcome = withRouter(sketches, 10);
    // 3000 + 10 × 100, and 2000 + 10 × 150
    expect(decisionAbout(outcome, 'p').trail[0]?.sentence).toMatch(/4000 tokens asked for/);
    expect(decisionAbout(outcome, 'd').trail[0]?.sentence).toMatch(/3500 tokens asked for/);
  });

  it('one role grows while the other shrinks', () => {
    const outcome = withRouter([{ name: 'p', role: 'prefill', replicas: times(2, using(12_000)) }, { name: 'd', role: 'decode', replicas: times(4, using(100)) }], undefined);
    expect(desiredOf(outcome)).toEqual({ p: 3, d: 3 });
  });

  it('what waits at the router of a model without replicas calls the cheapest', () => {
    const asleep: VariantSketch[] = [{ name: 'a', cost: 10, current: 0, replicas: [], engineArguments }, { name: 'b', cost: 5, current: 0, replicas: [], engineArguments }];
    expect(desiredOf(withRouter(asleep, 3))).toEqual({ a: 0, b: 1 });
    expect(desiredOf(withRouter(asleep, 0))).toEqual({ a: 0, b: 0 });
    expect(desiredOf(withRouter(asleep, undefined))).toEqual({ a: 0, b: 0 });
  });
});

describe('what is remembered', () => {
  const full = { ...using(7000, 8), readings: { ...lengths, generationTokensPerSecond: 500 } };
  const play = (looks: readonly VariantSketch[][], stepMs = 15_000) => {
    let memory = emptyMemory;
    return looks.map((sketches, index) => {
      const outcome = decided(sketches, memory, noonMs + index * stepMs);
      memory = outcome.memory;
      return outcome;
    });
  };

  it('a sight of a full server holds for answers of its length, and for no others', () => {
    const short = play([[{ name: 'v', replicas: [full] }], [{ name: 'v', replicas: [using(2000, 2)] }]]);
    expect(decisionAbout(short[1] as never, 'v').trail[0]?.sentence).toMatch(/2300 tokens asked for and 7000 carried, as seen before/);
    const long = play([[{ name: 'v', replicas: [full] }], [{ name: 'v', replicas: [using(2000, 0, { readings: { ...lengths, meanGenerationTokens: 600 } })] }]]);
    expect(decisionAbout(long[1] as never, 'v').trail[0]?.sentence).toMatch(/10000 carried, by memory/);
  });

  it('is forgotten when the engine is told something else', () => {
    const [, told] = play([[{ name: 'v', replicas: [full], engineArguments }], [{ name: 'v', replicas: [using(2000)], engineArguments: { ...engineArguments, memoryFraction: 0.8 } }]]);
    expect(decisionAbout(told as never, 'v').trail[0]?.sentence).toMatch(/10000 carried, by memory/);
  });

  it('is plain data', () => {
    const [outcome] = play([[{ name: 'v', replicas: [full] }]]);
    expect(JSON.parse(JSON.stringify(outcome?.memory))).toEqual(outcome?.memory);
  });
});
