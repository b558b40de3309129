import { describe, expect, it } from 'vitest';
import { cluster, deployment, meta, nowMs, resource } from '../../test/support/observe/cluster.ts';
import type { HorizontalPodAutoscaler, ObjectMeta } from '../wire/index.ts';
import type { ClusterObjects, ScaledObject } from './cluster-objects.ts';
import type { ClusterSnapshot } from './cluster-snapshot.ts';
import { takeSnapshot } from './snapshot.ts';

type Annotations = Readonly<Record<string, string>>;

const asks: Annotations = { 'llm-d.ai/managed': 'true', 'llm-d.ai/model-id': 'org/chat' };
const hpa = (name: string, annotations: Annotations = asks, spec: object = {}, more: ObjectMeta = {}): HorizontalPodAutoscaler => ({
  metadata: meta(name, { annotations, ...more }),
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'decode' }, maxReplicas: 7, ...spec },
});
const keda = (name: string, annotations: Annotations = asks, spec: object = {}): ScaledObject => ({ metadata: meta(name, { annotations }), spec: { scaleTargetRef: { name: 'decode' }, ...spec } });
const look = (objects: Partial<ClusterObjects>, options: { controllerInstance?: string } = {}): ClusterSnapshot =>
  takeSnapshot(cluster({ ...deployment('decode', 2), ...objects }), { actuation: 'direct', ...options }, nowMs);
const inShort = ({ variants }: ClusterSnapshot): string[] => variants.map(({ variant }) => `${variant.scaler?.kind ?? 'VariantAutoscaling'} ${variant.name}`);

describe('an annotated autoscaler', () => {
  it('is a variant under its own name, with the bounds of the autoscaler', () => {
    const [seen] = look({ horizontalPodAutoscalers: [hpa('chat-hpa')] }).variants;
    expect(seen?.variant).toMatchObject({
      key: 'prod/chat-hpa', name: 'chat-hpa', uid: 'uid-chat-hpa', modelID: 'org/chat', costPerHour: 10, minReplicas: 1, maxReplicas: 7, mode: 'act', actuation: 'metric',
      target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'decode' }, acceleratorCount: 2, scaler: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
    });
    expect(seen).toMatchObject({ currentReplicas: 2, targetState: { kind: 'found', scaledBy: 'HorizontalPodAutoscaler/chat-hpa' }, lastConditions: {} });
    expect(seen).not.toHaveProperty('lastDesired');
  });

  it('of KEDA may reach zero, and its default ceiling is 100', () => {
    expect(look({ scaledObjects: [keda('chat')] }).variants[0]?.variant).toMatchObject({ minReplicas: 0, maxReplicas: 100, target: { kind: 'Deployment', apiVersion: 'apps/v1' }, scaler: { kind: 'ScaledObject' } });
    expect(look({ scaledObjects: [keda('chat', asks, { minReplicaCount: 2, maxReplicaCount: 5 })] }).variants[0]?.variant).toMatchObject({ minReplicas: 2, maxReplicas: 5 });
  });

  it('says more of its variant in annotations', () => {
    const annotations = {
      ...asks, 'llm-d.ai/variant-cost': ' 7.5 ', 'llm-d.ai/accelerator': 'H100', 'llm-d.ai/accelerator-count': '4', 'llm-d.ai/role': 'decode', 'llm-d.ai/engine': 'sglang', 'llm-d.ai/priority': '3', 'llm-d.ai/dry-run': 'true',
      'llm-d.ai/epp-inference-pool': 'pool',
    };
    expect(look({ horizontalPodAutoscalers: [hpa('chat', annotations)] }).variants[0]?.variant).toMatchObject({
      costPerHour: 7.5, accelerator: 'H100', acceleratorSource: 'Spec', acceleratorCount: 4, role: 'decode', engine: 'sglang', policy: { priority: 3, mode: 'recommend' }, mode: 'recommend',
    });
    const paused = look({ horizontalPodAutoscalers: [hpa('chat', { ...asks, 'llm-d.ai/paused': 'true' }, {}, { labels: { 'inference.optimization/acceleratorName': 'L40S' } })] });
    expect(paused.variants[0]?.variant).toMatchObject({ mode: 'paused', accelerator: 'L40S', acceleratorSource: 'Label' });
  });

  it.each([['5', 5], ['.5', 0.5], ['1e1', 10], ['0', 0]])('reads the cost %s as released versions do', (text, cost) => {
    expect(look({ horizontalPodAutoscalers: [hpa('chat', { ...asks, 'llm-d.ai/variant-cost': text })] }).variants[0]?.variant.costPerHour).toBe(cost);
  });

  it.each<[string, Annotations, string]>([
    ['no model', { 'llm-d.ai/managed': 'true' }, 'llm-d.ai/model-id'],
    ['an empty model', { ...asks, 'llm-d.ai/model-id': ' ' }, 'llm-d.ai/model-id'],
    ['a negative cost', { ...asks, 'llm-d.ai/variant-cost': '-1' }, 'llm-d.ai/variant-cost'],
    ['a cost that is no number', { ...asks, 'llm-d.ai/variant-cost': 'dear' }, 'llm-d.ai/variant-cost'],
    ['an unknown role', { ...asks, 'llm-d.ai/role': 'both of them' }, 'llm-d.ai/role'],
    ['a count that is none', { ...asks, 'llm-d.ai/accelerator-count': 'two' }, 'llm-d.ai/accelerator-count'],
    ['a pause that is neither', { ...asks, 'llm-d.ai/paused': 'yes' }, 'llm-d.ai/paused'],
  ])('with %s is told so, by the annotation\'s name', (_, annotations, annotation) => {
    const { variants, invalid } = look({ horizontalPodAutoscalers: [hpa('chat', annotations)] });
    expect(variants).toEqual([]);
    expect(invalid.map(({ resource: { key, scaler }, problems }) => [key, scaler?.kind, problems.map(({ path }) => path)])).toEqual([['prod/chat', 'HorizontalPodAutoscaler', [`metadata.annotations[${annotation}]`]]]);
  });

  it.each<[string, Partial<ClusterObjects>]>([
    ['is not managed', { horizontalPodAutoscalers: [hpa('chat', { 'llm-d.ai/model-id': 'x' })] }],
    ['says True and not true', { horizontalPodAutoscalers: [hpa('chat', { ...asks, 'llm-d.ai/managed': 'True' })] }],
    ['is being deleted', { horizontalPodAutoscalers: [hpa('chat', asks, {}, { deletionTimestamp: new Date(nowMs).toISOString() })] }],
    ['was made by KEDA', { horizontalPodAutoscalers: [hpa('keda-hpa-chat', asks, {}, { ownerReferences: [{ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'chat', uid: 'u', controller: true }] })] }],
  ])('is no variant when it %s', (_, objects) => {
    expect(look(objects)).toMatchObject({ variants: [], invalid: [] });
  });

  it('belongs to the controller that its label names', () => {
    const horizontalPodAutoscalers = [hpa('a', asks, {}, { labels: { 'wva.llmd.ai/controller-instance': 'a' } }), hpa('b', asks, { scaleTargetRef: { kind: 'Deployment', name: 'other' } })];
    expect(inShort(look({ horizontalPodAutoscalers }, { controllerInstance: 'a' }))).toEqual(['HorizontalPodAutoscaler a']);
  });
});

describe('one target declared more than once', () => {
  const spec = { scaleTargetRef: { kind: 'Deployment', name: 'decode' } };

  it('is the VariantAutoscaling\'s, then the ScaledObject\'s', () => {
    const both = { scaledObjects: [keda('chat-so')], horizontalPodAutoscalers: [hpa('chat-hpa')] };
    expect(inShort(look(both))).toEqual(['ScaledObject chat-so']);
    expect(inShort(look({ ...both, variantAutoscalings: [resource('va', spec)] }))).toEqual(['VariantAutoscaling va']);
    expect(look({ ...both, variantAutoscalings: [resource('va', { ...spec, minReplicas: -1 })] })).toMatchObject({ variants: [], invalid: [{ resource: { key: 'prod/va' } }] });
  });

  it('is still the autoscaler\'s where the VariantAutoscaling is about another target', () => {
    const { variants } = look({ variantAutoscalings: [resource('va', { scaleTargetRef: { kind: 'Deployment', name: 'other' } })], horizontalPodAutoscalers: [hpa('chat')] });
    expect(variants.map(({ variant }) => [variant.name, variant.target.name])).toEqual([['chat', 'decode'], ['va', 'other']]);
  });

  it('by two autoscalers of one kind is a conflict as between resources', () => {
    const younger = { creationTimestamp: new Date(nowMs).toISOString() };
    expect(look({ horizontalPodAutoscalers: [hpa('a', asks, {}, younger), hpa('b')] }).conflicts).toEqual([{ winner: 'prod/b', losers: ['prod/a'] }]);
  });
});

it('a name that is taken declares nothing, and says whose it is', () => {
  const other = { scaleTargetRef: { kind: 'Deployment', name: 'other' } };
  const { variants, invalid } = look({ variantAutoscalings: [resource('chat', other)], horizontalPodAutoscalers: [hpa('chat')] });
  expect(variants.map(({ variant }) => [variant.name, variant.scaler])).toEqual([['chat', undefined]]);
  expect(invalid).toMatchObject([{ resource: { key: 'prod/chat (HorizontalPodAutoscaler)', uid: 'uid-chat', scaler: { kind: 'HorizontalPodAutoscaler' } }, problems: [{ path: 'metadata.name', message: expect.stringContaining('VariantAutoscaling prod/chat') }] }]);
});
