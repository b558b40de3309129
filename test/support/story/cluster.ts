import { demoScenario, type Scenario } from '../../../src/simulator/index.ts';
import type { KubernetesObject } from '../../../src/wire/index.ts';

export const namespace = 'llm-d-inference-scheduling';
export const decode = 'ms-inference-scheduling-decode';
export const model = 'meta-llama/Llama-3.1-8B-Instruct';

type Labels = Readonly<Record<string, string>>;

function object(apiVersion: string, kind: string, name: string, rest: object, labels?: Labels): KubernetesObject {
  return { apiVersion, kind, metadata: { name, namespace, ...(labels && { labels }) }, ...rest };
}

/** A node whose eight (or fewer) accelerators are all asked for by one name, so that pods of one template can land on any kind. */
export function node(name: string, product: string, gpus = 8): KubernetesObject {
  const amounts = { cpu: '96', memory: '1Ti', pods: '110', 'nvidia.com/gpu': String(gpus) };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'nvidia.com/gpu.product': product } },
    spec: {},
    status: { capacity: amounts, allocatable: amounts, conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }] },
  } as KubernetesObject;
}

export function workload(kind: 'Deployment' | 'StatefulSet', name: string, replicas: number): KubernetesObject {
  const one = { 'nvidia.com/gpu': '1' };
  const container = {
    name: 'vllm',
    image: 'vllm/vllm-openai:v0.32.0',
    args: ['--model', model, '--port', '8000'],
    ports: [{ name: 'http', containerPort: 8000, protocol: 'TCP' }],
    resources: { limits: one, requests: one },
    readinessProbe: { httpGet: { path: '/health', port: 8000 } },
  };
  return object('apps/v1', kind, name, {
    spec: {
      replicas,
      ...(kind === 'StatefulSet' && { serviceName: name, podManagementPolicy: 'Parallel' }),
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [container] } },
    },
  });
}

/** The endpoint picker before the model; with it the traffic names it as its router. */
export function router(name: string): KubernetesObject {
  const container = { name: 'epp', image: 'images.example/epp:v1', args: ['--pool-name', 'llama'], ports: [{ name: 'metrics', containerPort: 9090, protocol: 'TCP' }] };
  return object('apps/v1', 'Deployment', name, {
    spec: { replicas: 1, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { containers: [container] } } },
  });
}

export function variant(name: string, spec: object = {}, target: { kind?: string; name?: string; apiVersion?: string } = {}): KubernetesObject {
  return object('llmd.ai/v1alpha1', 'VariantAutoscaling', name, {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: decode, ...target },
      modelID: model,
      accelerator: 'A100',
      acceleratorCount: 1,
      variantCost: '4.0',
      minReplicas: 1,
      maxReplicas: 8,
      ...spec,
    },
  });
}

export function autoscaler(name = decode, kind = 'Deployment', maxReplicas = 10): KubernetesObject {
  const metric = { name: 'wva_desired_replicas', selector: { matchLabels: { target_name: name, target_kind: kind } } };
  return object('autoscaling/v2', 'HorizontalPodAutoscaler', name, {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind, name },
      minReplicas: 1,
      maxReplicas,
      behavior: {
        scaleUp: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 10, periodSeconds: 15 }] },
        scaleDown: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 10, periodSeconds: 15 }] },
      },
      metrics: [{ type: 'External', external: { metric, target: { type: 'AverageValue', averageValue: '1' } } }],
    },
  });
}

/**
 * A policy for stories about what carries a decision and not about the decision itself: the analyzer `percent` follows the KV cache within a look or two, and with a window of
 * seconds it is up and down again within a minute. The default one keeps a reserve for what a load that it hardly knows may do, and for half an hour what a load needed that only drifted down.
 */
export function thresholds(scaleDownStabilization = '8s'): Readonly<Record<string, string>> {
  return { 'policy.yaml': `global: {analyzer: percent, scaleDownStabilization: ${scaleDownStabilization}, scaleDownMaxFraction: 0.5}\n` };
}

/** Requests per second over time: each stage is its length in seconds, and the rate at its start and end. */
export function load(...stages: readonly (readonly [seconds: number, from: number, to: number])[]): Scenario['traffic'] {
  const [first] = demoScenario.traffic;
  if (!first) return [];
  const [source] = first.sources;
  if (source?.kind !== 'stages') return [];
  return [{ modelID: model, namespace, sources: [{ ...source, repeat: false, stages: stages.map(([seconds, ratePerSecond, toPerSecond]) => ({ seconds, ratePerSecond, toPerSecond })) }] }];
}

/** Two A100 nodes and one MI300X node, and servers that are ready five seconds after they were scheduled. */
export function scenarioOf(objects: readonly KubernetesObject[], more: Partial<Scenario> = {}): Scenario {
  const [llama] = demoScenario.profiles;
  return {
    ...demoScenario,
    name: 'story',
    warmUpMs: 0,
    durationMs: 600_000,
    profiles: llama ? [llama, { ...llama, accelerator: 'MI300X' }, { ...llama, accelerator: 'H100' }] : [],
    objects: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      ...(more.objects ?? [node('a100-1', 'NVIDIA-A100-PCIE-80GB'), node('a100-2', 'NVIDIA-A100-PCIE-80GB')]),
      ...objects,
    ],
    traffic: more.traffic ?? load([600, 1, 1]),
    startup: { meanMs: 5000, standardDeviationMs: 0, lowestMs: 5000 },
    hpaSyncMs: 2000,
    faults: more.faults ?? [],
  };
}
