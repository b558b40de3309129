import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { followingBehavior, type HorizontalPodAutoscaler, type KubernetesObject, type VariantAutoscaling } from '../../wire/index.ts';
import { planHpa, type HpaPlan } from './plan.ts';

const nothing = { horizontalPodAutoscalers: [], scaledObjects: [] };
/** From 1 to 12 replicas, if it is not given bounds of its own. */
const va = (name: string, spec: object = { minReplicas: 1, maxReplicas: 12 }, target = 'chat'): VariantAutoscaling => ({
  metadata: { name, namespace: 'serving' },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target }, ...spec },
});
const plan = (resources: readonly VariantAutoscaling[], minorVersion?: number, more: object = {}): HpaPlan => planHpa('serving/a', { ...nothing, variantAutoscalings: resources, ...more }, minorVersion);
const bounds = (resources: readonly VariantAutoscaling[]): (number | undefined)[] => {
  const made = plan(resources);
  return made.ok ? [made.hpa.spec?.minReplicas, made.hpa.spec?.maxReplicas] : [];
};
const notes = (made: HpaPlan): string => (made.ok ? made.notes.join(' ') : made.problem);

describe('the HPA for a resource', () => {
  it.each(['one-accelerator', 'two-accelerators'])('is the one of examples/%s.yaml', (name) => {
    const objects = parseAllDocuments(readFileSync(new URL(`../../../examples/${name}.yaml`, import.meta.url), 'utf8')).map((document) => document.toJS() as KubernetesObject);
    const made = planHpa('serving/chat-a100', { ...nothing, variantAutoscalings: objects.filter(({ kind }) => kind === 'VariantAutoscaling') }, 36);
    expect(made).toMatchObject({ ok: true });
    expect(made.ok && made.hpa).toEqual(objects.find(({ kind }) => kind === 'HorizontalPodAutoscaler'));
  });

  it('has the bounds of all resources that share the target, and an HPA\'s least', () => {
    expect(bounds([va('a', { minReplicas: 2, maxReplicas: 12 })])).toEqual([2, 12]);
    expect(bounds([va('a', { minReplicas: 2, maxReplicas: 12 }), va('b', { minReplicas: 1, maxReplicas: 3 }), va('c', {}, 'other')])).toEqual([3, 15]);
    expect(bounds([va('a', { minReplicas: 0, maxReplicas: 12 })])).toEqual([1, 12]);
    expect(bounds([va('a', {})])).toEqual([1, 100]);
    expect(notes(plan([va('a', { minReplicas: 0 })]))).toMatch(/HPAScaleToZero.*maxReplicas is 100/);
  });

  it('leaves out what the API server does not know, and says what that means', () => {
    const behaviorAt = (minor?: number) => {
      const made = plan([va('a')], minor);
      return made.ok ? made.hpa.spec?.behavior : undefined;
    };
    expect(behaviorAt()).toEqual(followingBehavior);
    expect(behaviorAt(33)).toEqual(followingBehavior);
    expect(behaviorAt(32)?.scaleUp).not.toHaveProperty('tolerance');
    expect(behaviorAt(32)?.scaleDown).not.toHaveProperty('tolerance');
    expect(notes(plan([va('a')], 32))).toContain('knows no tolerance');
    expect(notes(plan([va('a')], 34))).toContain('HPAConfigurableTolerance');
    expect(notes(plan([va('a')], 35))).toBe('');
  });

  it.each<[string, VariantAutoscaling, object, RegExp]>([
    ['another HPA is there', va('a'), { horizontalPodAutoscalers: [{ metadata: { name: 'old', namespace: 'serving' }, spec: { scaleTargetRef: { kind: 'Deployment', name: 'chat' }, maxReplicas: 3 } } satisfies HorizontalPodAutoscaler] }, /HorizontalPodAutoscaler old targets Deployment serving\/chat already/],
    ['a ScaledObject is there', va('a'), { scaledObjects: [{ metadata: { name: 'so', namespace: 'serving' }, spec: { scaleTargetRef: { name: 'chat' } } }] }, /ScaledObject so targets/],
    ['the controller writes itself', va('a', { actuation: 'direct' }), {}, /Set it to metric/],
    ['it is a dry run', va('a', { dryRun: true }), {}, /no series is served/],
  ])('warns where %s', (_, resource, more, told) => {
    expect(notes(plan([resource], 36, more))).toMatch(told);
  });

  it('is none for what is not there or cannot be used', () => {
    expect(notes(plan([va('b')]))).toBe('There is no VariantAutoscaling serving/a; there is serving/b. A name is written NAMESPACE/NAME.');
    expect(notes(plan([va('a', { minReplicas: -1 })]))).toContain('spec.minReplicas');
  });
});
