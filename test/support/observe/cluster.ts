import type { ClusterObjects } from '../../../src/observe/index.ts';
import { noObjects } from '../../../src/observe/index.ts';
import type { Node, ObjectMeta, OwnerReference, Pod, PodSpec, VariantAutoscaling, VariantAutoscalingSpec, Workload } from '../../../src/wire/index.ts';

/** Objects of a small cluster, written short. Everything lives in namespace `prod`. */
export const nowMs = Date.UTC(2026, 0, 5, 12);
export const createdAt = new Date(nowMs - 3_600_000).toISOString();

export function owner(kind: string, uid: string): OwnerReference {
  return { apiVersion: 'apps/v1', kind, name: uid, uid, controller: true };
}

export function meta(name: string, more: ObjectMeta = {}): ObjectMeta {
  return { name, namespace: 'prod', uid: `uid-${name}`, creationTimestamp: createdAt, generation: 1, ...more };
}

export function resource(name: string, spec: VariantAutoscalingSpec, more: Partial<VariantAutoscaling> & { meta?: ObjectMeta } = {}): VariantAutoscaling {
  const { meta: metadata, ...rest } = more;
  return { apiVersion: 'llmd.ai/v1alpha1', kind: 'VariantAutoscaling', metadata: meta(name, metadata), spec, ...rest };
}

export function workload(name: string, replicas: number | undefined, more: Partial<NonNullable<Workload['spec']>> = {}): Workload {
  return { metadata: meta(name), spec: { ...(replicas === undefined ? {} : { replicas }), template: { spec: serving() }, ...more }, status: { readyReplicas: replicas ?? 1 } };
}

export function serving(more: Partial<PodSpec> = {}): PodSpec {
  return {
    containers: [{ name: 'vllm', image: 'vllm/vllm-openai', args: ['--model', 'meta/llama', '--port', '8200'], resources: { limits: { 'nvidia.com/gpu': '2' } } }],
    ...more,
  };
}

export function podOf(name: string, by: OwnerReference | undefined, more: { nodeName?: string; ready?: boolean; labels?: Record<string, string>; meta?: ObjectMeta } = {}): Pod {
  return {
    metadata: meta(name, { ...(by ? { ownerReferences: [by] } : {}), labels: more.labels ?? {}, ...more.meta }),
    spec: serving(more.nodeName === undefined ? {} : { nodeName: more.nodeName }),
    status: { phase: more.nodeName === undefined ? 'Pending' : 'Running', podIP: '10.0.0.1', conditions: [{ type: 'Ready', status: more.ready === false ? 'False' : 'True', lastTransitionTime: createdAt }] },
  };
}

/** A Deployment with its ReplicaSet. */
export function deployment(name: string, replicas: number | undefined, more: Partial<NonNullable<Workload['spec']>> = {}): Pick<ClusterObjects, 'deployments' | 'replicaSets'> {
  return {
    deployments: [workload(name, replicas, more)],
    replicaSets: [{ metadata: meta(`${name}-rs`, { ownerReferences: [owner('Deployment', `uid-${name}`)] }) }],
  };
}

export function node(name: string, product: string, key = 'nvidia.com/gpu.product'): Node {
  return { metadata: { name, labels: { [key]: product } } };
}

export function cluster(objects: Partial<ClusterObjects>): ClusterObjects {
  return { ...noObjects, ...objects };
}
