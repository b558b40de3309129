import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CycleRecord } from '../../src/model/index.ts';
import { followingBehavior, followingHpa } from '../../src/wire/index.ts';
import { controlPlaneParts, describeGenuine, startControlPlane, type ControlPlane } from '../support/genuine/index.ts';
import { installProduct, shipped, startProduct, type Product } from './product.ts';
import { seed } from './seed.ts';
import { until } from './until.ts';

const { namespace, target } = seed;
const gpu = 'nvidia.com/gpu';

// What a look says of accelerators, quotas and pods without a node, on the genuine scheduler's own conditions; and a variant that only an
// annotated HPA declares. All of it with the shipped rights.
describeGenuine('what a look sees of the cluster', [...controlPlaneParts, 'kube-scheduler'], () => {
  let plane: ControlPlane;
  let product: Product;
  const folder = mkdtempSync(join(tmpdir(), 'wva-looking-'));
  const record = join(folder, 'cycles.jsonl');

  beforeAll(async () => {
    plane = await startControlPlane({ scheduler: true });
    await installProduct(plane);
    await plane.kubectlOk(['create', 'namespace', namespace]);
    await plane.kubectlOk(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'gpu-1', labels: { 'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-80GB' } } }) });
    // there is no kubelet to say so
    const amounts = { cpu: '64', memory: '512Gi', pods: '110', [gpu]: '3' };
    await plane.kubectlOk(['patch', 'node', 'gpu-1', '--subresource=status', '--type=merge', '-p', JSON.stringify({ status: { capacity: amounts, allocatable: amounts, conditions: [{ type: 'Ready', status: 'True' }] } })]);
    await plane.kubectlOk(['patch', 'node', 'gpu-1', '--type=merge', '-p', JSON.stringify({ spec: { taints: null } })]);
    const hpa = followingHpa({ namespace, target: { apiVersion: 'apps/v1', kind: 'Deployment', name: target }, minReplicas: 1, maxReplicas: 6, knowsTolerance: true });
    const items = [
      { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'gpus', namespace }, spec: { hard: { [`requests.${gpu}`]: '5' } } },
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'training', namespace }, spec: { containers: [{ name: 'train', image: 'train', resources: { limits: { [gpu]: '1' } } }] } },
      { ...hpa, metadata: { ...hpa.metadata, annotations: { 'llm-d.ai/managed': 'true', 'llm-d.ai/model-id': seed.modelID } } },
    ];
    await plane.kubectlOk(['apply', '--validate=strict', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
    await until('the training pod has a node', async () => (await plane.kubectlOk(['-n', namespace, 'get', 'pod', 'training', '-o', 'jsonpath={.spec.nodeName}'])) === 'gpu-1' || plane.logs(10));
    await plane.kubectlOk(['apply', '-f', '-'], { stdin: JSON.stringify(seed.deployment(4)) });
    product = await startProduct({ plane, args: ['--interval=2s', `--record=${record}`] });
  });
  afterAll(async () => {
    await product?.remove();
    await plane?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const last = (): CycleRecord | undefined => {
    const lines = readFileSync(record, 'utf8').split('\n').filter((line) => line.endsWith('}'));
    return lines.length === 0 ? undefined : (JSON.parse(lines.at(-1) ?? '') as CycleRecord);
  };

  it('who holds the accelerators, and why a pod has no node', async () => {
    await until(
      'two of four replicas have a node, and the others are refused',
      () => {
        const replicas = last()?.observation.variants[0]?.replicas ?? [];
        return (replicas.filter(({ scheduled }) => scheduled).length === 2 && replicas.filter(({ unschedulable }) => unschedulable).length === 2) || JSON.stringify(replicas.map(({ scheduled, unschedulable }) => ({ scheduled, unschedulable })));
      },
      { timeoutMs: 60_000, explain: () => product.logs() },
    );
    const { observation } = last() as CycleRecord;
    expect(observation.problems).toEqual([]);
    expect(observation.inventory).toEqual([
      { accelerator: 'A100', products: ['NVIDIA-A100-SXM4-80GB'], nodes: 1, capacity: 3, usedByVariants: 2, usedByOthers: 1, freeOnNodes: [], complete: true },
    ]);
    const replicas = observation.variants[0]?.replicas ?? [];
    for (const { createdAtMs, scheduledAtMs, unschedulable, scheduled } of replicas) {
      expect((scheduled ? scheduledAtMs : unschedulable?.sinceMs) ?? 0).toBeGreaterThanOrEqual(createdAtMs);
      if (!scheduled) expect(unschedulable?.message).toMatch(/^0\/1 nodes are available: 1 Insufficient nvidia\.com\/gpu/);
    }
    console.log(`refused: ${replicas.find(({ unschedulable }) => unschedulable)?.unschedulable?.message}`);
  });

  it('the quota of the namespace, once somebody enforces it', async () => {
    expect(last()?.observation.quotas).toEqual([]);
    await plane.kubectlOk(['-n', namespace, 'patch', 'resourcequota', 'gpus', '--subresource=status', '--type=merge', '-p', JSON.stringify({ status: { hard: { [`requests.${gpu}`]: '5' }, used: { [`requests.${gpu}`]: '5' } } })]);
    await until('it is seen', () => (last()?.observation.quotas?.length ?? 0) === 1 || JSON.stringify(last()?.observation.quotas), { explain: () => product.logs() });
    expect(last()?.observation.quotas).toEqual([{ namespace, name: 'gpus', resource: gpu, hard: 5, used: 5 }]);
  });

  it('a variant that only an annotated HPA declares: decided about, and kept', async () => {
    const decision = last()?.decisions[0];
    expect(decision?.variant).toMatchObject({ key: `${namespace}/${target}`, accelerator: 'A100', acceleratorSource: 'Nodes', maxReplicas: 6, scaler: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' } });
    await until('its decision is kept', async () => {
      const answer = await plane.request(`/api/v1/namespaces/${shipped.namespace}/configmaps/wva-kept-decisions`);
      return (answer.status === 200 && answer.json<{ data?: { decisions?: string } }>().data?.decisions?.includes(`"replicas":${last()?.decisions[0]?.desired}`) === true) || `${answer.status} ${answer.text}`;
    }, { explain: () => product.logs() });
    expect(product.entries().filter((entry) => /forbidden/i.test(JSON.stringify(entry)))).toEqual([]);
  });

  it('the HPA that we generate is kept as it is, and is known to let nothing be', async () => {
    const hpa = (await plane.request(seed.hpaPath)).json<{ spec: { behavior: typeof followingBehavior } }>();
    expect(hpa.spec.behavior).toMatchObject(followingBehavior);
    expect(last()?.observation.variants[0]?.targetState).toMatchObject({ follower: { name: target, tolerance: { up: 0, down: 0 }, averageValue: 1 } });
  });
});
