import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { controlPlaneParts, describeGenuine, startControlPlane, type ControlPlane } from '../support/genuine/index.ts';
import { startFleet, type Fleet } from './fleet.ts';
import { fromRoot, installProduct, startProduct, type Product } from './product.ts';
import { podTemplate, seed } from './seed.ts';
import { until } from './until.ts';

const { namespace, modelID } = seed;
const gpu = 'nvidia.com/gpu';
const products = { cheap: 'NVIDIA-A100-SXM4-80GB', dear: 'NVIDIA-H100-80GB-HBM3' } as const;

interface Variant {
  status?: { conditions?: { type: string; status: string; reason: string; message: string }[] };
}

// Replicas that the genuine scheduler refuses: given up for another variant, with what it says, and asked for again when a node comes.
describeGenuine('a variant that no node takes', [...controlPlaneParts, 'kube-scheduler'], () => {
  let plane: ControlPlane;
  let fleet: Fleet;
  let product: Product;
  const folder = mkdtempSync(join(tmpdir(), 'wva-scarcity-'));

  const apply = async (...items: object[]): Promise<void> => {
    await plane.kubectlOk(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
  };
  /** A node with so many accelerators; there is no kubelet to say that it is ready. */
  async function addNode(name: string, label: string, gpus: number): Promise<void> {
    await apply({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'nvidia.com/gpu.product': label } } });
    const amounts = { cpu: '64', memory: '512Gi', pods: '110', [gpu]: String(gpus) };
    await plane.kubectlOk(['patch', 'node', name, '--subresource=status', '--type=merge', '-p', JSON.stringify({ status: { capacity: amounts, allocatable: amounts, conditions: [{ type: 'Ready', status: 'True' }] } })]);
    await plane.kubectlOk(['patch', 'node', name, '--type=merge', '-p', JSON.stringify({ spec: { taints: null } })]);
  }
  function variantOf(name: keyof typeof products, accelerator: string, variantCost: string): object[] {
    const template = podTemplate(name) as { spec: object };
    return [
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace }, spec: { replicas: 1, selector: { matchLabels: { app: name } }, template: { ...template, spec: { ...template.spec, nodeSelector: { 'nvidia.com/gpu.product': products[name] } } } } },
      { apiVersion: 'llmd.ai/v1alpha1', kind: 'VariantAutoscaling', metadata: { name, namespace }, spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, modelID, accelerator, variantCost, actuation: 'direct', minReplicas: 1, maxReplicas: 8 } },
    ];
  }
  const replicasOf = async (name: string): Promise<number> => (await plane.request(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`)).json<{ spec: { replicas: number } }>().spec.replicas;
  async function conditionOf(name: string): Promise<string> {
    const { status } = (await plane.request(`/apis/llmd.ai/v1alpha1/namespaces/${namespace}/variantautoscalings/${name}`)).json<Variant>();
    const found = status?.conditions?.find(({ type }) => type === 'AcceleratorsAvailable');
    return `${found?.status} ${found?.reason}: ${found?.message}`;
  }
  const explain = (): string => product.logs();

  beforeAll(async () => {
    plane = await startControlPlane({ scheduler: true });
    await installProduct(plane);
    await plane.kubectlOk(['apply', '-k', fromRoot('deploy/direct')]);
    await plane.kubectlOk(['create', 'namespace', namespace]);
    await addNode('a100-1', products.cheap, 2);
    await addNode('h100-1', products.dear, 8);
    // only what the scheduler gave a node is started
    fleet = startFleet(plane, { model: modelID, namespace, readyAfterMs: (pod) => (pod.spec.nodeName === undefined ? Infinity : 200) });
    const policy = join(folder, 'policy.yaml');
    writeFileSync(policy, 'global: {unschedulableExpiry: 15s}\n');
    product = await startProduct({ plane, args: ['--interval=2s', `--policy=${policy}`] });
    await apply(...variantOf('cheap', 'A100', '4'), ...variantOf('dear', 'H100', '9'));
    await until('both serve', () => fleet.servers === 2 || `${fleet.servers} servers`, { timeoutMs: 60_000, explain });
  });
  afterAll(async () => {
    await product?.remove();
    await fleet?.stop();
    await plane?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is given up for another, with what the scheduler says', async () => {
    fleet.setRate(40);
    await until('more of the cheap one are asked for than there are places', async () => (await replicasOf('cheap')) > 2 || `${await replicasOf('cheap')} replicas`, { timeoutMs: 90_000, explain });
    await until(
      'the dear one has taken the load, and the cheap one has what it has nodes for',
      async () => {
        const [cheap, dear, said] = [await replicasOf('cheap'), await replicasOf('dear'), await conditionOf('cheap')];
        return (cheap === 2 && dear > 1 && said.startsWith('False Unschedulable')) || `cheap ${cheap}, dear ${dear}, ${said}`;
      },
      { timeoutMs: 120_000, explain },
    );
    const said = await conditionOf('cheap');
    expect(said).toMatch(/^False Unschedulable: No node takes \d+ replicas? \(0\/2 nodes are available: .*1 Insufficient nvidia\.com\/gpu.*\)\. Other variants are asked for/);
    console.log(`given up: ${said}`);
  });

  it('is asked for again as soon as a node has room, long before its pause is over', async () => {
    await addNode('a100-2', products.cheap, 8);
    const startMs = Date.now();
    await until('a replica is on the new node', async () => {
      const on = await plane.kubectlOk(['-n', namespace, 'get', 'pods', '-l', 'app=cheap', '-o', 'jsonpath={.items[*].spec.nodeName}']);
      return on.includes('a100-2') || on;
    }, { timeoutMs: 120_000, explain });
    expect(await conditionOf('cheap')).toMatch(/^True AcceleratorsFound/);
    console.log(`asked for again: a replica was on the new node ${((Date.now() - startMs) / 1000).toFixed(1)} s after it came`);
  });
});
