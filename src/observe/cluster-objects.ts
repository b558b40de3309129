import type { KeptDecision } from '../model/index.ts';
import type {
  HorizontalPodAutoscaler,
  KubernetesObject,
  Node,
  Pod,
  ResourceQuota,
  Scale,
  VariantAutoscaling,
  Workload,
} from '../wire/index.ts';

/** Everything that the caches of the cluster hold when a look is taken. Read, never changed. */
export interface ClusterObjects {
  readonly variantAutoscalings: readonly VariantAutoscaling[];
  readonly pods: readonly Pod[];
  readonly deployments: readonly Workload[];
  readonly replicaSets: readonly Workload[];
  readonly statefulSets: readonly Workload[];
  readonly leaderWorkerSets: readonly Workload[];
  readonly nodes: readonly Node[];
  /** `undefined` where the controller may not read them. */
  readonly resourceQuotas?: readonly ResourceQuota[] | undefined;
  readonly horizontalPodAutoscalers: readonly HorizontalPodAutoscaler[];
  readonly scaledObjects: readonly ScaledObject[];
  /** Last decisions about annotated autoscalers, by the uid of the autoscaler. */
  readonly keptDecisions?: ReadonlyMap<string, KeptDecision>;
  /**
   * By `targetKey`: the scale subresource of targets that are none of the kinds above, and why it is not
   * known. A problem may also be given for a target of a kind above: it is told when the object is not in its cache.
   */
  readonly otherScales: ReadonlyMap<string, Scale | ScaleProblem>;
}

export interface ScaleProblem {
  readonly problem: 'NotFound' | 'KindUnknown' | 'Forbidden' | 'NotYetKnown';
  /** What the API server said, for the person on call. */
  readonly detail: string;
}

/** KEDA's keda.sh/v1alpha1 ScaledObject, as far as we read it. */
export interface ScaledObject extends KubernetesObject {
  spec?: {
    scaleTargetRef?: { apiVersion?: string; kind?: string; name?: string };
    minReplicaCount?: number;
    maxReplicaCount?: number;
  };
}

export const noObjects: ClusterObjects = {
  variantAutoscalings: [],
  pods: [],
  deployments: [],
  replicaSets: [],
  statefulSets: [],
  leaderWorkerSets: [],
  nodes: [],
  horizontalPodAutoscalers: [],
  scaledObjects: [],
  otherScales: new Map(),
};
