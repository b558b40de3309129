import type { ClusterObjects } from '../../src/observe/index.ts';
import { noObjects } from '../../src/observe/index.ts';
import type { HorizontalPodAutoscaler, Node, ObjectMeta, Pod, VariantAutoscaling, Workload } from '../../src/wire/index.ts';

/** How large a cluster is. */
export interface FleetSize {
  readonly models: number;
  readonly variantsPerModel: number;
  readonly replicasPerVariant: number;
}

/** One replica: what the metrics of its server need to know about it. */
export interface FleetPod {
  readonly namespace: string;
  readonly name: string;
  readonly address: string;
  readonly model: string;
  /** Of the model, 0 1 2...: models are loaded each in its own rhythm. */
  readonly modelIndex: number;
  /** How much more its accelerator does than the slowest. */
  readonly speed: number;
}

export interface Fleet {
  readonly objects: ClusterObjects;
  readonly pods: readonly FleetPod[];
}

const accelerators = [
  { name: 'L40S', product: 'NVIDIA-L40S', cost: '0.80', speed: 1 },
  { name: 'A100', product: 'NVIDIA-A100-SXM4-80GB', cost: '1.60', speed: 2 },
  { name: 'H100', product: 'NVIDIA-H100-80GB-HBM3', cost: '2.70', speed: 3.5 },
] as const;
const namespaces = 50;
/** Of the sixteen for which a node has accelerators: there is room to grow. */
const podsPerNode = 8;

/** Objects as the caches hold them: resources, Deployments with their ReplicaSets and pods, HPAs, nodes. */
export function createFleet(size: FleetSize, nowMs: number): Fleet {
  const createdAt = new Date(nowMs - 3_600_000).toISOString();
  const readyAt = new Date(nowMs - 3_500_000).toISOString();
  const objects = {
    variantAutoscalings: [] as VariantAutoscaling[], pods: [] as Pod[], deployments: [] as Workload[], replicaSets: [] as Workload[],
    nodes: [] as Node[], horizontalPodAutoscalers: [] as HorizontalPodAutoscaler[],
  };
  const pods: FleetPod[] = [];
  for (let model = 0; model < size.models; model++) {
    const namespace = `team-${model % namespaces}`;
    const modelID = `org/model-${model}`;
    for (let index = 0; index < size.variantsPerModel; index++) {
      const accelerator = accelerators[index % accelerators.length] as (typeof accelerators)[number];
      const name = `model-${model}-${accelerator.name.toLowerCase()}${index < accelerators.length ? '' : `-${index}`}`;
      const meta = (of: string, more: ObjectMeta = {}): ObjectMeta => ({ name: of, namespace, uid: `uid-${of}`, creationTimestamp: createdAt, generation: 1, resourceVersion: '1', ...more });
      const owner = (kind: string, of: string): ObjectMeta => ({ ownerReferences: [{ apiVersion: 'apps/v1', kind, name: of, uid: `uid-${of}`, controller: true }] });
      const spec = { containers: [{ name: 'vllm', image: 'vllm/vllm-openai:v0.11.0', args: ['--model', modelID, '--port', '8000', '--max-num-seqs', '256'], resources: { limits: { 'nvidia.com/gpu': '1' } } }] };
      objects.variantAutoscalings.push({
        apiVersion: 'llmd.ai/v1alpha1', kind: 'VariantAutoscaling', metadata: meta(name),
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, modelID, accelerator: accelerator.name, variantCost: accelerator.cost, minReplicas: 1,
          maxReplicas: 2 * size.replicasPerVariant, slo: { ttftMilliseconds: 2000, itlMilliseconds: 80 },
        },
      });
      objects.deployments.push({ metadata: meta(name), spec: { replicas: size.replicasPerVariant, template: { spec } }, status: { readyReplicas: size.replicasPerVariant } });
      objects.replicaSets.push({ metadata: meta(`${name}-6f`, owner('Deployment', name)) });
      objects.horizontalPodAutoscalers.push({
        metadata: meta(name), spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, minReplicas: 1, maxReplicas: 2 * size.replicasPerVariant },
      });
      for (let replica = 0; replica < size.replicasPerVariant; replica++) {
        const at = pods.length;
        const node = `node-${accelerator.name.toLowerCase()}-${Math.floor(at / podsPerNode)}`;
        if (objects.nodes.at(-1)?.metadata?.name !== node) objects.nodes.push({ metadata: { name: node, labels: { 'nvidia.com/gpu.product': accelerator.product } }, status: { allocatable: { 'nvidia.com/gpu': String(2 * podsPerNode) } } });
        const address = `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`;
        const pod = `${name}-6f-${replica}`;
        objects.pods.push({
          metadata: meta(pod, owner('ReplicaSet', `${name}-6f`)), spec: { ...spec, nodeName: node },
          status: {
            phase: 'Running', podIP: address,
            conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: createdAt }, { type: 'Ready', status: 'True', lastTransitionTime: readyAt }],
          },
        });
        pods.push({ namespace, name: pod, address, model: modelID, modelIndex: model, speed: accelerator.speed });
      }
    }
  }
  return { objects: { ...noObjects, ...objects }, pods };
}
