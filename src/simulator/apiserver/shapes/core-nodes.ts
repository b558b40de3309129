/** Nodes of core/v1. Written as {@link parseShapes} reads it. */
export const coreNodes = {
  prefix: 'io.k8s.api.core.v1',
  text: `
ConfigMapNodeConfigSource: kubeletConfigKey:5! string; name:2! string; namespace:1! string; resourceVersion:4 string; uid:3 string
ContainerImage: names:1 [atomic]string; sizeBytes:2 int64?
DaemonEndpoint: Port:1! int32
Node: metadata:1 ObjectMeta; spec:2 NodeSpec; status:3 NodeStatus
NodeAddress: address:2! string; type:1! string
NodeAllocatableResourceClaimStatus: containers:2 [set]string; resourceClaimName:1! string; resources:3! {quantity}
NodeCondition: lastHeartbeatTime:3 time; lastTransitionTime:4 time; message:6 string; reason:5 string; status:2! string;
   type:1! string
NodeConfigSource: configMap:2 ConfigMapNodeConfigSource
NodeConfigStatus: active:2 NodeConfigSource; assigned:1 NodeConfigSource; error:4 string; lastKnownGood:3 NodeConfigSource
NodeDaemonEndpoints: kubeletEndpoint:1 DaemonEndpoint
NodeFeatures: supplementalGroupsPolicy:1 bool
NodeRuntimeHandler: features:2 NodeRuntimeHandlerFeatures; name:1 string
NodeRuntimeHandlerFeatures: recursiveReadOnlyMounts:1 bool; userNamespaces:2 bool
NodeSpec: configSource:6 NodeConfigSource; externalID:2 string; podCIDR:1 string; podCIDRs:7 [set|merge]string;
   providerID:3 string; taints:5 [atomic]Taint; unschedulable:4 bool?
NodeStatus: addresses:5 [map type|merge type]NodeAddress; allocatable:2 {quantity}; capacity:1 {quantity};
   conditions:4 [map type|merge type]NodeCondition; config:11 NodeConfigStatus; daemonEndpoints:6 NodeDaemonEndpoints;
   declaredFeatures:14 [atomic]string; features:13 NodeFeatures; images:8 [atomic]ContainerImage; nodeInfo:7 NodeSystemInfo;
   phase:3 string(Pending|Running|Terminated); runtimeHandlers:12 [atomic]NodeRuntimeHandler;
   volumesAttached:10 [atomic]AttachedVolume; volumesInUse:9 [atomic]string
NodeSwapStatus: capacity:1 int64
NodeSystemInfo: architecture:10! string; bootID:3! string; containerRuntimeVersion:6! string; kernelVersion:4! string;
   kubeProxyVersion:8! string; kubeletVersion:7! string; machineID:1! string; operatingSystem:9! string; osImage:5! string;
   swap:11 NodeSwapStatus; systemUUID:2! string
Taint: effect:3! string(NoExecute|NoSchedule|PreferNoSchedule); key:1! string; timeAdded:4 time; value:2 string
`,
};
