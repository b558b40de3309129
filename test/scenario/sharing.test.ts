import { afterEach, expect, it } from 'vitest';
import type { HorizontalPodAutoscaler } from '../../src/wire/index.ts';
import { autoscaler, decode, namespace, node, scenarioOf, tell, thresholds, variant, workload, type Story } from '../support/story/index.ts';

const a100 = 'ms-inference-scheduling-a100';
const mi300x = 'ms-inference-scheduling-mi300x';
let story: Story;

afterEach(() => story.end());

it('two accelerators with 2 and 3 are 5 for the autoscaler', async () => {
  story = tell(
    scenarioOf([workload('Deployment', decode, 5), variant(a100, { minReplicas: 2 }), variant(mi300x, { accelerator: 'MI300X', minReplicas: 3, variantCost: 13 }), autoscaler()], {
      objects: [node('a100-1', 'NVIDIA-A100-PCIE-80GB', 2), node('mi300x-1', 'AMD-MI300X-192G', 3)],
    }),
    // before pods have a node they count for the first accelerator, and what was held for that is to be gone at once
    { policy: thresholds() },
  );
  const product = await story.start();
  await story.advance(40);
  expect(await product.desired()).toEqual([`${decode}/A100=2`, `${decode}/MI300X=3`]);
  expect((await product.metric('wva_target_desired_replicas')).map(({ labels, value }) => [labels, value])).toEqual([[{ target_name: decode, target_kind: 'Deployment', namespace }, 5]]);
  expect((await product.metric('wva_current_replicas')).map(({ value }) => value)).toEqual([2, 3]);
  expect(story.replicas(decode)).toBe(5);
  const hpa = story.world.apiServer.store.get<HorizontalPodAutoscaler>({ group: 'autoscaling', plural: 'horizontalpodautoscalers' }, decode, namespace);
  expect(hpa?.status).toMatchObject({ currentReplicas: 5, desiredReplicas: 5, currentMetrics: [{ external: { current: { averageValue: '1' } } }] });
});

it('the same target and accelerator twice: the oldest wins, and the other takes over when it goes', async () => {
  story = tell(scenarioOf([workload('Deployment', decode, 2), variant('first', { minReplicas: 2 }), autoscaler()]));
  const product = await story.start();
  await story.advance(5);
  story.create(variant('second', { minReplicas: 3 }));
  await story.advance(5);
  expect(await product.desired()).toEqual([`${decode}/A100=2`]);
  const claim = `Deployment ${decode} on A100`;
  expect(story.condition('second', 'TargetConflict')).toContain(`True SuppressedDueToConflict: ${namespace}/first claims ${claim} too and comes first`);
  expect(story.condition('second', 'Ready')).toContain(`False SuppressedDueToConflict: ${namespace}/first`);
  expect(story.condition('second', 'Actuated')).toContain(`False SuppressedDueToConflict: ${namespace}/first decides for`);
  expect(story.condition('first', 'TargetConflict')).toContain(`True ConflictResolvedByArbitration: ${namespace}/second also claim ${claim}`);
  expect(story.va('second').status).toMatchObject({ conflict: { winner: `${namespace}/first`, members: [`${namespace}/first`, `${namespace}/second`] } });
  expect(story.events().filter(({ about }) => about === 'second').map(({ reason, type }) => `${type} ${reason}`)).toEqual(['Warning SuppressedDueToConflict']);

  story.remove('variantautoscalings', 'first');
  await story.advance(15);
  expect(await product.desired()).toEqual([`${decode}/A100=3`]);
  expect(story.condition('second', 'TargetConflict')).toBe(`False NoConflict: No other resource claims ${claim}.`);
  expect(story.va('second').status?.conflict).toBeUndefined();
  for (const shown of product.seen) expect(shown.split(' ')).toHaveLength(1);
});

it('an accelerator, a target and a resource that change leave no series behind, and none stands beside its successor', async () => {
  story = tell(scenarioOf([workload('Deployment', decode, 2), workload('Deployment', 'other', 1), variant(a100, { minReplicas: 2 }), autoscaler()]));
  const product = await story.start();
  await story.advance(10);
  story.edit('variantautoscalings', a100, (va) => ({ ...va, spec: { ...va.spec, accelerator: 'H100' } }));
  await story.advance(5);
  expect(await product.desired()).toEqual([`${decode}/H100=2`]);
  expect(story.va(a100).status).toMatchObject({ desiredOptimizedAlloc: { accelerator: 'H100', numReplicas: 2 } });

  story.edit('variantautoscalings', a100, (va) => ({ ...va, spec: { ...va.spec, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'other' }, minReplicas: 1 } }));
  await story.advance(5);
  expect(await product.desired()).toEqual(['other/H100=1']);
  expect(story.condition(a100, 'TargetResolved')).toContain(`True TargetFound: Deployment ${namespace}/other`);

  story.remove('variantautoscalings', a100);
  await story.advance(2);
  expect((await product.get('/metrics')).text).not.toContain('target_name=');
  expect(product.seen.filter((shown) => shown !== '')).toEqual([`${decode}/A100=2`, `${decode}/H100=2`, 'other/H100=1']);
});
