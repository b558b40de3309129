export { noObjects, type ClusterObjects, type ScaledObject, type ScaleProblem } from './cluster-objects.ts';
export type { ClusterSnapshot, SnapshotOptions, SnapshotPod, SnapshotVariant } from './cluster-snapshot.ts';
export { joinObservation, podAddresses } from './join.ts';
export { takeSnapshot } from './snapshot.ts';
export { startClusterCaches, type ClusterCaches } from './cluster-caches.ts';
export { createObserver, type Observer } from './observer.ts';
