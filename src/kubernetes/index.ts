export { startCache, type CacheOptions, type ObjectCache } from './cache.ts';
export * from './client.ts';
export { connectCluster, type ClusterConnection, type ConnectOptions } from './connect-cluster.ts';
export { isKubernetesError, KubernetesError } from './kubernetes-error.ts';
export type { CacheChange } from './object-store.ts';
export { apiVersionOf, resourcePath, resources, type PathParts, type ResourceKind } from './resource-kind.ts';
