import { afterEach, expect, it } from 'vitest';
import type { KubernetesObject, Workload } from '../../src/wire/index.ts';
import { autoscaler, load, node, scenarioOf, tell, variant, workload, type Story } from '../support/story/index.ts';

let story: Story;

afterEach(() => story.end());

const a100 = 'NVIDIA-A100-PCIE-80GB';
const h100 = 'NVIDIA-H100-80GB-HBM3';

/** A deployment whose pods only nodes of one product take. */
function bound(name: string, product: string): KubernetesObject {
  const made = workload('Deployment', name, 1) as Workload;
  const template = made.spec?.template;
  return { ...made, spec: { ...made.spec, template: { ...template, spec: { ...template?.spec, nodeSelector: { 'nvidia.com/gpu.product': product } } } } } as KubernetesObject;
}

/** A cheap variant on a node of two A100, a dear one on a node of eight H100, and more load than the two carry. */
function begin(policy: string): Story {
  const objects = [
    bound('cheap', a100), variant('cheap', { maxReplicas: 12 }, { name: 'cheap' }), autoscaler('cheap'),
    bound('dear', h100), variant('dear', { accelerator: 'H100', variantCost: '9', maxReplicas: 12 }, { name: 'dear' }), autoscaler('dear'),
  ];
  return tell(scenarioOf(objects, { objects: [node('a100-1', a100, 2), node('h100-1', h100)], traffic: load([900, 14, 14]) }), { policy: { 'policy.yaml': policy } });
}

it('replicas that no node takes are given up for another variant, and asked for again when a node comes', async () => {
  story = begin('global: {unschedulableExpiry: 40s}\n');
  await story.start();
  await story.advance(30);
  // more are asked for than there are places, and the other is not while they may come
  expect(story.replicas('cheap')).toBeGreaterThan(2);
  expect(story.replicas('dear')).toBe(1);
  expect(story.condition('cheap', 'AcceleratorsAvailable')).toContain('True AcceleratorsFound');

  await story.advance(90);
  expect(story.condition('cheap', 'AcceleratorsAvailable')).toMatch(/False Unschedulable: No node takes \d+ replicas? \(0\/2 nodes are available: .*Insufficient nvidia\.com\/gpu.*\)\. Other variants are asked for where there are any that carry the load, until 2026-01-01T12:\d\d:\d\dZ or until a node has room\./);
  expect(story.events().filter(({ reason }) => reason === 'Unschedulable')).toMatchObject([{ type: 'Warning' }]);
  expect(story.replicas('dear')).toBeGreaterThanOrEqual(3);
  expect(story.replicas('cheap')).toBe(2);

  story.create(node('a100-2', a100));
  await story.advance(60);
  expect(story.replicas('cheap')).toBeGreaterThan(2);
  expect(story.condition('cheap', 'AcceleratorsAvailable')).toContain('True AcceleratorsFound');
  expect(story.world.stats().traffic[0]).toMatchObject({ lost: 0 });
});

it('a quota and the nodes of today are not gone over, another variant takes the load at once, and both say why', async () => {
  story = begin('global: {limitToInventory: true}\nquotas: {cluster: {A100: 3}}\n');
  const product = await story.start();
  await story.advance(60);
  for (const record of product.records) {
    const cheap = record.decisions.find(({ variant: { name } }) => name === 'cheap');
    expect(cheap?.desired).toBeLessThanOrEqual(2);
  }
  expect(story.replicas('cheap')).toBe(2);
  expect(story.replicas('dear')).toBeGreaterThanOrEqual(3);
  const all = product.records.flatMap(({ decisions }) => decisions.flatMap(({ trail }) => trail.map(({ reason, sentence }) => `${reason}: ${sentence}`)));
  expect(all.filter((step) => step.startsWith('LimitedByAccelerators')).at(-1)).toMatch(/^LimitedByAccelerators: \d of 2 A100 are free(, at most 1 on one node)?: (none|\d) of the \d+ more that are called for\.$/);
  expect(all.some((step) => /^InPlaceOfOther: \d replicas, for another variant of the model has no room \(/.test(step))).toBe(true);

  // eight more on a second node, of which the quota lets one
  story.create(node('a100-2', a100));
  await story.advance(40);
  expect(story.replicas('cheap')).toBeLessThanOrEqual(3);
  const after = product.records.flatMap(({ decisions }) => decisions.filter(({ variant: { name } }) => name === 'cheap'));
  expect(Math.max(...after.map(({ desired }) => desired ?? 0))).toBe(3);
  expect(after.filter(({ reason }) => reason === 'LimitedByQuota').map(({ conditions }) => conditions.find(({ type }) => type === 'AcceleratorsAvailable')?.message).at(-1)).toMatch(/^The quota of the cluster has [01] of 3 A100 left: (none|1) of the \d+ more that are called for\.$/);
});
