import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { variantFrom } from '../../test/support/decide/scene.ts';
import { defaultPolicy, defaultPolicySet, layersFor, policyFor, policyOfGroup, policySetOf, type PolicyLayer, type PolicySet, type Variant } from './index.ts';

const variant = (policy?: PolicyLayer, modelID = 'meta/llama'): Variant => ({ ...variantFrom({ name: 'v', namespace: 'prod', model: modelID, replicas: [] }), ...(policy && { policy }) });
const set = (layers: Partial<PolicySet>): PolicySet => ({ ...defaultPolicySet, ...layers });

describe('the policy of a variant', () => {
  it('is the global one where nobody says more, as the same object', () => {
    expect(policyFor(defaultPolicySet, variant())).toBe(defaultPolicy);
  });

  it.each<[string, Partial<PolicySet>, PolicyLayer | undefined, number]>([
    ['global', {}, undefined, 1],
    ['namespace', { namespaces: { prod: { priority: 2 }, other: { priority: 9 } } }, undefined, 2],
    ['model, everywhere', { namespaces: { prod: { priority: 2 } }, models: { 'meta/llama': { priority: 3 } } }, undefined, 3],
    ['model, here', { namespaces: { prod: { priority: 2 } }, models: { 'meta/llama': { priority: 3 }, 'meta/llama#prod': { priority: 4 }, 'meta/llama#other': { priority: 9 } } }, undefined, 4],
    ['resource', { models: { 'meta/llama#prod': { priority: 4 } } }, { priority: 5 }, 5],
    ['resource, with a zero', { models: { 'meta/llama#prod': { priority: 4 } } }, { priority: 0 }, 0],
    ['namespace, with a zero', { namespaces: { prod: { priority: 0 } } }, undefined, 0],
  ])('takes the word of the narrowest layer: %s', (_, layers, said, priority) => {
    expect(policyFor(set(layers), variant(said)).priority).toBe(priority);
  });

  it('is put together field by field, within groups too', () => {
    const { saturation, slo, scaleUpMaxFactor } = policyFor(
      set({ namespaces: { prod: { saturation: { kvCacheThreshold: 0.7 }, slo: { ttftSeconds: 1 } } }, models: { 'meta/llama': { saturation: { kvSpareTrigger: 0 }, scaleUpMaxFactor: 3 } } }),
      variant({ slo: { itlSeconds: 0.05 } }),
    );
    expect(saturation).toEqual({ kvCacheThreshold: 0.7, queueLengthThreshold: 5, kvSpareTrigger: 0, queueSpareTrigger: 3 });
    expect(slo).toEqual({ ttftSeconds: 1, itlSeconds: 0.05, attainment: 0.99 });
    expect(scaleUpMaxFactor).toBe(3);
  });

  it('has a list from one layer, whole', () => {
    const entry = { days: ['Mon' as const], fromMinute: 0, toMinute: 60, timeZone: 'UTC', minReplicas: 2 };
    expect(policyFor(set({ namespaces: { prod: { schedule: [entry, entry] } }, models: { 'meta/llama': { schedule: [] } } }), variant()).schedule).toEqual([]);
  });

  it('of a variant whose model nobody knows has no layer of a model', () => {
    expect(layersFor(set({ namespaces: { prod: {} }, models: { '': { priority: 7 }, '#prod': { priority: 8 } } }), variant(undefined, '')).map(({ name }) => name)).toEqual(['namespace prod']);
  });

  it('does not take the names of other things for layers', () => {
    expect(layersFor(set({}), { namespace: 'constructor', modelID: 'toString' })).toEqual([]);
  });

  it('is remembered for the set that it is of, and no other', () => {
    const seen = variant({ priority: 5 });
    const strict = set({ namespaces: { prod: { scaleUpMaxFactor: 4 } } });
    expect(policyFor(strict, seen)).toBe(policyFor(strict, seen));
    expect(policyFor(defaultPolicySet, seen).scaleUpMaxFactor).toBe(2);
    expect(policyFor(strict, seen)).toMatchObject({ scaleUpMaxFactor: 4, priority: 5 });
  });

  it('answers every question, and has what the last layer that speaks says', () => {
    const layer = fc.record({ priority: fc.nat(9), retentionMs: fc.nat(9), scaleToZero: fc.boolean(), utilization: fc.record({ scaleUpThreshold: fc.nat(9), scaleDownBoundary: fc.nat(9) }, { requiredKeys: [] }) }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.array(layer, { minLength: 4, maxLength: 4 }), ([namespace = {}, model = {}, here = {}, own = {}]) => {
        const policy = policyFor({ ...policySetOf(defaultPolicy), namespaces: { prod: namespace }, models: { 'meta/llama': model, 'meta/llama#prod': here } }, variant(own));
        const layers: readonly PolicyLayer[] = [defaultPolicy, namespace, model, here, own];
        for (const key of ['priority', 'retentionMs', 'scaleToZero'] as const) expect(policy[key]).toBe(layers.findLast((said) => said[key] !== undefined)?.[key]);
        expect(policy.utilization.scaleUpThreshold).toBe(layers.findLast(({ utilization }) => utilization?.scaleUpThreshold !== undefined)?.utilization?.scaleUpThreshold);
        expect(Object.keys(policy)).toEqual(Object.keys(defaultPolicy));
      }),
    );
  });
});

describe('the policy of variants that share their requests', () => {
  const of = (...said: PolicyLayer[]) => policyOfGroup(said.map((layer) => policyFor(defaultPolicySet, variant(layer))) as [typeof defaultPolicy]);

  it('is that of the first where they agree', () => {
    const own = policyFor(defaultPolicySet, variant({ slo: { ttftSeconds: 1 } }));
    expect(policyOfGroup([own, { ...own }])).toBe(own);
  });

  it('has the strictest targets and the highest priority', () => {
    expect(of({ slo: { ttftSeconds: 2, itlSeconds: 0.1 } }, { slo: { ttftSeconds: 1 }, priority: 3 }, {})).toMatchObject({ slo: { ttftSeconds: 1, itlSeconds: 0.1, attainment: 0.99 }, priority: 3 });
    expect(of({}, { priority: 0 }).slo).toEqual({ attainment: 0.99 });
  });
});
