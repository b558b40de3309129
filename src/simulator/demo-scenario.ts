import type { KubernetesObject } from '../wire/index.ts';
import type { Scenario } from './scenario.ts';
import type { ServingProfile } from './serving/profile.ts';
import type { WorkloadSpec } from './workload/index.ts';

const namespace = 'llm-d-inference-scheduling';

interface DemoVariant {
  readonly deployment: string;
  readonly variant: string;
  readonly profile: ServingProfile;
  readonly resource: string;
  readonly gpus: number;
  readonly productLabel: string;
  readonly product: string;
  readonly replicas: number;
  readonly maxReplicas: number;
}

const llama: ServingProfile = {
  modelID: 'meta-llama/Llama-3.1-8B-Instruct', accelerator: 'A100',
  baseMs: 12, perPrefillTokenMs: 0.05, perSequenceMs: 0.3, perResidentTokenMs: 0.0005, networkMs: 5,
  maxSequences: 32, tokenBudget: 2048, kvBlocks: 401, blockTokens: 16, maxModelTokens: 4096, costPerHour: 4,
};
const qwenOnA100: ServingProfile = {
  modelID: 'Qwen/Qwen3-32B', accelerator: 'A100',
  baseMs: 22, perPrefillTokenMs: 0.11, perSequenceMs: 0.4, perResidentTokenMs: 0.0008, networkMs: 5,
  maxSequences: 32, tokenBudget: 2048, kvBlocks: 401, blockTokens: 16, maxModelTokens: 4096, costPerHour: 8,
};
/** More memory and bandwidth, and dearer: worth it only while it is well used. */
const qwenOnMi300x: ServingProfile = {
  ...qwenOnA100, accelerator: 'MI300X', baseMs: 17, perPrefillTokenMs: 0.08, kvBlocks: 601, maxSequences: 48, costPerHour: 13,
};

const variants: readonly DemoVariant[] = [
  {
    deployment: 'ms-inference-scheduling-decode', variant: 'ms-inference-scheduling-a100', profile: llama,
    resource: 'nvidia.com/gpu', gpus: 1, productLabel: 'nvidia.com/gpu.product', product: 'NVIDIA-A100-PCIE-80GB',
    replicas: 1, maxReplicas: 8,
  },
  {
    deployment: 'qwen3-32b-a100', variant: 'qwen3-32b-a100', profile: qwenOnA100,
    resource: 'nvidia.com/gpu', gpus: 2, productLabel: 'nvidia.com/gpu.product', product: 'NVIDIA-A100-PCIE-80GB',
    // fewer than the peak needs, so that the dearer variant has to help
    replicas: 1, maxReplicas: 3,
  },
  {
    deployment: 'qwen3-32b-mi300x', variant: 'qwen3-32b-mi300x', profile: qwenOnMi300x,
    resource: 'amd.com/gpu', gpus: 1, productLabel: 'amd.com/gpu.product-name', product: 'AMD-MI300X-192G',
    replicas: 1, maxReplicas: 4,
  },
];

const llamaRouter = 'ms-inference-scheduling-epp';
const qwenRouter = 'qwen3-32b-epp';

/** Stages that begin again and again, of short questions and answers. */
function stages(...plan: readonly (readonly [seconds: number, from: number, to: number])[]): WorkloadSpec {
  return {
    kind: 'stages',
    stages: plan.map(([seconds, ratePerSecond, toPerSecond]) => ({ seconds, ratePerSecond, toPerSecond })),
    repeat: true,
    prompt: { shape: 'normal', mean: 300, standardDeviation: 60, lowest: 50, highest: 800 },
    output: { shape: 'normal', mean: 120, standardDeviation: 30, lowest: 10, highest: 300 },
    arrivals: 'poisson',
  };
}

/**
 * Two models under a load that rises and falls within 80 s: the first in one variant with the names of the metrics-labelling
 * example, the second in two variants of different price. Start-up takes seconds and not minutes, so that it can be watched.
 */
export const demoScenario: Scenario = {
  name: 'demo',
  durationMs: 80_000,
  objects: [
    object('v1', 'Namespace', { name: namespace }),
    ...[1, 2, 3].map((index) => gpuNode(`a100-${index}`, 'nvidia.com/gpu', 8, 'nvidia.com/gpu.product', 'NVIDIA-A100-PCIE-80GB', 'nvidia.com/gpu.memory', 81_920)),
    ...[1, 2].map((index) => gpuNode(`mi300x-${index}`, 'amd.com/gpu', 4, 'amd.com/gpu.product-name', 'AMD-MI300X-192G', 'amd.com/gpu.memory', 196_608)),
    gpuNode('gaudi-1', 'habana.ai/gaudi', 8, 'habana.ai/product.name', 'Intel-Gaudi-2-96GB', 'habana.ai/device.memory', 98_304),
    ...variants.flatMap((variant) => [deployment(variant), variantAutoscaling(variant), horizontalPodAutoscaler(variant)]),
    ...[llamaRouter, qwenRouter].map((name) => endpointPicker(name)),
  ],
  profiles: [llama, qwenOnA100, qwenOnMi300x],
  traffic: [
    { modelID: llama.modelID, namespace, router: { deployment: llamaRouter }, sources: [stages([10, 3, 3], [15, 3, 20], [20, 20, 20], [10, 20, 3], [25, 3, 3])] },
    { modelID: qwenOnA100.modelID, namespace, router: { deployment: qwenRouter }, sources: [stages([20, 2, 2], [15, 2, 12], [15, 12, 12], [10, 12, 2], [20, 2, 2])] },
  ],
  startup: { meanMs: 5000, standardDeviationMs: 700, lowestMs: 3000 },
  hpaSyncMs: 2000,
  // the first pods take at most about 7 s
  warmUpMs: 7000,
  faults: [],
};

function object(apiVersion: string, kind: string, metadata: object, rest: object = {}): KubernetesObject {
  return { apiVersion, kind, metadata, ...rest };
}

/** A node as its vendor's device plugin and feature discovery leave it. */
function gpuNode(name: string, resource: string, gpus: number, productLabel: string, product: string, memoryLabel: string, memoryMiB: number): KubernetesObject {
  const amounts = { cpu: '96', memory: '1Ti', pods: '110', [resource]: String(gpus) };
  return object(
    'v1',
    'Node',
    { name, labels: { 'kubernetes.io/hostname': name, [productLabel]: product, [memoryLabel]: String(memoryMiB) } },
    {
      spec: {},
      status: {
        capacity: amounts,
        allocatable: amounts,
        conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }],
      },
    },
  );
}

function deployment(variant: DemoVariant): KubernetesObject {
  const labels = { app: variant.deployment, 'llm-d.ai/role': 'decode' };
  const gpus = String(variant.gpus);
  return object('apps/v1', 'Deployment', { name: variant.deployment, namespace, labels }, {
    spec: {
      replicas: variant.replicas,
      selector: { matchLabels: { app: variant.deployment } },
      template: {
        metadata: { labels },
        spec: {
          nodeSelector: { [variant.productLabel]: variant.product },
          terminationGracePeriodSeconds: 30,
          containers: [
            {
              name: 'vllm',
              image: 'vllm/vllm-openai:v0.32.0',
              args: ['--model', variant.profile.modelID, '--port', '8000', '--tensor-parallel-size', gpus],
              ports: [{ name: 'http', containerPort: 8000, protocol: 'TCP' }],
              resources: { limits: { [variant.resource]: gpus }, requests: { [variant.resource]: gpus } },
              readinessProbe: { httpGet: { path: '/health', port: 8000 } },
            },
          ],
        },
      },
    },
  });
}

/** The router of one model, on any node: it needs no accelerator. */
function endpointPicker(name: string): KubernetesObject {
  const labels = { app: name };
  return object('apps/v1', 'Deployment', { name, namespace, labels }, {
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: 'epp',
              image: 'llm-d/llm-d-router:simulated',
              args: ['--pool-name', name.replace(/-epp$/, ''), '--metrics-port', '9090', '--metrics-endpoint-auth=false'],
              ports: [{ name: 'metrics', containerPort: 9090, protocol: 'TCP' }],
            },
          ],
        },
      },
    },
  });
}

function variantAutoscaling(variant: DemoVariant): KubernetesObject {
  return object('llmd.ai/v1alpha1', 'VariantAutoscaling', { name: variant.variant, namespace }, {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: variant.deployment },
      modelID: variant.profile.modelID,
      accelerator: variant.profile.accelerator,
      acceleratorCount: variant.gpus,
      variantCost: variant.profile.costPerHour.toFixed(1),
      minReplicas: 1,
      maxReplicas: variant.maxReplicas,
    },
  });
}

function horizontalPodAutoscaler(variant: DemoVariant): KubernetesObject {
  return object('autoscaling/v2', 'HorizontalPodAutoscaler', { name: variant.deployment, namespace }, {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: variant.deployment },
      minReplicas: 1,
      maxReplicas: variant.maxReplicas,
      behavior: {
        scaleUp: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 10, periodSeconds: 15 }] },
        scaleDown: { stabilizationWindowSeconds: 4, policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }] },
      },
      metrics: [
        {
          type: 'External',
          external: {
            metric: {
              name: 'wva_desired_replicas',
              selector: { matchLabels: { target_name: variant.deployment, target_kind: 'Deployment' } },
            },
            target: { type: 'AverageValue', averageValue: '1' },
          },
        },
      ],
    },
  });
}
