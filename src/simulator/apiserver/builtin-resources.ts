import { builtinSchema } from './builtin-schemas.ts';
import type { ResourceDefinition, SubresourceDefinition } from './definition.ts';
import { allVerbs, apiVersionOf } from './definition.ts';

interface Row {
  group?: string;
  version?: string;
  plural: string;
  kind: string;
  cluster?: true;
  short?: string[];
  categories?: string[];
  verbs?: string[];
  sub?: ('status' | 'scale' | 'eviction' | 'binding' | 'token' | 'finalize')[];
  shelf?: string;
  storedAs?: string;
}

const all = ['all'];
const rows: Row[] = [
  { plural: 'configmaps', kind: 'ConfigMap', short: ['cm'] },
  { plural: 'endpoints', kind: 'Endpoints', short: ['ep'] },
  { plural: 'events', kind: 'Event', short: ['ev'] },
  { plural: 'namespaces', kind: 'Namespace', cluster: true, short: ['ns'], verbs: allVerbs.filter((verb) => verb !== 'deletecollection'), sub: ['finalize', 'status'] },
  { plural: 'nodes', kind: 'Node', cluster: true, short: ['no'], sub: ['status'] },
  { plural: 'pods', kind: 'Pod', short: ['po'], categories: all, sub: ['binding', 'eviction', 'status'] },
  { plural: 'resourcequotas', kind: 'ResourceQuota', short: ['quota'], sub: ['status'] },
  { plural: 'secrets', kind: 'Secret' },
  { plural: 'serviceaccounts', kind: 'ServiceAccount', short: ['sa'] },
  { plural: 'services', kind: 'Service', short: ['svc'], categories: all, sub: ['status'] },
  { group: 'apps', plural: 'deployments', kind: 'Deployment', short: ['deploy'], categories: all, sub: ['scale', 'status'] },
  { group: 'apps', plural: 'replicasets', kind: 'ReplicaSet', short: ['rs'], categories: all, sub: ['scale', 'status'] },
  { group: 'apps', plural: 'statefulsets', kind: 'StatefulSet', short: ['sts'], categories: all, sub: ['scale', 'status'] },
  ...['v2', 'v1'].map((version) => ({
    group: 'autoscaling',
    version,
    plural: 'horizontalpodautoscalers',
    kind: 'HorizontalPodAutoscaler',
    short: ['hpa'],
    categories: all,
    sub: ['status' as const],
    storedAs: 'autoscaling/v2',
  })),
  { group: 'coordination.k8s.io', plural: 'leases', kind: 'Lease' },
  { group: 'events.k8s.io', plural: 'events', kind: 'Event', short: ['ev'], shelf: '/events', storedAs: 'v1' },
  { group: 'apiextensions.k8s.io', plural: 'customresourcedefinitions', kind: 'CustomResourceDefinition', cluster: true, short: ['crd', 'crds'], categories: ['api-extensions'], sub: ['status'] },
  { group: 'apiregistration.k8s.io', plural: 'apiservices', kind: 'APIService', cluster: true, categories: ['api-extensions'], sub: ['status'] },
  { group: 'rbac.authorization.k8s.io', plural: 'clusterrolebindings', kind: 'ClusterRoleBinding', cluster: true },
  { group: 'rbac.authorization.k8s.io', plural: 'clusterroles', kind: 'ClusterRole', cluster: true },
  { group: 'rbac.authorization.k8s.io', plural: 'rolebindings', kind: 'RoleBinding' },
  { group: 'rbac.authorization.k8s.io', plural: 'roles', kind: 'Role' },
  { group: 'authentication.k8s.io', plural: 'tokenreviews', kind: 'TokenReview', cluster: true, verbs: ['create'] },
  { group: 'authorization.k8s.io', plural: 'localsubjectaccessreviews', kind: 'LocalSubjectAccessReview', verbs: ['create'] },
  { group: 'authorization.k8s.io', plural: 'selfsubjectaccessreviews', kind: 'SelfSubjectAccessReview', cluster: true, verbs: ['create'] },
  { group: 'authorization.k8s.io', plural: 'subjectaccessreviews', kind: 'SubjectAccessReview', cluster: true, verbs: ['create'] },
];

function subresource(name: string, kind: string): SubresourceDefinition {
  const readWrite = ['get', 'patch', 'update'];
  switch (name) {
    case 'scale':
      return { name, kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: readWrite };
    case 'eviction':
      return { name, kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] };
    case 'binding':
      return { name, kind: 'Binding', verbs: ['create'] };
    case 'finalize':
      return { name, kind, verbs: ['update'] };
    default:
      return { name, kind, verbs: readWrite };
  }
}

export const builtinResources: readonly ResourceDefinition[] = rows.map((row) => {
  const group = row.group ?? '';
  const version = row.version ?? 'v1';
  return {
    group,
    version,
    plural: row.plural,
    singular: row.kind.toLowerCase(),
    kind: row.kind,
    listKind: `${row.kind}List`,
    namespaced: row.cluster !== true,
    shortNames: row.short ?? [],
    categories: row.categories ?? [],
    verbs: row.verbs ?? allVerbs,
    subresources: (row.sub ?? []).map((name) => subresource(name, row.kind)),
    shelf: row.shelf ?? `${group}/${row.plural}`,
    storedAs: row.storedAs ?? apiVersionOf({ group, version }),
    schema: builtinSchema(apiVersionOf({ group, version }), row.kind),
  };
});

/** Groups in the order in which the genuine server offers them, with their versions, preferred first. */
export const builtinGroups: readonly { group: string; versions: readonly string[] }[] = [
  { group: 'apiregistration.k8s.io', versions: ['v1'] },
  { group: 'apps', versions: ['v1'] },
  { group: 'events.k8s.io', versions: ['v1'] },
  { group: 'authentication.k8s.io', versions: ['v1'] },
  { group: 'authorization.k8s.io', versions: ['v1'] },
  { group: 'autoscaling', versions: ['v2', 'v1'] },
  { group: 'rbac.authorization.k8s.io', versions: ['v1'] },
  { group: 'apiextensions.k8s.io', versions: ['v1'] },
  { group: 'coordination.k8s.io', versions: ['v1'] },
];
