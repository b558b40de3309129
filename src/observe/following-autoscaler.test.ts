import { describe, expect, it } from 'vitest';
import { cluster, deployment, meta, nowMs, resource } from '../../test/support/observe/cluster.ts';
import type { FollowingAutoscaler } from '../model/index.ts';
import type { HorizontalPodAutoscaler } from '../wire/index.ts';
import { followerOf } from './following-autoscaler.ts';
import { takeSnapshot } from './snapshot.ts';

type Metric = NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['metrics']>[number];

const external = (name: string, target: object = { type: 'AverageValue', averageValue: '1' }): Metric => ({ type: 'External', external: { metric: { name }, target } as NonNullable<Metric['external']> });
const hpa = (metrics: readonly Metric[], more: object = {}, owned = false): HorizontalPodAutoscaler => ({
  metadata: meta('h', owned ? { ownerReferences: [{ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'so', uid: 'u', controller: true }] } : {}),
  spec: { scaleTargetRef: { kind: 'Deployment', name: 'decode' }, maxReplicas: 20, metrics: [...metrics], ...more },
});
const plain: FollowingAutoscaler = { name: 'h', minReplicas: 1, maxReplicas: 20, averageValue: 1, tolerance: { up: 0.1, down: 0.1 } };

describe('an HPA that follows', () => {
  it.each<[string, HorizontalPodAutoscaler, FollowingAutoscaler]>([
    ['the series', hpa([external('wva_desired_replicas')]), plain],
    ['the sum over accelerators', hpa([external('wva_target_desired_replicas')]), plain],
    ['another metric besides', hpa([external('queue', { type: 'Value', value: '3' }), external('wva_desired_replicas')], { minReplicas: 2 }), { ...plain, minReplicas: 2 }],
    ['with tolerances of its own', hpa([external('wva_desired_replicas')], { behavior: { scaleUp: { tolerance: '0' }, scaleDown: { tolerance: '50m' } } }), { ...plain, tolerance: { up: 0, down: 0.05 } }],
    ['in other units', hpa([external('wva_desired_replicas', { type: 'AverageValue', averageValue: '500m' })]), { ...plain, averageValue: 0.5 }],
    ['a trigger of KEDA', hpa([external('s0-prometheus')], {}, true), plain],
  ])('%s', (_, autoscaler, follower) => {
    expect(followerOf(autoscaler)).toEqual(follower);
  });

  it.each<[string, HorizontalPodAutoscaler]>([
    ['something else', hpa([external('queue')])],
    ['our metric as a Value', hpa([external('wva_desired_replicas', { type: 'Value', value: '1' })])],
    ['several triggers of KEDA', hpa([external('s0-prometheus'), external('s1-cpu')], {}, true)],
    ['nothing', hpa([])],
  ])('is none when it asks for %s', (_, autoscaler) => {
    expect(followerOf(autoscaler)).toBeUndefined();
  });

  it('stands with the target, the one that KEDA made beside its ScaledObject', () => {
    const { variants } = takeSnapshot(
      cluster({
        ...deployment('decode', 2),
        variantAutoscalings: [resource('va', { scaleTargetRef: { kind: 'Deployment', name: 'decode' } })],
        scaledObjects: [{ metadata: meta('so'), spec: { scaleTargetRef: { name: 'decode' } } }],
        horizontalPodAutoscalers: [hpa([external('s0-prometheus')], {}, true)],
      }),
      { actuation: 'metric' },
      nowMs,
    );
    expect(variants[0]?.targetState).toMatchObject({ scaledBy: 'ScaledObject/so', follower: plain });
  });
});
