/** Nodes of core/v1. Written as {@link parseShapes} reads it. */
export const coreNodes = {
  prefix: 'io.k8s.api.core.v1',
  text: `
ConfigMapNodeConfigSource: kubeletConfigKey! string; name! string; namespace! string; resourceVersion string; uid string
ContainerImage: names [atomic]string; sizeBytes int64
DaemonEndpoint: Port! int32
Node: metadata ObjectMeta; spec NodeSpec; status NodeStatus
NodeAddress: address! string; type! string
NodeAllocatableResourceClaimStatus: containers [set]string; resourceClaimName! string; resources! {quantity}
NodeCondition: lastHeartbeatTime time; lastTransitionTime time; message string; reason string; status! string; type! string
NodeConfigSource: configMap ConfigMapNodeConfigSource
NodeConfigStatus: active NodeConfigSource; assigned NodeConfigSource; error string; lastKnownGood NodeConfigSource
NodeDaemonEndpoints: kubeletEndpoint DaemonEndpoint
NodeFeatures: supplementalGroupsPolicy bool
NodeRuntimeHandler: features NodeRuntimeHandlerFeatures; name string
NodeRuntimeHandlerFeatures: recursiveReadOnlyMounts bool; userNamespaces bool
NodeSpec: configSource NodeConfigSource; externalID string; podCIDR string; podCIDRs [set|merge]string; providerID string;
   taints [atomic]Taint; unschedulable bool
NodeStatus: addresses [map type|merge type]NodeAddress; allocatable {quantity}; capacity {quantity};
   conditions [map type|merge type]NodeCondition; config NodeConfigStatus; daemonEndpoints NodeDaemonEndpoints;
   declaredFeatures [atomic]string; features NodeFeatures; images [atomic]ContainerImage; nodeInfo NodeSystemInfo;
   phase string(Pending|Running|Terminated); runtimeHandlers [atomic]NodeRuntimeHandler; volumesAttached [atomic]AttachedVolume;
   volumesInUse [atomic]string
NodeSwapStatus: capacity int64
NodeSystemInfo: architecture! string; bootID! string; containerRuntimeVersion! string; kernelVersion! string;
   kubeProxyVersion! string; kubeletVersion! string; machineID! string; operatingSystem! string; osImage! string;
   swap NodeSwapStatus; systemUUID! string
Taint: effect! string(NoExecute|NoSchedule|PreferNoSchedule); key! string; timeAdded time; value string
`,
};
