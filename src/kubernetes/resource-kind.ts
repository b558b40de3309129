/** A resource as the API server serves it. */
export interface ResourceKind {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

function namespaced(group: string, version: string, plural: string, kind: string): ResourceKind {
  return { group, version, plural, kind, namespaced: true };
}

function clusterWide(group: string, version: string, plural: string, kind: string): ResourceKind {
  return { group, version, plural, kind, namespaced: false };
}

/** The kinds that the product knows by name; all others are found by discovery. */
export const resources = {
  pods: namespaced('', 'v1', 'pods', 'Pod'),
  services: namespaced('', 'v1', 'services', 'Service'),
  configMaps: namespaced('', 'v1', 'configmaps', 'ConfigMap'),
  secrets: namespaced('', 'v1', 'secrets', 'Secret'),
  serviceAccounts: namespaced('', 'v1', 'serviceaccounts', 'ServiceAccount'),
  resourceQuotas: namespaced('', 'v1', 'resourcequotas', 'ResourceQuota'),
  nodes: clusterWide('', 'v1', 'nodes', 'Node'),
  namespaces: clusterWide('', 'v1', 'namespaces', 'Namespace'),
  deployments: namespaced('apps', 'v1', 'deployments', 'Deployment'),
  replicaSets: namespaced('apps', 'v1', 'replicasets', 'ReplicaSet'),
  statefulSets: namespaced('apps', 'v1', 'statefulsets', 'StatefulSet'),
  leaderWorkerSets: namespaced('leaderworkerset.x-k8s.io', 'v1', 'leaderworkersets', 'LeaderWorkerSet'),
  horizontalPodAutoscalers: namespaced('autoscaling', 'v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler'),
  scaledObjects: namespaced('keda.sh', 'v1alpha1', 'scaledobjects', 'ScaledObject'),
  variantAutoscalings: namespaced('llmd.ai', 'v1alpha1', 'variantautoscalings', 'VariantAutoscaling'),
  leases: namespaced('coordination.k8s.io', 'v1', 'leases', 'Lease'),
  events: namespaced('events.k8s.io', 'v1', 'events', 'Event'),
  apiServices: clusterWide('apiregistration.k8s.io', 'v1', 'apiservices', 'APIService'),
  customResourceDefinitions: clusterWide('apiextensions.k8s.io', 'v1', 'customresourcedefinitions', 'CustomResourceDefinition'),
  tokenReviews: clusterWide('authentication.k8s.io', 'v1', 'tokenreviews', 'TokenReview'),
  subjectAccessReviews: clusterWide('authorization.k8s.io', 'v1', 'subjectaccessreviews', 'SubjectAccessReview'),
} as const satisfies Record<string, ResourceKind>;

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf(resource: Pick<ResourceKind, 'group' | 'version'>): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** Where an API group and version are served: `/api/v1`, `/apis/apps/v1`. */
export function groupPath(resource: Pick<ResourceKind, 'group' | 'version'>): string {
  return resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
}

export interface PathParts {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

/** The path of a collection, an object or its subresource. Without a namespace: the collection over all namespaces. */
export function resourcePath(resource: ResourceKind, parts: PathParts = {}): string {
  let path = groupPath(resource);
  if (resource.namespaced && parts.namespace !== undefined) path += `/namespaces/${encodeURIComponent(parts.namespace)}`;
  path += `/${resource.plural}`;
  if (parts.name !== undefined) path += `/${encodeURIComponent(parts.name)}`;
  if (parts.subresource !== undefined) path += `/${parts.subresource}`;
  return path;
}
