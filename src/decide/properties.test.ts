import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byPercent, decideOnce, immediate, noonMs, sceneOf, type ReplicaSketch, type VariantSketch } from '../../test/support/decide/scene.ts';
import { defaultPolicy, emptyMemory, policySetOf, type Decision } from '../model/index.ts';
import { decide } from './index.ts';

const replica: fc.Arbitrary<ReplicaSketch> = fc.record(
  {
    kv: fc.double({ min: 0, max: 1, noNaN: true }),
    queue: fc.nat(40),
    running: fc.nat(200),
    capacity: fc.constantFrom(100_000, 400_000),
    ageMs: fc.constantFrom(0, 0, 0, 90_000),
    state: fc.constantFrom('ready', 'ready', 'ready', 'starting', 'unscheduled', 'terminating'),
    podAgeMs: fc.constantFrom(1000, 700_000),
  },
  { requiredKeys: [] },
);
const reporting: fc.Arbitrary<ReplicaSketch> = fc.record({ kv: fc.double({ min: 0, max: 1, noNaN: true }), queue: fc.nat(20), running: fc.integer({ min: 0, max: 100 }) });

function world(of: fc.Arbitrary<ReplicaSketch>): fc.Arbitrary<VariantSketch[]> {
  const sketch = fc.record(
    {
      name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      model: fc.constantFrom('llama', 'qwen'),
      accelerator: fc.constantFrom('A100', 'H100'),
      cost: fc.constantFrom(0, 1, 10, 10, 40),
      min: fc.nat(3),
      max: fc.integer({ min: 3, max: 12 }),
      mode: fc.constantFrom('act', 'act', 'recommend', 'paused'),
      current: fc.nat(9),
      replicas: fc.array(of, { maxLength: 8 }),
      lastDesired: fc.record({ replicas: fc.nat(15), atMs: fc.constant(noonMs - 1000), accelerator: fc.constantFrom('A100', 'H100') }),
    },
    { requiredKeys: ['name', 'replicas'] },
  );
  return fc.uniqueArray(sketch as fc.Arbitrary<VariantSketch>, { selector: ({ name }) => name, maxLength: 5 });
}

const byName = (decisions: readonly Decision[]): Decision[] => decisions.toSorted((a, b) => (a.variant.name < b.variant.name ? -1 : 1));

describe('every decision', () => {
  it('keeps to the bounds, and its trail adds up from current to desired', () => {
    fc.assert(
      fc.property(world(replica), (sketches) => {
        for (const { variant, desired, current, trail } of decideOnce(sketches, defaultPolicy).decisions) {
          expect(desired).toBeDefined();
          expect(desired).toBeGreaterThanOrEqual(variant.minReplicas);
          if (variant.maxReplicas !== undefined) expect(desired).toBeLessThanOrEqual(Math.max(variant.maxReplicas, variant.minReplicas));
          expect(trail[0]?.from).toBe(current);
          expect(trail.at(-1)?.to).toBe(desired);
          for (const [index, step] of trail.entries()) if (index > 0) expect(step.from).toBe(trail[index - 1]?.to);
        }
      }),
    );
  });

  it('is the same bytes for the same input, in whatever order it is told, and survives JSON', () => {
    fc.assert(
      fc.property(world(replica), fc.infiniteStream(fc.nat()), (sketches, chance) => {
        const keys = new Map(sketches.map((sketch) => [sketch, chance.next().value as number]));
        const shuffled = sketches.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0)).map((sketch) => ({ ...sketch }));
        const first = decideOnce(sketches, defaultPolicy);
        const second = decideOnce(shuffled, defaultPolicy);
        expect(JSON.stringify(byName(second.decisions))).toBe(JSON.stringify(byName(first.decisions)));
        expect(second.memory).toEqual(first.memory);
        expect(JSON.parse(JSON.stringify(first))).toEqual(first);
        expect(JSON.stringify(decideOnce(sketches, defaultPolicy))).toBe(JSON.stringify(first));
      }),
    );
  });

  it('never removes a replica of a model of which a ready replica is silent or stale', () => {
    fc.assert(
      fc.property(world(replica), (sketches) => {
        const silent = (sketch: VariantSketch): boolean =>
          sketch.replicas.some(({ state = 'ready', kv, queue, ageMs = 0 }) => state === 'ready' && (kv === undefined || queue === undefined || ageMs > 60_000));
        const models = new Set(sketches.filter(silent).map(({ model = 'llama' }) => model));
        for (const { variant, trail } of decideOnce(sketches, immediate).decisions) {
          if (!models.has(variant.modelID)) continue;
          expect(trail.filter(({ from, to, reason }) => reason === 'Demand' && to < from)).toEqual([]);
        }
      }),
    );
  });

  it('is never smaller for more load', () => {
    fc.assert(
      fc.property(world(reporting), fc.double({ min: 0, max: 0.5, noNaN: true }), fc.nat(10), (sketches, moreKv, moreQueue) => {
        const heavier = sketches.map((sketch) => ({
          ...sketch,
          replicas: sketch.replicas.map(({ kv = 0, queue = 0, ...rest }) => ({ ...rest, kv: Math.min(1, kv + moreKv), queue: queue + moreQueue })),
        }));
        const light = decideOnce(sketches, immediate).decisions;
        const heavy = decideOnce(heavier, immediate).decisions;
        for (const [index, { desired = 0 }] of light.entries()) expect(heavy[index]?.desired).toBeGreaterThanOrEqual(desired);
      }),
      { numRuns: 500 },
    );
  });

  it('settles: a fleet that follows its decisions under a steady load does not swing', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 6, noNaN: true }), fc.integer({ min: 1, max: 12 }), (load, start) => {
        let memory = emptyMemory;
        let replicas = start;
        const counts: number[] = [];
        for (let cycle = 0; cycle < 200; cycle++) {
          const kv = Math.min(1, load / replicas);
          const scene = sceneOf([{ name: 'v', min: 1, replicas: Array.from({ length: replicas }, () => ({ kv, queue: kv < 1 ? 0 : 6, running: 50 })) }], noonMs + cycle * 15_000);
          const outcome = decide(scene, policySetOf(byPercent), memory, scene.atMs);
          memory = outcome.memory;
          replicas = outcome.decisions[0]?.desired ?? replicas;
          counts.push(replicas);
        }
        expect(new Set(counts.slice(-60)).size).toBe(1);
        expect(load / replicas).toBeLessThanOrEqual(0.7 + 1e-6);
      }),
      { numRuns: 50 },
    );
  });
});
