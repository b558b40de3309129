export { noObjects, type ClusterObjects, type ScaledObject, type ScaleProblem } from './cluster-objects.ts';
export { startClusterCaches, type ClusterCaches } from './cluster-caches.ts';
export type { ClusterSnapshot, SnapshotOptions, SnapshotPod, SnapshotVariant } from './cluster-snapshot.ts';
export { joinObservation } from './join.ts';
export { createObserver, type Observer } from './observer.ts';
export { takeSnapshot } from './snapshot.ts';
export { scalerAnnotations } from './annotated-scalers.ts';
