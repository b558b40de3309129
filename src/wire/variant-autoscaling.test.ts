import { describe, expect, it } from 'vitest';
import { badManifests, goodManifests } from '../../test/support/manifests/index.ts';
import { acceleratorLabel, parseVariantAutoscaling, type ParsedVariantAutoscaling, type VariantAutoscaling } from './variant-autoscaling.ts';

const chat: VariantAutoscaling = {
  metadata: { name: 'chat-a100', namespace: 'serving' },
  spec: { scaleTargetRef: { kind: 'Deployment', name: 'chat-decode' }, modelID: 'org/chat-8b', accelerator: 'A100' },
};

function parsed(object: object): ParsedVariantAutoscaling {
  const result = parseVariantAutoscaling(object);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}

const inNamespace = <T extends { metadata: object }>(object: T): T => ({ ...object, metadata: { namespace: 'serving', ...object.metadata } });

describe('a VariantAutoscaling is read', () => {
  it.each(goodManifests())('from the manifest $name', ({ object }) => {
    const value = parsed(inNamespace(object));
    expect(value.spec).toMatchObject(object.spec['variantCost'] === 25 ? { ...object.spec, variantCost: '25' } : object.spec);
    expect(value.spec.scaleTargetRef.apiVersion).not.toBe('');
  });

  it.each(badManifests())('and refused when it is $name', ({ object, field, because }) => {
    const result = parseVariantAutoscaling(inNamespace(object));
    expect(result).toMatchObject({ ok: false, problems: [{ path: field }] });
    expect(result.ok ? '' : result.problems[0]?.message).toContain(because);
  });

  it('with defaults that leave bounds, role and the way out open', () => {
    const { spec } = parsed(chat);
    expect(spec).toStrictEqual({
      ...chat.spec,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'chat-decode' },
      variantCost: '10.0',
      engine: 'auto',
    });
  });

  it.each([
    ['StatefulSet', 'apps/v1'],
    ['LeaderWorkerSet', 'leaderworkerset.x-k8s.io/v1'],
  ])('with the apiVersion of a %s, also where it is written as empty text', (kind, apiVersion) => {
    const spec = { ...chat.spec, scaleTargetRef: { apiVersion: '', kind, name: 'x' } };
    expect(parsed({ ...chat, spec }).spec.scaleTargetRef.apiVersion).toBe(apiVersion);
  });

  it('the way the first releases meant it: target by name, accelerator by label', () => {
    const first = goodManifests().find(({ name }) => name === 'v0.0');
    const { spec } = parsed(inNamespace(first?.object ?? { metadata: {} }));
    expect(spec.scaleTargetRef).toStrictEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'vllme-deployment' });
    expect(spec.acceleratorCount).toBe(1);
    expect(spec.variantProfile).toMatchObject({ maxBatchSize: 4, perfParms: { decodeParms: { alpha: '20.58' } } });
    // the label is read with all other places that may name an accelerator
    expect(spec.accelerator).toBeUndefined();
    const moved = { ...first?.object, metadata: { name: 'x', namespace: 'y', labels: { [acceleratorLabel]: 'MI300X' } } };
    expect(parsed(moved).spec.acceleratorCount).toBe(2);
  });

  it('with all its problems at once', () => {
    const result = parseVariantAutoscaling({ metadata: {}, spec: { scaleTargetRef: { kind: '', name: 'x' }, minReplicas: -1, role: 'all' } });
    expect(result.ok ? [] : result.problems.map(({ path }) => path)).toStrictEqual([
      'metadata.name',
      'metadata.namespace',
      'spec.scaleTargetRef.kind',
      'spec.minReplicas',
      'spec.role',
    ]);
  });

  it.each([undefined, null, 'text', 7])('and %j is refused without a throw', (object) => {
    expect(parseVariantAutoscaling(object).ok).toBe(false);
  });

  it('with a status that nobody understands left out', () => {
    expect(parsed({ ...chat, status: { desiredOptimizedAlloc: 'three' } }).status).toBeUndefined();
    expect(parsed({ ...chat, status: { desiredOptimizedAlloc: { numReplicas: 3 } } }).status).toStrictEqual({ desiredOptimizedAlloc: { numReplicas: 3 } });
  });

  it('with a word about what will not work as it was meant', () => {
    const variantProfile = { perfParms: { decodeParms: { alpha: 'fast' }, prefillParms: { gamma: '1' } }, maxBatchSize: 1 };
    const result = parseVariantAutoscaling({ ...chat, spec: { ...chat.spec, variantID: 'x-A100-0', variantProfile } });
    expect(result.ok ? result.warnings.map(({ path }) => path) : []).toStrictEqual(['spec.variantID', 'spec.variantProfile.perfParms.decodeParms.alpha']);
  });

  it.each([
    ['meta/llama-3.1-8b-A100-4', true],
    ['m-H100-SXM4-80GB-2', true],
    ['x-A100-0', false],
    ['x-A100', false],
  ])('variantID %s is of the usual form: %s', (variantID, usual) => {
    const result = parseVariantAutoscaling({ ...chat, spec: { ...chat.spec, variantID } });
    expect(result).toMatchObject({ ok: true, warnings: usual ? [] : [{ path: 'spec.variantID' }] });
  });

  it('once for each object', () => {
    expect(parseVariantAutoscaling(chat)).toBe(parseVariantAutoscaling(chat));
  });
});
