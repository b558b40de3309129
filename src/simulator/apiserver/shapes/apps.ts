/** Kinds of apps/v1. Written as {@link parseShapes} reads it. */
export const apps = {
  prefix: 'io.k8s.api.apps.v1',
  text: `
Deployment: metadata ObjectMeta; spec DeploymentSpec; status DeploymentStatus
DeploymentCondition: lastTransitionTime time; lastUpdateTime time; message string; reason string; status! string; type! string
DeploymentSpec: minReadySeconds int32; paused bool; progressDeadlineSeconds int32; replicas int32; revisionHistoryLimit int32;
   selector! LabelSelector; strategy DeploymentStrategy ~retainKeys; template! PodTemplateSpec
DeploymentStatus: availableReplicas int32; collisionCount int32; conditions [map type|merge type]DeploymentCondition;
   observedGeneration int64; readyReplicas int32; replicas int32; terminatingReplicas int32; unavailableReplicas int32;
   updatedReplicas int32
DeploymentStrategy: rollingUpdate RollingUpdateDeployment; type string(Recreate|RollingUpdate)
ReplicaSet: metadata ObjectMeta; spec ReplicaSetSpec; status ReplicaSetStatus
ReplicaSetCondition: lastTransitionTime time; message string; reason string; status! string; type! string
ReplicaSetSpec: minReadySeconds int32; replicas int32; selector! LabelSelector; template PodTemplateSpec
ReplicaSetStatus: availableReplicas int32; conditions [map type|merge type]ReplicaSetCondition; fullyLabeledReplicas int32;
   observedGeneration int64; readyReplicas int32; replicas! int32; terminatingReplicas int32
RollingUpdateDeployment: maxSurge intstr; maxUnavailable intstr
RollingUpdateStatefulSetStrategy: maxUnavailable intstr; partition int32
StatefulSet: metadata ObjectMeta; spec StatefulSetSpec; status StatefulSetStatus
StatefulSetCondition: lastTransitionTime time; message string; reason string; status! string; type! string
StatefulSetOrdinals: start int32
StatefulSetPersistentVolumeClaimRetentionPolicy: whenDeleted string; whenScaled string
StatefulSetSpec: minReadySeconds int32; ordinals StatefulSetOrdinals;
   persistentVolumeClaimRetentionPolicy StatefulSetPersistentVolumeClaimRetentionPolicy;
   podManagementPolicy string(OrderedReady|Parallel); replicas int32; revisionHistoryLimit int32; selector! LabelSelector;
   serviceName string; template! PodTemplateSpec; updateStrategy StatefulSetUpdateStrategy;
   volumeClaimTemplates [atomic]PersistentVolumeClaim
StatefulSetStatus: availableReplicas int32; collisionCount int32; conditions [map type|merge type]StatefulSetCondition;
   currentReplicas int32; currentRevision string; observedGeneration int64; readyReplicas int32; replicas! int32;
   updateRevision string; updatedReplicas int32
StatefulSetUpdateStrategy: rollingUpdate RollingUpdateStatefulSetStrategy; type string(OnDelete|RollingUpdate)
`,
};
