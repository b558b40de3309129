/** Services, namespaces, configuration and events of core/v1. Written as {@link parseShapes} reads it. */
export const coreObjects = {
  prefix: 'io.k8s.api.core.v1',
  text: `
Binding: metadata ObjectMeta; target! ObjectReference
ClientIPConfig: timeoutSeconds int32
ConfigMap: binaryData {bytes}; data {string}; immutable bool; metadata ObjectMeta
EndpointAddress @atomic: hostname string; ip! string; nodeName string; targetRef ObjectReference
EndpointPort @atomic: appProtocol string; name string; port! int32; protocol string(SCTP|TCP|UDP)
EndpointSubset: addresses [atomic]EndpointAddress; notReadyAddresses [atomic]EndpointAddress; ports [atomic]EndpointPort
Endpoints: metadata ObjectMeta; subsets [atomic]EndpointSubset
Event: action string; count int32; eventTime microtime; firstTimestamp time; involvedObject! ObjectReference; lastTimestamp time;
   message string; metadata! ObjectMeta; reason string; related ObjectReference; reportingComponent string;
   reportingInstance string; series EventSeries; source EventSource; type string
EventSeries: count int32; lastObservedTime microtime
EventSource: component string; host string
LoadBalancerIngress: hostname string; ip string; ipMode string; ports [atomic]PortStatus
LoadBalancerStatus: ingress [atomic]LoadBalancerIngress
LocalObjectReference @atomic: name string
Namespace: metadata ObjectMeta; spec NamespaceSpec; status NamespaceStatus
NamespaceCondition: lastTransitionTime time; message string; reason string; status! string; type! string
NamespaceSpec: finalizers [atomic]string
NamespaceStatus: conditions [map type|merge type]NamespaceCondition; phase string(Active|Terminating)
ObjectReference @atomic: apiVersion string; fieldPath string; kind string; name string; namespace string; resourceVersion string;
   uid string
PortStatus: error string; port! int32; protocol! string(SCTP|TCP|UDP)
Secret: data {bytes}; immutable bool; metadata ObjectMeta; stringData {string}; type string
Service: metadata ObjectMeta; spec ServiceSpec; status ServiceStatus
ServiceAccount: automountServiceAccountToken bool; imagePullSecrets [atomic]LocalObjectReference; metadata ObjectMeta;
   secrets [map name|merge name]ObjectReference
ServicePort: appProtocol string; name string; nodePort int32; port! int32; protocol string(SCTP|TCP|UDP) = "TCP";
   targetPort intstr
ServiceSpec: allocateLoadBalancerNodePorts bool; clusterIP string; clusterIPs [atomic]string; externalIPs [atomic]string;
   externalName string; externalTrafficPolicy string(Cluster|Local); healthCheckNodePort int32;
   internalTrafficPolicy string(Cluster|Local); ipFamilies [atomic]string(|IPv4|IPv6);
   ipFamilyPolicy string(PreferDualStack|RequireDualStack|SingleStack); loadBalancerClass string; loadBalancerIP string;
   loadBalancerSourceRanges [atomic]string; ports [map port protocol|merge port]ServicePort; publishNotReadyAddresses bool;
   selector {string} @atomic; sessionAffinity string(ClientIP|None); sessionAffinityConfig SessionAffinityConfig;
   trafficDistribution string; type string(ClusterIP|ExternalName|LoadBalancer|NodePort)
ServiceStatus: conditions [map type|merge type]Condition; loadBalancer LoadBalancerStatus
SessionAffinityConfig: clientIP ClientIPConfig
`,
};
