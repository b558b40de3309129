export { noObjects, type ClusterObjects } from './cluster-objects.ts';
export { startClusterCaches, type ClusterCaches } from './cluster-caches.ts';
export { createObserver, type Observer } from './observer.ts';
