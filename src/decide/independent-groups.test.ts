import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { noonMs, sceneOf, variantFrom, type VariantSketch } from '../../test/support/decide/scene.ts';
import { defaultPolicySet, emptyMemory, type Memory, type Observation } from '../model/index.ts';
import { decide } from './decide.ts';
import { independentGroups } from './independent-groups.ts';

function groupsOf(sketches: readonly Omit<VariantSketch, 'replicas'>[]): readonly (readonly string[])[] {
  return independentGroups(sketches.map((sketch) => variantFrom({ ...sketch, replicas: [] })));
}

it('ties variants by model and by target, and by what ties those', () => {
  expect(groupsOf([])).toEqual([]);
  expect(groupsOf([{ name: 'a', model: 'x' }, { name: 'b', model: 'y' }, { name: 'c', model: 'x' }])).toEqual([['prod/a', 'prod/c'], ['prod/b']]);
  expect(groupsOf([{ name: 'a', model: 'x', target: 't' }, { name: 'b', model: 'y', target: 't' }])).toEqual([['prod/a', 'prod/b']]);
  // a and c are strangers until d, of c's model, runs on b's target
  const chain = [{ name: 'a', model: 'x' }, { name: 'b', model: 'x', target: 't' }, { name: 'c', model: 'y' }, { name: 'e', model: 'z' }, { name: 'd', model: 'y', target: 't' }];
  expect(groupsOf(chain)).toEqual([['prod/a', 'prod/b', 'prod/c', 'prod/d'], ['prod/e']]);
});

it('other namespaces have other models and targets', () => {
  expect(groupsOf([{ name: 'a', model: 'x', target: 't' }, { name: 'b', namespace: 'test', model: 'x', target: 't' }])).toEqual([['prod/a'], ['test/b']]);
});

it('a variant whose model nobody knows yet may be of any in its namespace', () => {
  expect(groupsOf([{ name: 'a', model: 'x' }, { name: 'b', model: 'y' }, { name: 'c', model: '' }, { name: 'd', namespace: 'test', model: 'x' }])).toEqual([['prod/a', 'prod/b', 'prod/c'], ['test/d']]);
});

const fleet: fc.Arbitrary<VariantSketch[]> = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
    model: fc.oneof({ weight: 20, arbitrary: fc.constantFrom('x', 'y', 'z', 'w') }, { weight: 1, arbitrary: fc.constant('') }),
    target: fc.constantFrom('s', 't', 'u', 'v', 'w', 'q', 'r'),
    cost: fc.constantFrom(1, 10, 40),
    min: fc.nat(2),
    replicas: fc.array(fc.record({ kv: fc.double({ min: 0, max: 1, noNaN: true }), queue: fc.nat(20), running: fc.nat(50) }), { maxLength: 4 }),
  }),
  { selector: ({ name }) => name, maxLength: 7 },
);

it('what is decided about a group is what is decided about it among all others, to the word, also with memory', () => {
  let apart = 0;
  fc.assert(
    fc.property(fc.array(fleet, { minLength: 1, maxLength: 3 }), ([sketches = [], ...later]) => {
      const groups = independentGroups(sceneOf(sketches).variants.map(({ variant }) => variant));
      if (groups.length > 1) apart++;
      let whole = emptyMemory;
      const own: Memory[] = groups.map(() => emptyMemory);
      // the same variants in every cycle, under another load
      for (const [cycle, loads] of [sketches, ...later].entries()) {
        const nowMs = noonMs + cycle * 60_000;
        const scene = sceneOf(sketches.map((sketch, index) => ({ ...sketch, replicas: loads[index]?.replicas ?? sketch.replicas })), nowMs);
        const together = decide(scene, defaultPolicySet, whole, nowMs);
        whole = together.memory;
        for (const [index, keys] of groups.entries()) {
          const part: Observation = { ...scene, variants: scene.variants.filter(({ variant }) => keys.includes(variant.key)) };
          const alone = decide(part, defaultPolicySet, own[index] as Memory, nowMs);
          own[index] = alone.memory;
          expect(JSON.stringify(alone.decisions)).toBe(JSON.stringify(together.decisions.filter(({ variant }) => keys.includes(variant.key))));
        }
      }
    }),
  );
  expect(apart).toBeGreaterThan(20);
});
