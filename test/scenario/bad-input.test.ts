import { afterEach, expect, it } from 'vitest';
import { own } from '../../src/cli/demo/cluster.ts';
import { autoscaler, decode, namespace, scenarioOf, tell, variant, workload, type Story } from '../support/story/index.ts';

let story: Story;

afterEach(() => story.end());

it('a target that is not there, of an unknown kind, or without pods is named, and the others are decided for', async () => {
  story = tell(
    scenarioOf([
      workload('Deployment', decode, 2),
      workload('Deployment', 'empty', 0),
      variant('good', { minReplicas: 2 }),
      variant('early', {}, { name: 'not-yet' }),
      variant('odd', {}, { apiVersion: 'example.com/v1', kind: 'Gadget', name: 'g' }),
      variant('idle', {}, { name: 'empty' }),
      autoscaler(),
    ]),
  );
  const product = await story.start();
  await story.advance(10);
  expect(await product.desired()).toEqual([`empty/A100=${story.statusDesired('idle')}`, `${decode}/A100=2`].toSorted());
  expect(story.condition('early', 'TargetResolved')).toContain(`False TargetNotFound: Deployment ${namespace}/not-yet does not exist. Create it, or correct spec.scaleTargetRef.`);
  expect(story.condition('early', 'Ready')).toContain('False TargetNotFound');
  expect(story.condition('odd', 'TargetResolved')).toContain(`False TargetKindUnknown: Gadget ${namespace}/g cannot be scaled: the API server does not know example.com/v1, kind Gadget`);
  expect(story.condition('idle', 'MetricsAvailable')).toBe('Unknown NoReplicas: There are no pods, so nothing can report.');
  expect(story.condition('good', 'Ready')).toContain('True Deciding: 2 replicas desired');
  expect(story.events().map(({ about, reason }) => `${about} ${reason}`).toSorted()).toEqual(['early TargetNotFound', 'odd TargetKindUnknown']);

  story.create(workload('Deployment', 'not-yet', 1));
  await story.advance(12);
  expect(story.condition('early', 'Ready')).toContain('True Deciding: 1 replica desired, 1 there');
  expect(await product.desired()).toContain('not-yet/A100=1');

  story.remove('deployments', 'not-yet');
  await story.advance(3);
  expect(await product.desired()).not.toContain('not-yet/A100=1');
  expect(story.condition('early', 'Actuated')).toContain('False NotDeciding');
});

it('a spec that an older CRD let through is told by field, keeps its numbers, and serves nothing until it is mended', async () => {
  story = tell(scenarioOf([workload('Deployment', decode, 2), workload('Deployment', 'other', 1), variant('good', { minReplicas: 2 }), variant('bad', {}, { name: 'other' }), autoscaler()]));
  const product = await story.start();
  await story.advance(10);
  expect(await product.desired()).toHaveLength(2);
  // a CRD without rules, as the first releases had it
  const crds = { group: 'apiextensions.k8s.io', plural: 'customresourcedefinitions' };
  const crd = structuredClone(story.world.apiServer.store.get(crds, 'variantautoscalings.llmd.ai')) as { kind: string; spec: { versions: { schema: object }[] } };
  for (const version of crd.spec.versions) version.schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  story.world.apiServer.store.update(crds, crd);
  story.edit('variantautoscalings', 'bad', (va) => ({ ...va, spec: { ...va.spec, variantCost: 'a lot', minReplicas: -1 } }));
  await story.advance(4);
  expect(story.condition('bad', 'Ready')).toMatch(/^False InvalidSpec: The spec cannot be used, and nothing is decided or served for it: .*spec\.variantCost.*/);
  expect(story.condition('bad', 'Ready')).toContain('spec.minReplicas');
  expect(story.statusDesired('bad')).toBe(1);
  expect(await product.desired()).toEqual([`${decode}/A100=2`]);
  expect(story.events().filter(({ about }) => about === 'bad').map(({ reason }) => reason)).toEqual(['InvalidSpec']);
  story.edit('variantautoscalings', 'bad', (va) => ({ ...va, spec: { ...va.spec, variantCost: '5', minReplicas: 1 } }));
  await story.advance(4);
  expect(story.condition('bad', 'Ready')).toContain('True Deciding');
  expect(await product.desired()).toHaveLength(2);
});

it('a policy with one bad number is refused whole and told of, and a good one takes effect without a restart', async () => {
  story = tell(scenarioOf([workload('Deployment', decode, 2), variant('va', { minReplicas: 2 }), autoscaler()]));
  const product = await story.start();
  await story.advance(6);
  const spare = async (): Promise<number[]> => (await product.metric('wva_config_kv_spare_threshold')).map(({ value }) => value);
  const success = async (): Promise<number[]> => (await product.metric('wva_config_reload_success')).map(({ value }) => value);
  story.policy({ default: 'kvSpareTrigger: 0.2\nkvCacheThreshold: 7\n' });
  await story.advance(3);
  expect([await success(), await spare()]).toEqual([[0], [0.1]]);
  const name = `${own.namespace}/${own.policy}`;
  expect(product.log.some(({ level, message }) => level === 'error' && message.includes(`ConfigMap ${name}: default.kvCacheThreshold is "7", and must be`))).toBe(true);
  expect(product.log.some(({ message }) => message === `ConfigMap ${name} was refused; the last good policy stays in force.`)).toBe(true);
  const [told, ...more] = story.events().filter(({ reason }) => reason === 'ConfigurationRejected');
  expect(more).toEqual([]);
  expect(told).toMatchObject({ type: 'Warning', about: own.policy });
  expect(told?.note).toContain('default.kvCacheThreshold is "7"');
  expect(told?.note).toContain('The last good policy stays in force.');

  story.policy({ default: 'kvSpareTrigger: 0.2\n' });
  await story.advance(3);
  expect([await success(), await spare()]).toEqual([[1], [0.2]]);
  expect(product.records.at(-1)?.policy.global.saturation.kvSpareTrigger).toBe(0.2);
  expect(await product.desired()).toEqual([`${decode}/A100=2`]);
});
