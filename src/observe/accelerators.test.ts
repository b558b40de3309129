import { describe, expect, it } from 'vitest';
import { acceleratorsOf, affineAccelerator, describes, normalizeAccelerator, selectedAccelerator } from './accelerators.ts';

describe('products, as node labels name them', () => {
  it.each([
    ['NVIDIA-A100-PCIE-80GB', 'A100'],
    ['NVIDIA-A100-SXM4-40GB', 'A100'],
    ['NVIDIA-H100-80GB-HBM3', 'H100'],
    ['NVIDIA-H200', 'H200'],
    ['NVIDIA-L40S', 'L40S'],
    ['NVIDIA-GH200-480GB', 'GH200'],
    ['Tesla-V100-SXM2-16GB', 'V100'],
    ['NVIDIA-GeForce-RTX-4090', 'RTX-4090'],
    ['NVIDIA-A100-SXM4-40GB-MIG-1g.5gb', 'A100-MIG-1g.5gb'],
    ['nvidia-tesla-t4', 'T4'],
    ['nvidia-h100-mega-80gb', 'H100'],
    ['AMD-MI300X-192G', 'MI300X'],
    ['AMD_Instinct_MI300X_OAM', 'MI300X'],
    ['Intel-Gaudi-2-96GB', 'Gaudi-2'],
    ['Gaudi3', 'Gaudi-3'],
    ['Max_1100', 'Max-1100'],
    ['Pro-B60-Graphics', 'B60'],
    ['  something ', 'Something'],
  ])('%s is %s', (product, name) => {
    expect(normalizeAccelerator(product)).toBe(name);
    expect(normalizeAccelerator(name)).toBe(name);
  });

  it.each<[string, string, boolean]>([
    ['A100', 'NVIDIA-A100-PCIE-80GB', true],
    ['a100-80gb', 'NVIDIA-A100-SXM4-80GB', true],
    ['A100-40GB', 'NVIDIA-A100-SXM4-80GB', false],
    ['NVIDIA-A100-PCIE-80GB', 'NVIDIA-A100-PCIE-80GB', true],
    ['A100', 'NVIDIA-H100-80GB-HBM3', false],
    ['MI300X', 'AMD-MI300X-192G', true],
    ['Gaudi2', 'Intel-Gaudi-2-96GB', true],
    ['A10', 'NVIDIA-A100-PCIE-80GB', false],
    ['unknown', '', false],
  ])('%s describes %s: %s', (accelerator, product, expected) => {
    expect(describes(accelerator, product) > 0).toBe(expected);
  });

  it('are better described by more words', () => {
    expect(describes('A100-80GB', 'NVIDIA-A100-SXM4-80GB')).toBeGreaterThan(describes('A100', 'NVIDIA-A100-SXM4-80GB'));
  });
});

describe('what pods ask for', () => {
  it('by node selector, by required and by preferred affinity', () => {
    const term = (value: string) => ({ matchExpressions: [{ key: 'nvidia.com/gpu.product', operator: 'In', values: [value] }] });
    expect(selectedAccelerator({ containers: [], nodeSelector: { 'cloud.google.com/gke-accelerator': 'nvidia-l4' } })).toBe('L4');
    const preferred = [{ weight: 1, preference: term('NVIDIA-H200') }, { weight: 90, preference: term('NVIDIA-L40S') }];
    expect(affineAccelerator({ containers: [], affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } } })).toBe('L40S');
    const required = { nodeSelectorTerms: [term('NVIDIA-A100-PCIE-80GB')] };
    expect(
      affineAccelerator({
        containers: [],
        affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required, preferredDuringSchedulingIgnoredDuringExecution: preferred } },
      }),
    ).toBe('A100');
  });

  it.each<[string, number, number[], number[]]>([
    ['init 2, containers 1 and 1', 2, [2], [1, 1]],
    ['init 3, containers 1 and 1', 3, [3], [1, 1]],
    ['none', 0, [], []],
  ])('%s: %i', (_, expected, init, containers) => {
    const asking = (count: number) => ({ name: 'c', resources: { limits: { 'nvidia.com/gpu': count, memory: '64Gi' } } });
    expect(acceleratorsOf({ containers: containers.map(asking), initContainers: init.map(asking) })).toBe(expected);
  });
});
