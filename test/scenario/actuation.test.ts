import { afterEach, expect, it } from 'vitest';
import { own } from '../../src/cli/demo/cluster.ts';
import type { APIService } from '../../src/wire/index.ts';
import { autoscaler, decode, load, namespace, scenarioOf, tell, thresholds, variant, workload, type Story } from '../support/story/index.ts';

const a100 = 'ms-inference-scheduling-a100';
const direct = { actuation: 'direct' };
// what is asked is how a decision arrives, up and down within a minute; one by thresholds is
const busyThenQuiet = load([40, 12, 12], [600, 1, 1]);
let story: Story;

afterEach(() => story.end());

it.each(['Deployment', 'StatefulSet'] as const)('acted on directly, the scale of a %s is written, up and down', async (kind) => {
  story = tell(scenarioOf([workload(kind, decode, 1), variant(a100, direct, { kind })], { traffic: busyThenQuiet }), { policy: thresholds() });
  const product = await story.start();
  const plural = kind === 'Deployment' ? 'deployments' : 'statefulsets';
  await story.advance(40);
  const top = story.replicas(decode, plural) ?? 0;
  expect(top).toBeGreaterThanOrEqual(3);
  expect(product.log.map(({ message }) => message)).toContain(`The scale of ${kind} ${namespace}/${decode} was set to 2.`);
  expect(story.condition(a100, 'Actuated')).toMatch(new RegExp(`^True Scale(Written|Unchanged): The scale of ${kind} ${namespace}/${decode} (is|was set to) \\d`));
  await story.advance(60);
  expect(story.replicas(decode, plural)).toBe(1);
  expect(story.condition(a100, 'Actuated')).toBe(`True ScaleUnchanged: The scale of ${kind} ${namespace}/${decode} is 1, as decided.`);
  expect(await product.desired()).toEqual([`${decode}/A100=1`]);
});

it('a scale that cannot be written is said and tried again', async () => {
  story = tell(scenarioOf([workload('Deployment', decode, 1), variant(a100, { ...direct, minReplicas: 2 })]));
  story.world.apiServer.setFaults(({ method, path }) => (method !== 'GET' && path.endsWith('/scale') ? { status: { code: 500, reason: 'InternalError', message: 'etcd is away' } } : undefined));
  await story.start();
  await story.advance(10);
  expect(story.replicas(decode)).toBe(1);
  expect(story.condition(a100, 'Actuated')).toMatch(/^False ScaleFailed: The scale of Deployment .* could not be written: .*etcd is away.* It will be tried again in the next cycle\.$/);
  story.world.apiServer.setFaults(undefined);
  await story.advance(5);
  expect(story.replicas(decode)).toBe(2);
  expect(story.condition(a100, 'Actuated')).toContain('True ScaleUnchanged');
});

it('nothing is written where an autoscaler scales the same target', async () => {
  story = tell(scenarioOf([workload('Deployment', decode, 2), variant(a100, { ...direct, minReplicas: 3 }), autoscaler()]));
  const product = await story.start();
  await story.advance(10);
  expect(story.condition(a100, 'Actuated')).toBe(
    `False ScaleRefusedOtherScaler: HorizontalPodAutoscaler/${decode} also scales Deployment ${namespace}/${decode}, and two writers would fight: nothing was written. Delete it, or set spec.actuation to metric.`,
  );
  expect(product.log.some(({ message }) => message.includes('was set to'))).toBe(false);
  story.remove('horizontalpodautoscalers', decode);
  story.edit('deployments', decode, (found) => ({ ...found, spec: { ...found.spec, replicas: 2 } }));
  await story.advance(6);
  expect(story.replicas(decode)).toBe(3);
});

it('a pause holds the last number, and a dry run shows one that nothing follows', async () => {
  story = tell(
    scenarioOf([workload('Deployment', decode, 1), workload('Deployment', 'tried', 1), variant(a100), variant('trial', { dryRun: true, minReplicas: 4, modelID: 'other' }, { name: 'tried' }), autoscaler()], {
      traffic: load([20, 1, 1], [600, 12, 12]),
    }),
  );
  const product = await story.start();
  await story.advance(15);
  story.edit('variantautoscalings', a100, (va) => ({ ...va, spec: { ...va.spec, paused: true } }));
  await story.advance(30);
  expect(await product.desired()).toEqual([`${decode}/A100=1`]);
  expect(story.condition(a100, 'Ready')).toBe("True Paused: The resource's mode is paused (spec.paused or spec.mode): 1 replica desired, 1 there.");
  expect(story.statusDesired('trial')).toBe(4);
  expect(story.replicas('tried')).toBe(1);
  expect(story.condition('trial', 'Actuated')).toBe("False DryRun: The resource's mode is recommend (spec.dryRun or spec.mode): 4 is shown here only; no series is served and nothing is written.");
  story.edit('variantautoscalings', a100, (va) => ({ ...va, spec: { ...va.spec, paused: false } }));
  await story.advance(20);
  // one held while it was paused; the load needs two, and now and then three
  expect(story.replicas(decode)).toBeGreaterThanOrEqual(2);
});

it('an external metrics API that belongs to KEDA is left to it, and the ways that remain are named', async () => {
  // by thresholds one replica is all that is left after half a minute, and the message names it
  story = tell(scenarioOf([workload('Deployment', decode, 2), variant(a100)]), { policy: thresholds() });
  const apiServices = { group: 'apiregistration.k8s.io', plural: 'apiservices' };
  const { store } = story.world.apiServer;
  const found = store.get<APIService>(apiServices, 'v1beta1.external.metrics.k8s.io') as APIService;
  const service = { namespace: 'keda', name: 'keda-operator-metrics-apiserver', port: 443 };
  const foreign = store.update<APIService>(apiServices, { ...found, spec: { ...found.spec, service } } as APIService);
  const product = await story.start();
  await story.advance(65);
  expect(story.condition(a100, 'Actuated')).toBe(
    'True ExternalMetricsAPIOwnedByOther: wva_desired_replicas = 1 is served at /metrics. The external metrics API of this cluster belongs to keda/keda-operator-metrics-apiserver and was left alone: ' +
      'let that server read the series from Prometheus, or set spec.actuation to direct. No autoscaler targets the same object yet.',
  );
  expect(store.get<APIService>(apiServices, 'v1beta1.external.metrics.k8s.io')?.spec).toEqual(foreign.spec);
  expect(product.log.filter(({ level, message }) => level === 'warn' && message.includes('keda/keda-operator-metrics-apiserver'))).toHaveLength(1);

  store.update<APIService>(apiServices, { ...foreign, metadata: { name: 'v1beta1.external.metrics.k8s.io' }, spec: { ...foreign.spec, service: { namespace: own.namespace, name: own.service, port: 8443 } } } as APIService);
  await story.advance(35);
  expect(story.condition(a100, 'Actuated')).toContain('True MetricServed: wva_desired_replicas = 1 is served at /metrics and through the external metrics API.');
});
