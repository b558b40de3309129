export { noObjects, type ClusterObjects } from './cluster-objects.ts';
export { startClusterCaches, type ClusterCaches } from './cluster-caches.ts';
export type { ClusterSnapshot, SnapshotPod, SnapshotVariant } from './cluster-snapshot.ts';
export { joinObservation } from './join.ts';
export { createObserver, type Observer } from './observer.ts';
