import { afterEach, expect, it } from 'vitest';
import type { HorizontalPodAutoscaler, KubernetesObject } from '../../src/wire/index.ts';
import { autoscaler, decode, load, model, namespace, scenarioOf, tell, variant, workload, type Product, type Story } from '../support/story/index.ts';

const asks = { 'llm-d.ai/managed': 'true', 'llm-d.ai/model-id': model, 'llm-d.ai/variant-cost': '7.5', 'llm-d.ai/accelerator': 'A100' };
let story: Story;

afterEach(() => story.end());

/** An HPA as released versions of WVA want it: it stands for the variant, and selects its series by its own name. */
function annotated(name: string, annotations: Readonly<Record<string, string>> = asks, labels: Readonly<Record<string, string>> = { variant_name: name }): KubernetesObject {
  const made = autoscaler(decode) as HorizontalPodAutoscaler;
  const [metric] = made.spec?.metrics ?? [];
  const external = metric?.external && { ...metric.external, metric: { ...metric.external.metric, selector: { matchLabels: { ...labels } } } };
  return { ...made, metadata: { name, namespace, annotations: { ...annotations } }, spec: { ...made.spec, metrics: [{ type: 'External', external }] } } as KubernetesObject;
}

it('an annotated HPA is a variant: it follows what is decided for it, and no status is written', async () => {
  const traffic = load([20, 3, 3], [10, 3, 20], [600, 20, 20]);
  story = tell(scenarioOf([workload('Deployment', decode, 1), annotated('decode-hpa')], { traffic }));
  const product = await story.start('controller', { variantNameLabel: true });
  await story.advance(60);
  const [series, ...others] = await product.metric('wva_desired_replicas');
  expect(others).toEqual([]);
  expect(series?.labels).toEqual({ target_name: decode, target_kind: 'Deployment', namespace, accelerator_type: 'A100', variant_name: 'decode-hpa' });
  expect(series?.value).toBeGreaterThanOrEqual(4);
  expect(story.replicas(decode)).toBeGreaterThanOrEqual(4);
  expect((await product.metric('wva_variant_info'))[0]?.labels).toMatchObject({ variant_name: 'decode-hpa', model_name: model, cost: '7.5' });
  expect(story.events().filter(({ reason }) => reason === 'ScaledUp').map(({ about }) => about)[0]).toBe('decode-hpa');
  expect(product.records.at(-1)?.emission.statuses).toEqual([]);
  expect(product.log.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
});

it('a VariantAutoscaling of the same target takes over, and gives back when it goes', async () => {
  story = tell(scenarioOf([workload('Deployment', decode, 2), annotated('decode-hpa', asks, { target_name: decode, target_kind: 'Deployment' })]));
  const product = await story.start();
  await story.advance(5);
  const decided = (): string[] => product.records.at(-1)?.decisions.map(({ variant: { name, scaler } }) => `${name} ${scaler?.kind ?? 'VariantAutoscaling'}`) ?? [];
  expect(decided()).toEqual(['decode-hpa HorizontalPodAutoscaler']);
  story.create(variant('resource', { minReplicas: 3 }));
  await story.advance(8);
  expect(decided()).toEqual(['resource VariantAutoscaling']);
  expect(await product.desired()).toEqual([`${decode}/A100=3`]);
  story.remove('variantautoscalings', 'resource');
  await story.advance(4);
  expect(decided()).toEqual(['decode-hpa HorizontalPodAutoscaler']);
  for (const shown of product.seen.filter((one) => one !== '')) expect(shown.split(' ')).toHaveLength(1);
});

it('annotations are news within a second, what is wrong with them is told once on the HPA, and the series goes', async () => {
  story = tell(scenarioOf([workload('Deployment', decode, 2), annotated('decode-hpa')]));
  const product = await story.start('controller', { interval: '30s' });
  await story.advance(5);
  const before = product.records.length;
  story.edit('horizontalpodautoscalers', 'decode-hpa', (hpa) => ({ ...hpa, metadata: { ...hpa.metadata, annotations: { ...asks, 'llm-d.ai/variant-cost': 'dear' } } }));
  await story.advance(3);
  expect(product.records.length).toBeGreaterThan(before);
  expect(await product.desired()).toEqual([]);
  await story.advance(60);
  const told = story.events().filter(({ reason }) => reason === 'InvalidSpec');
  expect(told.map(({ about, type }) => `${about} ${type}`)).toEqual(['decode-hpa Warning']);
  expect(told[0]?.note).toContain('The variant that this HorizontalPodAutoscaler stands for cannot be used');
  expect(told[0]?.note).toContain('metadata.annotations[llm-d.ai/variant-cost]');
  story.edit('horizontalpodautoscalers', 'decode-hpa', (hpa) => ({ ...hpa, metadata: { ...hpa.metadata, annotations: asks } }));
  await story.advance(3);
  expect(await product.desired()).toEqual([expect.stringContaining(`${decode}/A100=`)]);
});

it('a ScaledObject is a variant, and the HPA that KEDA makes of it is none, although it carries the same annotations', async () => {
  const crd = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'scaledobjects.keda.sh' },
    spec: {
      group: 'keda.sh',
      scope: 'Namespaced',
      names: { plural: 'scaledobjects', singular: 'scaledobject', kind: 'ScaledObject', listKind: 'ScaledObjectList' },
      versions: [{ name: 'v1alpha1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }],
    },
  };
  const scaledObject = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata: { name: 'decode-so', namespace, annotations: asks }, spec: { scaleTargetRef: { name: decode }, minReplicaCount: 1, maxReplicaCount: 6 } };
  const child = annotated('keda-hpa-decode-so', asks, { target_name: decode, target_kind: 'Deployment' });
  const owned = { ...child, metadata: { ...child.metadata, ownerReferences: [{ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'decode-so', uid: 'u', controller: true }] } };
  story = tell(scenarioOf([crd, workload('Deployment', decode, 2), owned]));
  const product = await story.start();
  await story.advance(5);
  expect(product.records.at(-1)?.decisions).toEqual([]);
  story.create(scaledObject);
  await story.advance(40);
  const [decision] = product.records.at(-1)?.decisions ?? [];
  expect(decision?.variant).toMatchObject({ key: `${namespace}/decode-so`, maxReplicas: 6, costPerHour: 7.5, scaler: { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject' } });
  expect(await product.desired()).toEqual([expect.stringContaining(`${decode}/A100=`)]);
});

it('an instance that does not lead answers for it too, and a restart goes on from what was decided', async () => {
  const external = `/apis/external.metrics.k8s.io/v1beta1/namespaces/${namespace}/wva_desired_replicas`;
  const told = async (of: Product): Promise<string[]> => (JSON.parse((await of.get(external)).text) as { items: { value: string }[] }).items.map(({ value }) => value);
  const election = { leaderElect: true, leaderElectionLeaseDuration: '6s', leaderElectionRenewDeadline: '4s', leaderElectionRetryPeriod: '1s' };
  // an HPA that follows nothing: what is desired can be seen apart from what is there
  story = tell(scenarioOf([workload('Deployment', decode, 1), annotated('decode-hpa', asks, { target_name: 'nobody' })], { traffic: load([20, 3, 20], [600, 20, 20]) }));
  const leader = await story.start('leader', election);
  await story.advance(5);
  const follower = await story.start('follower', election);
  await story.advance(40);
  const [desired] = await told(leader);
  expect(Number(desired)).toBeGreaterThan(1);
  expect(await told(follower)).toEqual([desired]);
  expect(await follower.desired()).toEqual([]);

  await leader.stop();
  await follower.stop();
  const next = await story.start('next', election);
  let first: string[] = [];
  for (let second = 0; second < 15 && first.length === 0; second++) {
    await story.advance(1);
    const answer = await next.get(external);
    if (answer.status === 200) first = await told(next);
  }
  expect(first).toEqual([desired]);
  await story.advance(10);
  expect(next.records[0]?.observation.variants[0]?.lastDesired).toMatchObject({ replicas: Number(desired), accelerator: 'A100' });
});

it('where decisions cannot be kept, they stand, and it is said once', async () => {
  story = tell(scenarioOf([workload('Deployment', decode, 2), annotated('decode-hpa', asks, { target_name: decode, target_kind: 'Deployment' })]));
  story.world.apiServer.setFaults(({ method, path }) => (method === 'PATCH' && path.endsWith('/configmaps/wva-kept-decisions') ? { status: { code: 403, reason: 'Forbidden', message: 'The story grants no right.' } } : undefined));
  const product = await story.start();
  await story.advance(30);
  expect(await product.desired()).toHaveLength(1);
  expect(product.log.filter(({ message }) => message.includes('could not be kept in ConfigMap')).length).toBe(1);
  story.world.apiServer.setFaults(undefined);
  await story.advance(10);
  expect(product.log.filter(({ message }) => message.includes('are kept in ConfigMap')).length).toBe(1);
});
