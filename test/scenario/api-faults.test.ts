import { afterEach, expect, it } from 'vitest';
import type { KubernetesObject } from '../../src/wire/index.ts';
import { autoscaler, decode, load, namespace, scenarioOf, tell, thresholds, variant, workload, type Story } from '../support/story/index.ts';

const a100 = 'ms-inference-scheduling-a100';
const gadgets = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gadgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        subresources: { scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
      },
    ],
  },
};
let story: Story;

afterEach(() => story.end());

/** By thresholds one replica is enough for as long as the first 20 s last, so that an old status tells itself from a new one. */
function rising(): Story {
  return tell(scenarioOf([workload('Deployment', decode, 1), variant(a100), autoscaler()], { traffic: load([20, 1, 1], [40, 12, 12], [600, 1, 1]) }), { policy: thresholds() });
}

it.each([
  [409, 'Conflict'],
  [429, 'TooManyRequests'],
  [500, 'InternalError'],
] as const)('while every write of a status is answered with %i %s, decisions go on, and status is right afterwards', async (code, reason) => {
  story = rising();
  const product = await story.start();
  await story.advance(15);
  story.world.apiServer.setFaults(({ method, path }) =>
    method !== 'GET' && path.endsWith('/status') ? { status: { code, reason, message: 'The story wants it so.', ...(code === 429 && { details: { retryAfterSeconds: 1 } }) } } : undefined,
  );
  await story.advance(40);
  const [shown] = await product.desired();
  expect(Number(shown?.split('=')[1])).toBeGreaterThanOrEqual(3);
  expect(story.replicas(decode)).toBe(Number(shown?.split('=')[1]));
  expect(story.statusDesired(a100)).toBe(1);
  story.world.apiServer.setFaults(undefined);
  await story.advance(6);
  expect(await product.desired()).toEqual([`${decode}/A100=${story.statusDesired(a100)}`]);
  expect(product.hasEnded).toBe(false);
});

it('while writes hang, decisions go on', async () => {
  story = rising();
  const product = await story.start();
  await story.advance(15);
  story.world.apiServer.setFaults(({ method, path }) => (method !== 'GET' && path.endsWith('/status') ? { delayMs: 600_000 } : undefined));
  await story.advance(45);
  const [shown] = await product.desired();
  expect(Number(shown?.split('=')[1])).toBeGreaterThanOrEqual(3);
  expect(product.log.map(({ message }) => message)).toContain('1 of 1 statuses were not written within 10 s; the decisions stand, and the statuses are tried again in the next cycle.');
  story.world.apiServer.setFaults(undefined);
  await story.advance(12);
  expect(await product.desired()).toEqual([`${decode}/A100=${story.statusDesired(a100)}`]);
});

it('a scale that is read, and not watched, may be out of reach for a while', async () => {
  story = tell(scenarioOf([variant(a100, { minReplicas: 2 }, { apiVersion: 'example.com/v1', kind: 'Gadget', name: 'g' })]));
  story.world.apiServer.store.create({ group: 'apiextensions.k8s.io', plural: 'customresourcedefinitions' }, gadgets);
  story.world.apiServer.store.create({ group: 'example.com', plural: 'gadgets' }, { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'g', namespace }, spec: { replicas: 2 } } as KubernetesObject);
  const product = await story.start();
  await story.advance(6);
  expect(await product.desired()).toEqual(['g/A100=2']);
  for (const fault of [{ status: { code: 500, reason: 'InternalError', message: 'etcd is away' } }, { delayMs: 600_000 }]) {
    story.world.apiServer.setFaults(({ path }) => (path.endsWith('/scale') ? fault : undefined));
    await story.advance(25);
    expect(await product.desired()).toEqual(['g/A100=2']);
  }
  story.world.apiServer.setFaults(undefined);
  story.world.apiServer.store.remove({ group: 'example.com', plural: 'gadgets' }, 'g', namespace);
  await story.advance(14);
  expect(await product.desired()).toEqual([]);
  expect(story.condition(a100, 'TargetResolved')).toContain(`False TargetNotFound: Gadget ${namespace}/g does not exist.`);
});

it('an API server that restarts, forgets its history and is away for a while changes no number', async () => {
  story = tell(scenarioOf([workload('Deployment', decode, 3), variant(a100, { minReplicas: 3 }), autoscaler()]));
  const product = await story.start();
  await story.advance(10);
  story.world.apiServer.restart();
  story.world.apiServer.compactTo();
  await story.advance(10);
  expect(story.condition(a100, 'Ready')).toContain('True Deciding');
  story.world.apiServer.restart();
  story.world.apiServer.setFaults(({ user }) => (user === undefined ? undefined : { cut: true }));
  await story.advance(30);
  expect(await product.desired()).toEqual([`${decode}/A100=3`]);
  expect(product.hasEnded).toBe(false);
  story.world.apiServer.setFaults(undefined);
  await story.advance(40);
  story.edit('variantautoscalings', a100, (va) => ({ ...va, spec: { ...va.spec, minReplicas: 4 } }));
  await story.advance(5);
  expect(await product.desired()).toEqual([`${decode}/A100=4`]);
  expect(product.seen.filter((text) => text !== '')).toEqual([`${decode}/A100=3`, `${decode}/A100=4`]);
  expect(story.statusDesired(a100)).toBe(4);
});

it('a leader that the API server does not answer steps down; its external metrics stay until they are a minute old', async () => {
  story = tell(scenarioOf([workload('Deployment', decode, 3), variant(a100, { minReplicas: 3 })]));
  const product = await story.start('leader', { leaderElect: true, leaderElectionLeaseDuration: '6s', leaderElectionRenewDeadline: '4s', leaderElectionRetryPeriod: '1s' });
  await story.advance(10);
  const leading = async (): Promise<number | undefined> => (await product.metric('wva_leader'))[0]?.value;
  const answers = async (): Promise<number> => (await product.get(`/apis/external.metrics.k8s.io/v1beta1/namespaces/${namespace}/wva_desired_replicas`)).status;
  expect([await leading(), await answers()]).toEqual([1, 200]);
  story.world.apiServer.restart();
  story.world.apiServer.setFaults(() => ({ cut: true }));
  await story.advance(8);
  expect([await leading(), await answers(), await product.desired()]).toEqual([0, 200, []]);
  await story.advance(70);
  expect([await leading(), await answers()]).toEqual([0, 503]);
  story.world.apiServer.setFaults(undefined);
  await story.advance(45);
  expect([await leading(), await answers(), await product.desired()]).toEqual([1, 200, [`${decode}/A100=3`]]);
});
