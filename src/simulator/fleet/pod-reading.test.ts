import { describe, expect, it } from 'vitest';
import { nodeHasAccelerator, servedModel, targetOf } from './pod-reading.ts';

describe('what a pod serves', () => {
  it.each([
    [['--model', 'a/b'], 'a/b'],
    [['--model=a/b', '--served-model-name', 'short'], 'short'],
    [['vllm serve a/b --port 8000'], 'a/b'],
    [['serve', 'a/b'], 'a/b'],
    [['sleep', '1'], undefined],
  ])('by %j is %s', (args, expected) => {
    expect(servedModel({ spec: { containers: [{ name: 'c', args }] } })).toBe(expected);
  });
});

describe('whose pod it is', () => {
  it('is the Deployment behind the ReplicaSet', () => {
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'decode-abc', uid: '1', controller: true };
    expect(targetOf({ metadata: { name: 'decode-abc-x', namespace: 'n', labels: { 'pod-template-hash': 'abc' }, ownerReferences: [owner] } })).toBe('n/Deployment/decode');
    expect(targetOf({ metadata: { name: 'db-0', namespace: 'n', ownerReferences: [{ ...owner, kind: 'StatefulSet', name: 'db' }] } })).toBe('n/StatefulSet/db');
    expect(targetOf({ metadata: { name: 'alone', namespace: 'n' } })).toBe('n/Pod/alone');
  });
});

describe('an accelerator', () => {
  it.each([
    ['nvidia.com/gpu.product', 'NVIDIA-A100-PCIE-80GB', 'A100', true],
    ['amd.com/gpu.product-name', 'AMD-MI300X-192G', 'mi300x', true],
    ['habana.ai/product.name', 'Intel-Gaudi-2-96GB', 'Gaudi', true],
    ['nvidia.com/gpu.product', 'NVIDIA-A100-PCIE-80GB', 'A10', false],
  ])('%s=%s has %s: %s', (label, product, accelerator, expected) => {
    expect(nodeHasAccelerator({ metadata: { labels: { [label]: product } } }, accelerator)).toBe(expected);
  });
});
