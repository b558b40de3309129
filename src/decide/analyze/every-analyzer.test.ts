import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFleet, replicaUnder, server, type Requests } from '../../../test/support/decide/fleet.ts';
import { decideInTurn, noonMs, sceneOf, type ReplicaSketch, type VariantSketch } from '../../../test/support/decide/scene.ts';
import { analyzers, defaultPolicy, emptyMemory, policySetOf, type Policy } from '../../model/index.ts';
import { createRandom } from '../../runtime/index.ts';
import { decide } from '../index.ts';

const named = analyzers.filter((analyzer) => analyzer !== 'learned');
const policyOf = (analyzer: Policy['analyzer'], more: Partial<Policy> = {}): Policy => ({ ...defaultPolicy, analyzer, slo: { ttftSeconds: 2, itlSeconds: 0.1, attainment: 0.99 }, ...more });
const chat: Requests = { promptTokens: 1000, generationTokens: 300 };

const odd: fc.Arbitrary<ReplicaSketch> = fc.record(
  {
    kv: fc.double({ min: 0, max: 1, noNaN: true }),
    queue: fc.nat(40),
    running: fc.nat(200),
    capacity: fc.constantFrom(0, 100_000, 400_000),
    ageMs: fc.constantFrom(0, 0, 0, 90_000),
    state: fc.constantFrom('ready', 'ready', 'ready', 'starting', 'unscheduled', 'terminating'),
    podAgeMs: fc.constantFrom(1000, 700_000),
    readings: fc.record(
      {
        arrivalsPerSecond: fc.double({ min: 0, max: 50, noNaN: true }), completionsPerSecond: fc.double({ min: 0, max: 50, noNaN: true }), itlSeconds: fc.double({ min: 0, max: 1, noNaN: true }), ttftSeconds: fc.double({ min: 0, max: 30, noNaN: true }),
        meanPromptTokens: fc.constantFrom(0, 1, 500, 100_000), meanGenerationTokens: fc.constantFrom(0, 1, 20, 300, 5000), prefixHitFraction: fc.double({ min: 0, max: 1, noNaN: true }), generationTokensPerSecond: fc.double({ min: 0, max: 5000, noNaN: true }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

const world: fc.Arbitrary<VariantSketch[]> = fc.uniqueArray(
  fc.record(
    {
      name: fc.constantFrom('a', 'b', 'c', 'd'), model: fc.constantFrom('llama', 'qwen'), role: fc.constantFrom('both', 'both', 'prefill', 'decode'), accelerator: fc.constantFrom('A100', 'H100'), cost: fc.constantFrom(0, 1, 10, 40), min: fc.nat(3), max: fc.integer({ min: 3, max: 12 }),
      mode: fc.constantFrom('act', 'act', 'recommend', 'paused'), current: fc.nat(9), replicas: fc.array(odd, { maxLength: 6 }),
    },
    { requiredKeys: ['name', 'replicas'] },
  ) as fc.Arbitrary<VariantSketch>,
  { selector: ({ name }) => name, minLength: 1, maxLength: 4 },
);

const play = (looks: readonly (readonly VariantSketch[])[], policy: Policy) => decideInTurn(looks, policy, 60_000);

describe.each(named)('every decision by %s', (analyzer) => {
  it('keeps to the bounds, its trail adds up, its sentences have no holes, and it is the same bytes in any order and after JSON', () => {
    fc.assert(
      fc.property(fc.array(world, { minLength: 1, maxLength: 5 }), (looks) => {
        const outcomes = play(looks, policyOf(analyzer));
        for (const { decisions, memory } of outcomes) {
          expect(JSON.parse(JSON.stringify(memory))).toEqual(memory);
          for (const { variant, desired = -1, current, trail } of decisions) {
            expect(desired).toBeGreaterThanOrEqual(variant.minReplicas);
            expect(desired).toBeLessThanOrEqual(Math.max(variant.maxReplicas ?? Infinity, variant.minReplicas));
            expect(trail[0]?.from).toBe(current);
            expect(trail.at(-1)?.to).toBe(desired);
            for (const [index, { from, sentence }] of trail.entries()) {
              if (index > 0) expect(from).toBe(trail[index - 1]?.to);
              expect(sentence).not.toMatch(/NaN|Infinity|undefined/);
            }
          }
        }
        const turned = play(looks.map((look) => look.toReversed()), policyOf(analyzer));
        const byName = ({ decisions }: (typeof outcomes)[number]) => JSON.stringify(decisions.toSorted((a, b) => (a.variant.key < b.variant.key ? -1 : 1)));
        expect(turned.map(byName)).toEqual(outcomes.map(byName));
      }),
      { numRuns: 150 },
    );
  });

  it('calls for no fewer replicas when more requests come, all else equal', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.1, max: 6, noNaN: true }), { minLength: 1, maxLength: 6 }), fc.double({ min: 0.1, max: 8, noNaN: true }), fc.double({ min: 0, max: 0.5, noNaN: true }), fc.integer({ min: 1, max: 8 }), (past, rate, share, replicas) => {
        const policy = policyOf(analyzer, { scaleDownStabilizationMs: 0 });
        const under = (perSecond: number): VariantSketch[] => [{ name: 'v', replicas: Array.from({ length: replicas }, () => replicaUnder(perSecond, server, chat)) }];
        const memory = play(past.map(under), policy).at(-1)?.memory ?? emptyMemory;
        // too soon to learn again, and with the times of the lighter load: what is thought of the servers stays the same
        const at = noonMs + (past.length - 1) * 60_000 + 15_000;
        const byUse = analyzer === 'percent' || analyzer === 'tokens';
        const [light, heavy] = [rate, rate * (1 + share)].map((perSecond) => {
          const look = under(rate).map((sketch) => ({ ...sketch, replicas: sketch.replicas.map((replica) => ({ ...replica, ...(byUse && { kv: Math.min(1, (replica.kv ?? 0) * (perSecond / rate)) }), readings: { ...replica.readings, arrivalsPerSecond: perSecond, recentArrivalsPerSecond: perSecond } })) }));
          return decide(sceneOf(look, at), policySetOf(policy), memory, at).decisions[0]?.desired ?? 0;
        });
        expect(heavy).toBeGreaterThanOrEqual(light as number);
      }),
      { numRuns: 100 },
    );
  });

  it('removes nothing while a ready replica is silent or stale', () => {
    fc.assert(
      fc.property(fc.constantFrom('silent', 'stale', 'all silent'), fc.integer({ min: 2, max: 8 }), (how, replicas) => {
        const fleet = createFleet([{ name: 'v', server, replicas }], policyOf(analyzer));
        for (let cycle = 0; cycle < 20; cycle++) fleet.step(4 * replicas);
        const before = fleet.counts.at(-1)?.[0] ?? 0;
        const spoil = (sketches: VariantSketch[]): VariantSketch[] =>
          sketches.map((sketch) => ({
            ...sketch,
            replicas: sketch.replicas.map((replica, index) => (index > 0 && how !== 'all silent' ? replica : how === 'stale' ? { ...replica, ageMs: 90_000 } : { ...(replica.podAgeMs !== undefined && { podAgeMs: replica.podAgeMs }) })),
          }));
        for (let cycle = 0; cycle < 160; cycle++) fleet.step(0.4, spoil);
        expect(fleet.counts.at(-1)?.[0]).toBeGreaterThanOrEqual(before);
      }),
      { numRuns: 12 },
    );
  });

  it('keeps the last replica although its model may go to zero, for it does not know since when nobody has come', () => {
    const fleet = createFleet([{ name: 'v', server, replicas: 3, sketch: { min: 0 } }], policyOf(analyzer, { scaleToZero: true, retentionMs: 60_000 }));
    for (let cycle = 0; cycle < 20; cycle++) fleet.step(9);
    for (let cycle = 0; cycle < 100; cycle++) fleet.step(0);
    expect(fleet.counts.at(-1)).toEqual([1]);
  });

  it.each([3, 12, 40, 150])('comes to rest with enough for %d requests a second, whatever the noise', (rate) => {
    const random = createRandom(`rest/${rate}`);
    const fleet = createFleet([{ name: 'v', server, replicas: 2 }], policyOf(analyzer));
    for (let cycle = 0; cycle < 400; cycle++) fleet.step(Math.max(0, rate + 0.3 * Math.sqrt(rate / 15) * (random.next() + random.next() + random.next() - 1.5) * 2));
    const last = fleet.counts.slice(-100).map(([count = 0]) => count);
    expect(new Set(last).size).toBe(1);
    // 8 requests a second fill the cache of one replica
    expect(last[0]).toBeGreaterThanOrEqual(Math.ceil(rate / 8));
    expect(last[0]).toBeLessThanOrEqual(Math.ceil(rate / 2) + 1);
  });
});
