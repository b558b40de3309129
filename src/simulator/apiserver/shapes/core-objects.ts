/** Services, namespaces, configuration, quotas and events of core/v1. Written as {@link parseShapes} reads it. */
export const coreObjects = {
  prefix: 'io.k8s.api.core.v1',
  text: `
Binding: metadata:1 ObjectMeta; target:2! ObjectReference
ClientIPConfig: timeoutSeconds:1 int32
ConfigMap: binaryData:3 {bytes}; data:2 {string}; immutable:4 bool; metadata:1 ObjectMeta
EndpointAddress @atomic: hostname:3 string; ip:1! string; nodeName:4 string; targetRef:2 ObjectReference
EndpointPort @atomic: appProtocol:4 string; name:1 string; port:2! int32; protocol:3 string(SCTP|TCP|UDP)
EndpointSubset: addresses:1 [atomic]EndpointAddress; notReadyAddresses:2 [atomic]EndpointAddress; ports:3 [atomic]EndpointPort
Endpoints: metadata:1 ObjectMeta; subsets:2 [atomic]EndpointSubset
Event: action:12 string; count:8 int32?; eventTime:10 microtime; firstTimestamp:6 time; involvedObject:2! ObjectReference;
   lastTimestamp:7 time; message:4 string; metadata:1! ObjectMeta; reason:3 string; related:13 ObjectReference;
   reportingComponent:14 string; reportingInstance:15 string; series:11 EventSeries; source:5 EventSource; type:9 string
EventSeries: count:1 int32?; lastObservedTime:2 microtime
EventSource: component:1 string; host:2 string
LoadBalancerIngress: hostname:2 string; ip:1 string; ipMode:3 string; ports:4 [atomic]PortStatus
LoadBalancerStatus: ingress:1 [atomic]LoadBalancerIngress
LocalObjectReference @atomic: name:1 string
Namespace: metadata:1 ObjectMeta; spec:2 NamespaceSpec; status:3 NamespaceStatus
NamespaceCondition: lastTransitionTime:4 time; message:6 string; reason:5 string; status:2! string; type:1! string
NamespaceSpec: finalizers:1 [atomic]string
NamespaceStatus: conditions:2 [map type|merge type]NamespaceCondition; phase:1 string(Active|Terminating)
ObjectReference @atomic: apiVersion:5 string; fieldPath:7 string; kind:1 string; name:3 string; namespace:2 string;
   resourceVersion:6 string; uid:4 string
PortStatus: error:3 string; port:1! int32; protocol:2! string(SCTP|TCP|UDP)
ResourceQuota: metadata:1 ObjectMeta; spec:2 ResourceQuotaSpec; status:3 ResourceQuotaStatus
ResourceQuotaSpec: hard:1 {quantity}; scopeSelector:3 ScopeSelector; scopes:2 [atomic]string(BestEffort|CrossNamespacePodAffinity|NotBestEffort|NotTerminating|PriorityClass|Terminating|VolumeAttributesClass)
ResourceQuotaStatus: hard:1 {quantity}; used:2 {quantity}
ScopeSelector @atomic: matchExpressions:1 [atomic]ScopedResourceSelectorRequirement
ScopedResourceSelectorRequirement: operator:2! string(DoesNotExist|Exists|In|NotIn); scopeName:1! string(BestEffort|CrossNamespacePodAffinity|NotBestEffort|NotTerminating|PriorityClass|Terminating|VolumeAttributesClass); values:3 [atomic]string
Secret: data:2 {bytes}; immutable:5 bool; metadata:1 ObjectMeta; stringData:4 {string}; type:3 string
Service: metadata:1 ObjectMeta; spec:2 ServiceSpec; status:3 ServiceStatus
ServiceAccount: automountServiceAccountToken:4 bool; imagePullSecrets:3 [atomic]LocalObjectReference; metadata:1 ObjectMeta;
   secrets:2 [map name|merge name]ObjectReference
ServicePort: appProtocol:6 string; name:1 string; nodePort:5 int32?; port:3! int32; protocol:2 string(SCTP|TCP|UDP) = "TCP";
   targetPort:4 intstr
ServiceSpec: allocateLoadBalancerNodePorts:20 bool; clusterIP:3 string; clusterIPs:18 [atomic]string;
   externalIPs:5 [atomic]string; externalName:10 string; externalTrafficPolicy:11 string(Cluster|Local);
   healthCheckNodePort:12 int32?; internalTrafficPolicy:22 string(Cluster|Local); ipFamilies:19 [atomic]string(|IPv4|IPv6);
   ipFamilyPolicy:17 string(PreferDualStack|RequireDualStack|SingleStack); loadBalancerClass:21 string; loadBalancerIP:8 string;
   loadBalancerSourceRanges:9 [atomic]string; ports:1 [map port protocol|merge port]ServicePort;
   publishNotReadyAddresses:13 bool?; selector:2 {string} @atomic; sessionAffinity:7 string(ClientIP|None);
   sessionAffinityConfig:14 SessionAffinityConfig; trafficDistribution:23 string;
   type:4 string(ClusterIP|ExternalName|LoadBalancer|NodePort)
ServiceStatus: conditions:2 [map type|merge type]Condition; loadBalancer:1 LoadBalancerStatus
SessionAffinityConfig: clientIP:1 ClientIPConfig
`,
};
