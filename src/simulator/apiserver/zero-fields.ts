import type { Fields } from './api-object.ts';

/**
 * Fields that Go writes even when nobody set them, because they are no pointers: times as null, structs as empty
 * objects. By the Go name of the type.
 */
export const zeroFields: Readonly<Record<string, Fields>> = {
  DeploymentCondition: { lastTransitionTime: null, lastUpdateTime: null },
  ReplicaSetCondition: { lastTransitionTime: null },
  StatefulSetCondition: { lastTransitionTime: null },
  HorizontalPodAutoscalerCondition: { lastTransitionTime: null },
  PodCondition: { lastProbeTime: null, lastTransitionTime: null },
  NodeCondition: { lastHeartbeatTime: null, lastTransitionTime: null },
  APIServiceCondition: { lastTransitionTime: null },
  CustomResourceDefinitionCondition: { lastTransitionTime: null },
  NodeStatus: { daemonEndpoints: { kubeletEndpoint: { Port: 0 } } },
  ContainerStatus: { lastState: {}, state: {} },
  ContainerStateRunning: { startedAt: null },
  ContainerStateTerminated: { startedAt: null, finishedAt: null },
  // of both versions of events; only what the version has is taken
  Event: {
    firstTimestamp: null,
    lastTimestamp: null,
    source: {},
    deprecatedFirstTimestamp: null,
    deprecatedLastTimestamp: null,
    deprecatedSource: {},
  },
};
