export * from './client.ts';
export { isKubernetesError, KubernetesError } from './kubernetes-error.ts';
export { apiVersionOf, resourcePath, resources, type PathParts, type ResourceKind } from './resource-kind.ts';
