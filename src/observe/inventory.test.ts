import { describe, expect, it } from 'vitest';
import { owner, podOf, serving } from '../../test/support/observe/cluster.ts';
import type { AcceleratorPool } from '../model/index.ts';
import type { Node, Pod } from '../wire/index.ts';
import { takeInventory } from './inventory.ts';
import { factsOf } from './pod-facts.ts';
import { readQuotas } from './quotas.ts';

const nodeOf = (name: string, label: string, product: string, resource: string, count: string, more: Partial<Node> = {}): Node => ({
  metadata: { name, labels: { [label]: product } },
  status: { allocatable: { cpu: '96', [resource]: count }, conditions: [{ type: 'Ready', status: 'True' }] },
  ...more,
});
const nvidia = (name: string, product = 'NVIDIA-A100-SXM4-80GB', count = '8', more: Partial<Node> = {}): Node => nodeOf(name, 'nvidia.com/gpu.product', product, 'nvidia.com/gpu', count, more);
/** Asks for two accelerators of NVIDIA. */
const pod = (name: string, nodeName?: string, phase?: 'Succeeded' | 'Failed'): Pod => {
  const made = podOf(name, owner('ReplicaSet', 'rs'), nodeName === undefined ? {} : { nodeName });
  return phase === undefined ? made : { ...made, status: { ...made.status, phase } };
};
const take = (nodes: readonly Node[], pods: readonly Pod[] = [], accelerators: readonly string[] = ['A100'], ofVariants: readonly string[] = []): readonly AcceleratorPool[] => {
  const facts = pods.map(factsOf);
  return takeInventory({ nodes, pods: facts, accelerators, ofVariants: new Set(facts.filter(({ uid }) => ofVariants.includes(uid))), complete: true }) ?? [];
};
const inShort = (pools: readonly AcceleratorPool[]): [string, number][] => pools.map(({ accelerator, capacity }) => [accelerator, capacity]);

describe('the inventory', () => {
  it('counts by vendor, under short names', () => {
    const nodes = [
      nvidia('a'),
      nodeOf('b', 'amd.com/gpu.product-name', 'AMD-MI300X-192G', 'amd.com/gpu', '4'),
      nodeOf('c', 'habana.ai/product.name', 'Intel-Gaudi-2-96GB', 'habana.ai/gaudi', '8'),
      nodeOf('d', 'gpu.intel.com/product', 'Max_1100', 'gpu.intel.com/xe', '2'),
      nodeOf('e', 'cloud.google.com/gke-accelerator', 'nvidia-tesla-t4', 'nvidia.com/gpu', '1'),
      nodeOf('f', 'some/label', 'x', 'cpu', '4'),
    ];
    expect(inShort(take(nodes, [], []))).toEqual([['A100', 8], ['Gaudi-2', 8], ['MI300X', 4], ['Max-1100', 2], ['T4', 1]]);
  });

  it('says who holds what, and what is free where', () => {
    const pods = [pod('ours', 'a'), pod('theirs', 'a'), pod('theirs-2', 'b'), pod('waiting'), pod('done', 'b', 'Succeeded'), pod('died', 'b', 'Failed')];
    expect(take([nvidia('a'), nvidia('b', 'NVIDIA-A100-PCIE-40GB', '2')], pods, ['A100'], ['uid-ours'])).toEqual([
      {
        accelerator: 'A100',
        products: ['NVIDIA-A100-PCIE-40GB', 'NVIDIA-A100-SXM4-80GB'],
        nodes: 2,
        capacity: 10,
        usedByVariants: 2,
        usedByOthers: 4,
        freeOnNodes: [4],
        complete: true,
      },
    ]);
  });

  it.each<[string, Partial<Node>]>([
    ['is cordoned', { spec: { unschedulable: true } }],
    ['is not ready', { status: { allocatable: { 'nvidia.com/gpu': '8' }, conditions: [{ type: 'Ready', status: 'Unknown' }] } }],
    ['is about to be removed', { spec: { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }] } }],
  ])('leaves out a node that %s, and its pods with it', (_, more) => {
    expect(take([nvidia('a'), nvidia('b', undefined, '8', more)], [pod('on-it', 'b')])).toMatchObject([{ nodes: 1, capacity: 8, usedByOthers: 0, freeOnNodes: [8] }]);
  });

  it('takes the variants\' own names, and a product that two names describe stands in both', () => {
    const nodes = [nvidia('a'), nvidia('b', 'NVIDIA-A100-PCIE-40GB', '4'), nvidia('c', 'NVIDIA-H100-80GB-HBM3', '8')];
    expect(inShort(take(nodes, [], ['A100', 'A100-80GB']))).toEqual([['A100', 12], ['A100-80GB', 8], ['H100', 8]]);
    expect(inShort(take(nodes, [], ['B200']))).toEqual([['A100', 12], ['H100', 8]]);
  });

  it('keeps slices apart from whole accelerators', () => {
    const mixed: Node = { ...nvidia('a'), status: { allocatable: { 'nvidia.com/gpu': '4', 'nvidia.com/mig-1g.10gb': '14' } } };
    const slice = { ...pod('s', 'a'), spec: serving({ nodeName: 'a', containers: [{ name: 'x', resources: { requests: { 'nvidia.com/mig-1g.10gb': 3 } } }] }) };
    const pools = take([mixed, nvidia('b', 'NVIDIA-A100-SXM4-80GB-MIG-1g.10gb', '7')], [slice], ['A100']);
    expect(inShort(pools)).toEqual([['A100', 4], ['A100-MIG-1g.10gb', 21]]);
    expect(pools[1]).toMatchObject({ usedByOthers: 3, freeOnNodes: [11, 7] });
  });

  it('calls what no label names unknown', () => {
    expect(inShort(take([nodeOf('a', 'x', 'y', 'nvidia.com/gpu', '8')]))).toEqual([['unknown', 8]]);
  });

  it('is none where nodes cannot be read', () => {
    expect(takeInventory({ nodes: [], pods: [factsOf(pod('p', 'a'))], accelerators: ['A100'], ofVariants: new Set(), complete: true })).toBeUndefined();
  });

  it('does not depend on the order of nodes and pods', () => {
    const nodes = [nvidia('a'), nvidia('b', 'NVIDIA-A100-PCIE-40GB', '4'), nvidia('c', 'NVIDIA-H100-80GB-HBM3', '8')];
    const pods = [pod('1', 'a'), pod('2', 'b'), pod('3', 'c')];
    expect(take(nodes.toReversed(), pods.toReversed(), ['A100-80GB', 'A100'])).toEqual(take(nodes, pods, ['A100', 'A100-80GB']));
  });
});

describe('quotas', () => {
  const quota = (name: string, hard: Record<string, string>, used: Record<string, string>, spec: object = {}) => ({ metadata: { name, namespace: 'prod' }, spec: { hard, ...spec }, status: { hard, used } });

  it('are those on accelerators, as quantities', () => {
    expect(readQuotas([quota('b', { 'requests.nvidia.com/gpu': '1k', pods: '10' }, { 'requests.nvidia.com/gpu': '12' }), quota('a', { 'requests.amd.com/gpu': '4', 'requests.cpu': '1' }, {})])).toEqual([
      { namespace: 'prod', name: 'a', resource: 'amd.com/gpu', hard: 4, used: 0 },
      { namespace: 'prod', name: 'b', resource: 'nvidia.com/gpu', hard: 1000, used: 12 },
    ]);
  });

  it('are not those for other pods than servers', () => {
    const hard = { 'requests.nvidia.com/gpu': '4' };
    expect(readQuotas([quota('jobs', hard, {}, { scopes: ['Terminating'] }), quota('vip', hard, {}, { scopeSelector: {} }), quota('servers', hard, {}, { scopes: ['NotTerminating'] })]).map(({ name }) => name)).toEqual(['servers']);
  });
});
