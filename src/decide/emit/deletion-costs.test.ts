import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noonMs, sceneOf, type ReplicaSketch, type VariantSketch } from '../../../test/support/decide/scene.ts';
import { decide } from '../index.ts';
import { defaultPolicy, emptyMemory, policySetOf, type Decision, type Observation } from '../../model/index.ts';
import { deletionCostsOf } from './deletion-costs.ts';

const on = policySetOf({ ...defaultPolicy, podDeletionCost: true });
const at = (running: number, more: Partial<ReplicaSketch> = {}): ReplicaSketch => ({ running, queue: 0, kv: 0.1, ...more });

/** The costs of one variant that is to have so many replicas, by the number of the pod: `{ 2: -1 }`. */
function costs(desired: number, replicas: readonly ReplicaSketch[], more: Partial<VariantSketch> = {}, policies = on): Record<string, number> {
  const scene = sceneOf([{ name: 'v', replicas, ...more }], noonMs);
  return costsIn(scene, decided(scene, desired), policies);
}

function decided(scene: Observation, desired: number): Decision[] {
  return decide(scene, on, emptyMemory, noonMs).decisions.map((decision) => ({ ...decision, desired }));
}

function costsIn(scene: Observation, decisions: readonly Decision[], policies = on): Record<string, number> {
  return Object.fromEntries(deletionCostsOf(scene, decisions, policies).map(({ pod, cost }) => [pod.slice(2), cost]));
}

describe('pods of a variant that shrinks', () => {
  it.each([
    ['the one with the least in flight', 2, [at(9), at(2), at(5)], { 1: -1 }],
    ['as many as are to go', 1, [at(9), at(2), at(5)], { 1: -1, 2: -1 }],
    ['waiting requests count as well', 1, [at(1, { queue: 8 }), at(3)], { 1: -1 }],
    ['one that does not say what it does is taken to do the most', 1, [{ queue: 0 }, at(50)], { 1: -1 }],
    ['the same again: nothing is written', 2, [at(9), at(2, { cost: -1 }), at(5)], {}],
    ['the mark moves when another one does less', 2, [at(9), at(6, { cost: -1 }), at(5)], { 1: 0, 2: -1 }],
    ['and stays where they are equal', 1, [at(5), at(5, { cost: -1 })], {}],
    ['of equals the younger', 1, [at(5), at(5, { podAgeMs: 60_000 })], { 1: -1 }],
    ['a pod that is not ready goes first by itself', 2, [at(9), at(2), { state: 'starting' as const }], {}],
    ['one that is going already does not count', 1, [at(9), at(2), at(0, { state: 'terminating' })], { 1: -1 }],
    ['what others say stays', 1, [at(0, { cost: 100 }), at(5), at(7)], { 1: -1, 2: -1 }],
  ] as [string, number, ReplicaSketch[], Record<string, number>][])('%s', (_, desired, replicas, expected) => {
    expect(costs(desired, replicas)).toEqual(expected);
  });
});

describe('nothing is said', () => {
  const three = [at(9), at(2, { cost: -1 }), at(5, { cost: -1 })];
  it.each([
    ['while nothing is removed', 3, {}, on],
    ['while some are added', 5, {}, on],
    ['unless the policy wants it', 1, {}, policySetOf(defaultPolicy)],
    ['where somebody else decides', 1, { suppressedBy: 'prod/other' }, on],
    ['where it is only recommended', 1, { mode: 'recommend' as const }, on],
  ])('%s', (_, desired, more, policies) => {
    expect(costs(desired, three, more, policies)).toEqual({});
  });

  it('to pods of kinds that do not look at it', () => {
    const scene = sceneOf([{ name: 'v', replicas: three }], noonMs);
    const decisions = decided(scene, 1).map((decision) => ({ ...decision, variant: { ...decision.variant, target: { ...decision.variant.target, kind: 'StatefulSet' } } }));
    expect(costsIn(scene, decisions)).toEqual({});
  });
});

it('those that go never do more than those that stay, and once it is written there is nothing to write', () => {
  const replica = fc.record({ running: fc.nat(20), queue: fc.nat(3), cost: fc.constantFrom(undefined, 0, -1), podAgeMs: fc.constantFrom(60_000, 3_600_000), state: fc.constantFrom('ready' as const, 'ready' as const, 'starting' as const) });
  fc.assert(
    fc.property(fc.array(replica, { minLength: 1, maxLength: 8 }), fc.nat(8), (sketches, desired) => {
      const replicas = sketches.map(({ cost, ...rest }) => ({ ...rest, ...(cost !== undefined && { cost }) }));
      const said = costs(desired, replicas);
      const after = replicas.map((one, index) => ({ ...one, cost: said[index] ?? one.cost ?? 0 }));
      if (desired < replicas.length) {
        const ready = after.filter(({ state }) => state === 'ready');
        const work = (of: typeof ready): number[] => of.map(({ running, queue }) => running + queue);
        const [going, staying] = [ready.filter(({ cost }) => cost === -1), ready.filter(({ cost }) => cost === 0)];
        expect(going.length).toBe(Math.max(0, ready.length - desired));
        expect(Math.max(0, ...work(going))).toBeLessThanOrEqual(Math.min(Infinity, ...work(staying)));
      }
      expect(costs(desired, after)).toEqual({});
    }),
  );
});
