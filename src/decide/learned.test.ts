import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chat, createFleet, replicaUnder, server } from '../../test/support/decide/fleet.ts';
import { decideInTurn, noonMs, sceneOf, type VariantSketch } from '../../test/support/decide/scene.ts';
import { createRandom } from '../runtime/index.ts';
import { defaultPolicy, emptyMemory, fresh, missing, policySetOf, type EngineArguments, type LatencyReadings, type Policy } from '../model/index.ts';
import { decide } from './index.ts';
import { lawOf } from './learn/iteration-law.ts';

const policy: Policy = { ...defaultPolicy, slo: { ttftSeconds: 2, itlSeconds: 0.1, attainment: 0.99 } };
// 12 ms + 0.45 ms a sequence: 100 ms at 195 sequences, the cache is full at 347; about 6.5 requests/s, of which some are kept for chance
const carries = 6.5;

describe('the learning engine', () => {
  it('learns the law of its servers from what they show', () => {
    const fleet = createFleet([{ name: 'v', server, replicas: 3 }], policy);
    for (let cycle = 0; cycle < 120; cycle++) fleet.step(4 + 8 * Math.abs(Math.sin(cycle / 15)));
    const memory = Object.values(fleet.memory().variants)[0]?.law;
    if (memory === undefined) throw new Error('Nothing was learned.');
    const { baseMs, perSequenceMs, perResidentMs, perPromptMs } = lawOf(memory);
    const at = (sequences: number): number => baseMs + sequences * (perSequenceMs + (perResidentMs * 1150) / 1000 + (perPromptMs * 1000) / 1000 / 300);
    expect(at(0)).toBeCloseTo(12, 0);
    expect(at(150) / (12 + 150 * (0.05 + 0.092 + 0.31))).toBeCloseTo(1, 1);
  });

  it.each([3, 12, 40, 150])('comes to rest with enough for %d requests a second, and not much more', (rate) => {
    const fleet = createFleet([{ name: 'v', server, replicas: 2 }], policy);
    // half an hour's hold after the last that was called for, twice
    for (let cycle = 0; cycle < 600; cycle++) fleet.step(rate);
    const last = fleet.counts.slice(-60).map(([count = 0]) => count);
    expect(new Set(last).size).toBe(1);
    expect(last[0]).toBeGreaterThanOrEqual(Math.ceil(rate / carries));
    expect(last[0]).toBeLessThanOrEqual(Math.ceil((rate / carries) * 1.35) + 1);
  });

  it('asks for all that is missing at once when the load jumps', () => {
    const fleet = createFleet([{ name: 'v', server, replicas: 2 }], policy);
    for (let cycle = 0; cycle < 60; cycle++) fleet.step(8);
    const before = fleet.counts.at(-1)?.[0] ?? 0;
    for (let cycle = 0; cycle < 2; cycle++) fleet.step(60);
    expect(before).toBeLessThanOrEqual(3);
    expect(fleet.counts.at(-1)?.[0]).toBeGreaterThanOrEqual(Math.ceil(60 / carries));
  });

  it('keeps a reserve for a jump that it has seen, and none for one that it has not', () => {
    const calm = createFleet([{ name: 'v', server, replicas: 2 }], policy);
    const jumpy = createFleet([{ name: 'v', server, replicas: 2 }], policy);
    for (let cycle = 0; cycle < 480; cycle++) {
      calm.step(6);
      // four times the load for five minutes, every half hour
      jumpy.step(cycle % 120 >= 100 ? 24 : 6);
    }
    for (let cycle = 0; cycle < 20; cycle++) {
      calm.step(6);
      jumpy.step(6);
    }
    expect(calm.counts.at(-1)?.[0]).toBeLessThanOrEqual(2);
    expect(jumpy.counts.at(-1)?.[0]).toBeGreaterThanOrEqual(4);
  });

  it('keeps less headroom where hardly any request was late for hours, and all of it where some were', () => {
    const sustained = (latePercent: number | undefined): number => {
      const latency = (atMs: number): LatencyReadings => ({ ttft: latePercent === undefined ? missing('NotReported') : fresh({ boundsSeconds: [2], withinPerSecond: [8 - 0.08 * latePercent], totalPerSecond: 8 }, atMs), itl: missing('NotReported') });
      const router = { arrivalsPerSecond: missing('NotReported'), recentArrivalsPerSecond: missing('NotReported'), waiting: missing('NotReported'), running: missing('NotReported') };
      const fleet = createFleet([{ name: 'v', server, replicas: 2 }], policy, chat, (scene) => ({ ...scene, models: [{ namespace: 'prod', modelID: scene.variants[0]?.variant.modelID ?? '', router, latency: latency(scene.atMs) }] }));
      for (let cycle = 0; cycle < 240; cycle++) fleet.step(8);
      return fleet.step(8)[0]?.basis?.capacity?.sustainedPerSecond ?? NaN;
    };
    const [never, some, many, untold] = [sustained(0), sustained(0.5), sustained(5), sustained(undefined)];
    expect(never).toBeGreaterThan(1.01 * many);
    expect(some).toBeGreaterThan(many);
    expect(never).toBeGreaterThan(some);
    expect(untold).toBeCloseTo(many, 1);
  });

  it('does not flap under a constant load, whatever the noise', () => {
    let corrections = 0;
    for (let seed = 1; seed <= 30; seed++) {
      let reversals = 0;
      const random = createRandom(`noise/${seed}`);
      const rate = 2 + 58 * random.next();
      const fleet = createFleet([{ name: 'v', server, replicas: Math.ceil(rate / carries) }], policy);
      // a look counts the requests of 15 s; two hours of looks
      for (let cycle = 0; cycle < 480; cycle++) fleet.step(Math.max(0, rate + Math.sqrt(rate / 15) * (random.next() + random.next() + random.next() - 1.5) * 2));
      // a quarter of an hour to learn in; what goes one by one after that is no flap
      const counts = fleet.counts.slice(60).map(([count = 0]) => count);
      const turns = counts.slice(2).filter((count, index) => (count - (counts[index + 1] ?? 0)) * ((counts[index + 1] ?? 0) - (counts[index] ?? 0)) < 0).length;
      expect(turns).toBe(0);
      let direction = 0;
      for (let index = 1; index < counts.length; index++) {
        const change = Math.sign((counts[index] ?? 0) - (counts[index - 1] ?? 0));
        if (change !== 0 && direction !== 0 && change !== direction) reversals++;
        if (change !== 0) direction = change;
      }
      // what was added for what the load might have done goes once that is known better, and does not come again
      expect(reversals).toBeLessThanOrEqual(1);
      corrections += reversals;
    }
    // sixty hours in all
    expect(corrections).toBeLessThanOrEqual(4);
  });

  it('never removes while a ready replica is silent or stale, and never decides by what is not there', () => {
    fc.assert(
      fc.property(fc.constantFrom('silent', 'stale', 'all silent'), fc.integer({ min: 2, max: 8 }), (how, replicas) => {
        const fleet = createFleet([{ name: 'v', server, replicas }], policy);
        for (let cycle = 0; cycle < 20; cycle++) fleet.step(0.9 * carries * replicas);
        const before = fleet.counts.at(-1)?.[0] ?? 0;
        const spoil = (sketches: VariantSketch[]): VariantSketch[] =>
          sketches.map((sketch) => ({
            ...sketch,
            replicas: sketch.replicas.map((replica, index) => (index > 0 && how !== 'all silent' ? replica : how === 'stale' ? { ...replica, ageMs: 90_000 } : { ...(replica.podAgeMs !== undefined && { podAgeMs: replica.podAgeMs }) })),
          }));
        for (let cycle = 0; cycle < 160; cycle++) fleet.step(0.1 * carries, spoil);
        expect(fleet.counts.at(-1)?.[0]).toBeGreaterThanOrEqual(before);
      }),
      { numRuns: 20 },
    );
  });

  it('gives the dearest capacity up first, and fills the cheapest first', () => {
    const slow = { ...server, baseMs: 24, perPromptKiloMs: 186 };
    const fleet = createFleet([{ name: 'fast', server, replicas: 2, sketch: { cost: 10, min: 0, accelerator: 'A100' } }, { name: 'slow', server: slow, replicas: 2, sketch: { cost: 8, min: 0, accelerator: 'L40S' } }], policy);
    for (let cycle = 0; cycle < 60; cycle++) fleet.step(16);
    for (let cycle = 0; cycle < 400; cycle++) fleet.step(5);
    const [fast = 0, slower = 0] = fleet.counts.at(-1) ?? [];
    expect(fast + slower).toBeGreaterThan(0);
    expect(fast).toBeGreaterThanOrEqual(slower);
  });

  it('does not let go while one replica does not say whether something waits for it', () => {
    const fleet = createFleet([{ name: 'v', server, replicas: 2, sketch: { min: 0 } }], { ...policy, scaleToZero: true, retentionMs: 60_000 });
    for (let cycle = 0; cycle < 20; cycle++) fleet.step(9);
    const before = fleet.counts.at(-1)?.[0] ?? 0;
    expect(before).toBeGreaterThanOrEqual(2);
    // what an engine shows that says NaN of its queue: it runs nothing, and the rest is not known
    const halfSilent = (sketches: VariantSketch[]): VariantSketch[] =>
      sketches.map((sketch) => ({ ...sketch, replicas: sketch.replicas.map((replica, index) => (index > 0 ? replica : { running: 0, ...(replica.podAgeMs !== undefined && { podAgeMs: replica.podAgeMs }) })) }));
    for (let cycle = 0; cycle < 40; cycle++) fleet.step(0, halfSilent);
    expect(fleet.counts.at(-1)?.[0]).toBe(before);
    for (let cycle = 0; cycle < 10; cycle++) fleet.step(0);
    expect(fleet.counts.at(-1)?.[0]).toBe(0);
  });

  it.each([[false, true], [true, false]])('looks for a cheaper mix where pods land on the accelerator that was chosen (one shared target: %s)', (shared, expected) => {
    const sketch = (cost: number, accelerator: string): Partial<VariantSketch> => ({ cost, accelerator, min: 0, ...(shared && { target: 'both' }) });
    const fleet = createFleet([{ name: 'dear', server, replicas: 4, sketch: sketch(40, 'H100') }, { name: 'cheap', server, replicas: 1, sketch: sketch(2, 'A100') }], policy);
    const reasons = new Set<string>();
    for (let cycle = 0; cycle < 100; cycle++) for (const { trail } of fleet.step(24)) for (const { reason } of trail) reasons.add(reason);
    expect(reasons.has('CheaperMix')).toBe(expected);
  });

  it.each([1, 3, 20])('grows while requests wait, although its servers never show an iteration, and does not where none wait (%d to begin with)', (replicas) => {
    // an engine that counts no tokens
    const untold = (sketches: VariantSketch[]): VariantSketch[] =>
      sketches.map((sketch) => ({ ...sketch, replicas: sketch.replicas.map((replica) => (replica.readings === undefined ? replica : { ...replica, readings: { ...replica.readings, generationTokensPerSecond: 0 } })) }));
    const fleet = createFleet([{ name: 'v', server, replicas }], policy);
    for (let cycle = 0; cycle < 40; cycle++) fleet.step(0.3 * carries * replicas, untold);
    expect(fleet.counts.at(-1)?.[0]).toBe(replicas);
    const reasons = new Set<string>();
    for (let cycle = 0; cycle < 160; cycle++) reasons.add(fleet.step(6 * carries * replicas, untold)[0]?.reason ?? '');
    // twice as many, and again when those have served for two minutes
    expect(fleet.counts.at(-1)?.[0]).toBe(8 * replicas);
    expect(reasons).toContain('Demand');
  });

  it('lets all go after the retention, and only then', () => {
    const fleet = createFleet([{ name: 'v', server, replicas: 2, sketch: { min: 0 } }], { ...policy, scaleToZero: true, retentionMs: 600_000 });
    for (let cycle = 0; cycle < 20; cycle++) fleet.step(3);
    for (let cycle = 0; cycle < 38; cycle++) fleet.step(0);
    expect(fleet.counts.at(-1)?.[0]).toBeGreaterThanOrEqual(1);
    for (let cycle = 0; cycle < 10; cycle++) fleet.step(0);
    expect(fleet.counts.at(-1)?.[0]).toBe(0);
  });

  // released versions gave up nothing of a model of which one variant has a minimum
  it.each([
    ['all variants of a model together', true, 0, 0, [0, 0]],
    ['all but a minimum', true, 1, 0, [1, 0]],
    ['not the last of a model that is not to go to zero', false, 0, 0, [0, 1]],
  ])('lets go %s', (_, scaleToZero, first, second, expected) => {
    const fleet = createFleet([{ name: 'a', server, replicas: 2, sketch: { min: first, cost: 20 } }, { name: 'b', server, replicas: 1, sketch: { min: second } }], { ...policy, scaleToZero, retentionMs: 60_000 });
    for (let cycle = 0; cycle < 20; cycle++) fleet.step(3);
    for (let cycle = 0; cycle < 200; cycle++) fleet.step(0);
    expect(fleet.counts.at(-1)).toEqual(expected);
  });
});

describe('every decision of the learning engine', () => {
  const sketch = fc.record({
    name: fc.constantFrom('a', 'b', 'c'), accelerator: fc.constantFrom('A100', 'H100', 'XYZ'), cost: fc.constantFrom(0, 1, 10), min: fc.nat(3), max: fc.integer({ min: 3, max: 12 }),
    mode: fc.constantFrom('act', 'act', 'recommend', 'paused'), count: fc.nat(8), rate: fc.double({ min: 0, max: 20, noNaN: true }), odd: fc.constantFrom('', '', 'stale', 'starting', 'silent'),
  });
  const world = fc.uniqueArray(sketch, { selector: ({ name }) => name, minLength: 1, maxLength: 3 }).map((variants) =>
    variants.map(({ count, rate, odd, mode, ...rest }): VariantSketch => ({
      ...rest,
      mode: mode as 'act',
      replicas: Array.from({ length: count }, (_, index) => (index === 0 && odd === 'starting' ? { state: 'starting', podAgeMs: 20_000 } : index === 0 && odd === 'silent' ? {} : { ...replicaUnder(rate, server, chat), ...(index === 0 && odd === 'stale' && { ageMs: 90_000 }) })),
    })),
  );
  const play = (looks: readonly VariantSketch[][]) => decideInTurn(looks, policy);

  it('keeps to the bounds, its trail adds up, and it is the same bytes in any order and after JSON', () => {
    fc.assert(
      fc.property(fc.array(world, { minLength: 1, maxLength: 6 }), (looks) => {
        const outcomes = play(looks);
        for (const { decisions } of outcomes) {
          for (const { variant, desired = -1, current, trail } of decisions) {
            expect(desired).toBeGreaterThanOrEqual(variant.minReplicas);
            expect(desired).toBeLessThanOrEqual(Math.max(variant.maxReplicas ?? Infinity, variant.minReplicas));
            expect(trail[0]?.from).toBe(current);
            expect(trail.at(-1)?.to).toBe(desired);
            for (const [index, { from }] of trail.entries()) if (index > 0) expect(from).toBe(trail[index - 1]?.to);
          }
        }
        expect(JSON.parse(JSON.stringify(outcomes))).toEqual(outcomes);
        const reversed = play(looks.map((sketches) => sketches.toReversed()));
        for (const [index, { decisions }] of reversed.entries()) {
          expect(JSON.stringify(decisions.toSorted((a, b) => (a.variant.name < b.variant.name ? -1 : 1)))).toBe(JSON.stringify(outcomes[index]?.decisions.toSorted((a, b) => (a.variant.name < b.variant.name ? -1 : 1))));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is the same bytes, and remembers the same, in whatever order the replicas of a variant are told', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.1, max: 8, noNaN: true }), { minLength: 3, maxLength: 8 }), (rates) => {
        const scene = sceneOf([{ name: 'v', replicas: rates.map((rate) => replicaUnder(rate, server, chat)) }]);
        const turned = { ...scene, variants: scene.variants.map((variant) => ({ ...variant, replicas: variant.replicas.toReversed() })) };
        const [told, again] = [scene, turned].map((observation) => decide(observation, policySetOf(policy), emptyMemory, noonMs));
        expect(JSON.stringify([again?.memory, again?.decisions[0]?.trail])).toBe(JSON.stringify([told?.memory, told?.decisions[0]?.trail]));
      }),
    );
  });

  it('goes on from memory that was written down as from memory that was kept', () => {
    fc.assert(
      fc.property(world, world, (first, second) => {
        const [before] = play([first]);
        const scene = sceneOf(second, noonMs + 15_000);
        const kept = decide(scene, policySetOf(policy), before?.memory ?? emptyMemory, scene.atMs);
        const read = decide(scene, policySetOf(policy), JSON.parse(JSON.stringify(before?.memory)) as typeof emptyMemory, scene.atMs);
        expect(JSON.stringify(read)).toBe(JSON.stringify(kept));
      }),
    );
  });

  it('is never smaller for more load, all else equal', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 6, noNaN: true }), fc.double({ min: 1, max: 3, noNaN: true }), fc.integer({ min: 1, max: 10 }), (rate, factor, count) => {
        const look = (share: number): VariantSketch[] => [{ name: 'v', min: 1, replicas: Array.from({ length: count }, () => replicaUnder(share, server, chat)) }];
        const decided = (shares: readonly number[]): number => play(shares.map(look)).at(-1)?.decisions[0]?.desired ?? 0;
        const history = [rate, rate, rate, rate, rate];
        expect(decided([...history, rate * factor])).toBeGreaterThanOrEqual(decided([...history, rate]));
      }),
    );
  });
});

describe('the sequences that an engine runs at once', () => {
  const argumentsFor = (maxSequences: number, assumed: boolean): EngineArguments => ({ ...(assumed && { maxSequencesAssumed: true as const }), memoryFraction: 0.9, blockTokens: 16, kvCacheType: 'auto', tensorParallel: 1, maxSequences, maxBatchedTokens: 8192, chunkedPrefill: true, eager: false });
  const limitOf = (accelerator: string, maxSequences: number, assumed: boolean): unknown => {
    const fleet = createFleet([{ name: 'v', server, replicas: 3, sketch: { accelerator, engineArguments: argumentsFor(maxSequences, assumed) } }], { ...defaultPolicy, slo: { attainment: 0.99 } });
    for (let cycle = 0; cycle < 40; cycle++) fleet.step(8);
    const capacity = fleet.step(8)[0]?.basis?.capacity;
    return [capacity?.limitedBy, Math.round(capacity?.sequences ?? 0)];
  };

  it.each([
    ['A100', 48, false, ['Sequences', 48]],
    ['H100', 48, false, ['Sequences', 48]],
    ['H100', 256, false, ['Sequences', 256]],
    // 80 % of 400 000 tokens, in sequences of 1150: what an engine on a large accelerator takes by itself is more
    ['H100', 256, true, ['KvCache', 278]],
    ['A100', 256, true, ['Sequences', 256]],
  ] as const)('on %s with --max-num-seqs %d, assumed: %s, bind: %j', (accelerator, told, assumed, expected) => {
    expect(limitOf(accelerator, told, assumed)).toEqual(expected);
  });

  const small = { ...server, maxSequences: 16 };
  const slo = { ttftSeconds: 2, itlSeconds: 0.1, attainment: 0.99 };

  it.each([
    ['nobody knows what it is told', {}],
    ['it is told more than it does', { engineArguments: argumentsFor(512, false) }],
  ])('are found out where %s: the fleet comes to rest, and nobody waits', (_, sketch) => {
    const fleet = createFleet([{ name: 'v', server: small, replicas: 2, sketch }], { ...defaultPolicy, slo });
    for (let cycle = 0; cycle < 500; cycle++) fleet.step(20);
    const last = fleet.counts.slice(-100).map(([count = 0]) => count);
    expect(new Set(last).size).toBe(1);
    expect(replicaUnder(20 / (last[0] as number), small, chat).queue).toBe(0);
    const [decision] = fleet.step(20);
    expect(decision?.basis?.capacity).toMatchObject({ limitedBy: 'Sequences', sequences: 16, batch: { most: 16, from: 'Seen' } });
    // 2.8 a second is what 16 sequences give, and the cache alone would give 5.6
    expect(last[0]).toBe(8);
    const [more] = fleet.step(60);
    expect(more?.trail.map(({ sentence }) => sentence).join(' ')).toContain('its engine runs 16 sequences at once, as was seen while others waited');
  });

  it('are what one has run, where that is more than it is told', () => {
    const fleet = createFleet([{ name: 'v', server, replicas: 1, sketch: { engineArguments: argumentsFor(48, false), max: 1 } }], { ...defaultPolicy, slo });
    for (let cycle = 0; cycle < 40; cycle++) fleet.step(6);
    const [decision] = fleet.step(6);
    const { running } = replicaUnder(6, server, chat);
    expect(running).toBeGreaterThan(48);
    expect(decision?.basis?.capacity?.batch).toEqual({ most: running, from: 'Seen' });
  });
});
