import { afterEach, expect, it } from 'vitest';
import type { KubernetesObject } from '../../src/wire/index.ts';
import { decode, namespace, node, scenarioOf, tell, variant, workload, type Story } from '../support/story/index.ts';

let story: Story;

afterEach(() => story.end());

function pod(name: string, gpus: number): KubernetesObject {
  const amount = { 'nvidia.com/gpu': String(gpus) };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec: { containers: [{ name: 'train', image: 'train', resources: { limits: amount, requests: amount } }] } } as KubernetesObject;
}

const quota = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'gpus', namespace },
  spec: { hard: { 'requests.nvidia.com/gpu': '6' } },
  status: { hard: { 'requests.nvidia.com/gpu': '6' }, used: { 'requests.nvidia.com/gpu': '5' } },
} as KubernetesObject;

it('a look counts accelerators, what others hold of them, and says what the scheduler says', async () => {
  story = tell(scenarioOf([quota, pod('training', 3), workload('Deployment', decode, 4), variant('v', { minReplicas: 4 })], { objects: [node('a100-1', 'NVIDIA-A100-PCIE-80GB', 6)] }));
  const product = await story.start();
  await story.advance(12);
  const observation = product.records.at(-1)?.observation;
  expect(observation?.problems).toEqual([]);
  expect(observation?.inventory).toEqual([
    { accelerator: 'A100', products: ['NVIDIA-A100-PCIE-80GB'], nodes: 1, capacity: 6, usedByVariants: 3, usedByOthers: 3, freeOnNodes: [], complete: true },
  ]);
  expect(observation?.quotas).toEqual([{ namespace, name: 'gpus', resource: 'nvidia.com/gpu', hard: 6, used: 5 }]);
  const replicas = observation?.variants[0]?.replicas ?? [];
  const refused = replicas.filter(({ unschedulable }) => unschedulable !== undefined);
  expect(refused).toMatchObject([{ scheduled: false, unschedulable: { message: '0/1 nodes are available: 1 Insufficient nvidia.com/gpu.' } }]);
  const at = observation?.atMs ?? 0;
  for (const { scheduled, scheduledAtMs, readySinceMs } of replicas.filter((replica) => replica.ready)) {
    expect(scheduled).toBe(true);
    expect(at - (scheduledAtMs ?? 0)).toBeLessThan(13_000);
    expect((readySinceMs ?? 0) - (scheduledAtMs ?? 0)).toBeGreaterThanOrEqual(5000);
  }
});

it('a controller of one namespace says that it does not see all pods', async () => {
  story = tell(scenarioOf([workload('Deployment', decode, 1), variant('v')]));
  const product = await story.start('controller', { watchNamespace: namespace });
  await story.advance(12);
  expect(product.records.at(-1)?.observation.inventory).toMatchObject([{ accelerator: 'A100', capacity: 16, usedByVariants: 1, complete: false }]);
});

it('without the right to read nodes and quotas there is neither, which is said once, and everything else works', async () => {
  story = tell(scenarioOf([workload('Deployment', decode, 1), variant('v', { minReplicas: 2 })]));
  story.world.apiServer.setFaults(({ path }) =>
    /\/(nodes|resourcequotas)$/.test(path) ? { status: { code: 403, reason: 'Forbidden', message: 'The story grants no right.' } } : undefined,
  );
  const product = await story.start();
  await story.advance(30);
  const observation = product.records.at(-1)?.observation;
  expect(observation).not.toHaveProperty('inventory');
  expect(observation).not.toHaveProperty('quotas');
  expect(observation?.problems.map(({ about }) => about)).toEqual(['nodes', 'resourcequotas']);
  for (const about of ['nodes', 'resourcequotas']) expect(product.log.filter(({ fields }) => JSON.stringify(fields).includes(`"${about}"`)).length, about).toBeLessThanOrEqual(2);
  expect(await product.desired()).toEqual([`${decode}/A100=2`]);
});
