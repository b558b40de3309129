/** Kinds of apps/v1. Written as {@link parseShapes} reads it. */
export const apps = {
  prefix: 'io.k8s.api.apps.v1',
  text: `
Deployment: metadata:1 ObjectMeta; spec:2 DeploymentSpec; status:3 DeploymentStatus
DeploymentCondition: lastTransitionTime:7 time; lastUpdateTime:6 time; message:5 string; reason:4 string; status:2! string;
   type:1! string
DeploymentSpec: minReadySeconds:5 int32?; paused:7 bool?; progressDeadlineSeconds:9 int32; replicas:1 int32;
   revisionHistoryLimit:6 int32; selector:2! LabelSelector; strategy:4 DeploymentStrategy ~retainKeys; template:3! PodTemplateSpec
DeploymentStatus: availableReplicas:4 int32?; collisionCount:8 int32; conditions:6 [map type|merge type]DeploymentCondition;
   observedGeneration:1 int64?; readyReplicas:7 int32?; replicas:2 int32?; terminatingReplicas:9 int32;
   unavailableReplicas:5 int32?; updatedReplicas:3 int32?
DeploymentStrategy: rollingUpdate:2 RollingUpdateDeployment; type:1 string(Recreate|RollingUpdate)
ReplicaSet: metadata:1 ObjectMeta; spec:2 ReplicaSetSpec; status:3 ReplicaSetStatus
ReplicaSetCondition: lastTransitionTime:3 time; message:5 string; reason:4 string; status:2! string; type:1! string
ReplicaSetSpec: minReadySeconds:4 int32?; replicas:1 int32; selector:2! LabelSelector; template:3 PodTemplateSpec
ReplicaSetStatus: availableReplicas:5 int32?; conditions:6 [map type|merge type]ReplicaSetCondition;
   fullyLabeledReplicas:2 int32?; observedGeneration:3 int64?; readyReplicas:4 int32?; replicas:1! int32;
   terminatingReplicas:7 int32
RollingUpdateDeployment: maxSurge:2 intstr; maxUnavailable:1 intstr
RollingUpdateStatefulSetStrategy: maxUnavailable:2 intstr; partition:1 int32
StatefulSet: metadata:1 ObjectMeta; spec:2 StatefulSetSpec; status:3 StatefulSetStatus
StatefulSetCondition: lastTransitionTime:3 time; message:5 string; reason:4 string; status:2! string; type:1! string
StatefulSetOrdinals: start:1 int32
StatefulSetPersistentVolumeClaimRetentionPolicy: whenDeleted:1 string; whenScaled:2 string
StatefulSetSpec: minReadySeconds:9 int32?; ordinals:11 StatefulSetOrdinals;
   persistentVolumeClaimRetentionPolicy:10 StatefulSetPersistentVolumeClaimRetentionPolicy;
   podManagementPolicy:6 string(OrderedReady|Parallel); replicas:1 int32; revisionHistoryLimit:8 int32; selector:2! LabelSelector;
   serviceName:5 string; template:3! PodTemplateSpec; updateStrategy:7 StatefulSetUpdateStrategy;
   volumeClaimTemplates:4 [atomic]PersistentVolumeClaim
StatefulSetStatus: availableReplicas:11 int32; collisionCount:9 int32; conditions:10 [map type|merge type]StatefulSetCondition;
   currentReplicas:4 int32?; currentRevision:6 string; observedGeneration:1 int64?; readyReplicas:3 int32?; replicas:2! int32;
   updateRevision:7 string; updatedReplicas:5 int32?
StatefulSetUpdateStrategy: rollingUpdate:2 RollingUpdateStatefulSetStrategy; type:1 string(OnDelete|RollingUpdate)
`,
};
