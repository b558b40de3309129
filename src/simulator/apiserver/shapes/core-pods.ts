/** Pods of core/v1. Written as {@link parseShapes} reads it. */
export const corePods = {
  prefix: 'io.k8s.api.core.v1',
  text: `
Affinity: nodeAffinity NodeAffinity; podAffinity PodAffinity; podAntiAffinity PodAntiAffinity
AppArmorProfile: localhostProfile string; type! string(Localhost|RuntimeDefault|Unconfined)
Capabilities: add [atomic]string; drop [atomic]string
ConfigMapEnvSource: name string; optional bool
ConfigMapKeySelector @atomic: key! string; name string; optional bool
Container: args [atomic]string; command [atomic]string; env [map name|merge name]EnvVar; envFrom [atomic]EnvFromSource;
   image string; imagePullPolicy string(Always|IfNotPresent|Never); lifecycle Lifecycle; livenessProbe Probe; name! string;
   ports [map containerPort protocol|merge containerPort]ContainerPort; readinessProbe Probe;
   resizePolicy [atomic]ContainerResizePolicy; resources ResourceRequirements; restartPolicy string;
   restartPolicyRules [atomic]ContainerRestartRule; securityContext SecurityContext; startupProbe Probe; stdin bool;
   stdinOnce bool; terminationMessagePath string; terminationMessagePolicy string(FallbackToLogsOnError|File); tty bool;
   volumeDevices [map devicePath|merge devicePath]VolumeDevice; volumeMounts [map mountPath|merge mountPath]VolumeMount;
   workingDir string
ContainerExtendedResourceRequest: containerName! string; requestName! string; resourceName! string
ContainerPort: containerPort! int32; hostIP string; hostPort int32; name string; protocol string(SCTP|TCP|UDP) = "TCP"
ContainerResizePolicy: resourceName! string; restartPolicy! string
ContainerRestartRule: action! string; exitCodes ContainerRestartRuleOnExitCodes
ContainerRestartRuleOnExitCodes: operator! string; values [set]int32
ContainerState: running ContainerStateRunning; terminated ContainerStateTerminated; waiting ContainerStateWaiting
ContainerStateRunning: startedAt time
ContainerStateTerminated: containerID string; exitCode! int32; finishedAt time; message string; reason string; signal int32;
   startedAt time
ContainerStateWaiting: message string; reason string
ContainerStatus: allocatedResources {quantity}; allocatedResourcesStatus [map name|merge name]ResourceStatus; containerID string;
   image! string; imageID! string; lastState ContainerState; name! string; ready! bool; resources ResourceRequirements;
   restartCount! int32; started bool; state ContainerState;
   stopSignal string(SIGABRT|SIGALRM|SIGBUS|SIGCHLD|SIGCLD|SIGCONT|SIGFPE|SIGHUP|SIGILL|SIGINT|SIGIO|SIGIOT|SIGKILL|SIGPIPE|SIGPOLL|SIGPROF|SIGPWR|SIGQUIT|SIGRTMAX|SIGRTMAX-1|SIGRTMAX-10|SIGRTMAX-11|SIGRTMAX-12|SIGRTMAX-13|SIGRTMAX-14|SIGRTMAX-2|SIGRTMAX-3|SIGRTMAX-4|SIGRTMAX-5|SIGRTMAX-6|SIGRTMAX-7|SIGRTMAX-8|SIGRTMAX-9|SIGRTMIN|SIGRTMIN+1|SIGRTMIN+10|SIGRTMIN+11|SIGRTMIN+12|SIGRTMIN+13|SIGRTMIN+14|SIGRTMIN+15|SIGRTMIN+2|SIGRTMIN+3|SIGRTMIN+4|SIGRTMIN+5|SIGRTMIN+6|SIGRTMIN+7|SIGRTMIN+8|SIGRTMIN+9|SIGSEGV|SIGSTKFLT|SIGSTOP|SIGSYS|SIGTERM|SIGTRAP|SIGTSTP|SIGTTIN|SIGTTOU|SIGURG|SIGUSR1|SIGUSR2|SIGVTALRM|SIGWINCH|SIGXCPU|SIGXFSZ);
   user ContainerUser; volumeMounts [map mountPath|merge mountPath]VolumeMountStatus
ContainerUser: linux LinuxContainerUser
EnvFromSource: configMapRef ConfigMapEnvSource; prefix string; secretRef SecretEnvSource
EnvVar: name! string; value string; valueFrom EnvVarSource
EnvVarSource: configMapKeyRef ConfigMapKeySelector; fieldRef ObjectFieldSelector; fileKeyRef FileKeySelector;
   resourceFieldRef ResourceFieldSelector; secretKeyRef SecretKeySelector
EphemeralContainer: args [atomic]string; command [atomic]string; env [map name|merge name]EnvVar; envFrom [atomic]EnvFromSource;
   image string; imagePullPolicy string(Always|IfNotPresent|Never); lifecycle Lifecycle; livenessProbe Probe; name! string;
   ports [map containerPort protocol|merge containerPort]ContainerPort; readinessProbe Probe;
   resizePolicy [atomic]ContainerResizePolicy; resources ResourceRequirements; restartPolicy string;
   restartPolicyRules [atomic]ContainerRestartRule; securityContext SecurityContext; startupProbe Probe; stdin bool;
   stdinOnce bool; targetContainerName string; terminationMessagePath string;
   terminationMessagePolicy string(FallbackToLogsOnError|File); tty bool;
   volumeDevices [map devicePath|merge devicePath]VolumeDevice; volumeMounts [map mountPath|merge mountPath]VolumeMount;
   workingDir string
ExecAction: command [atomic]string
FileKeySelector @atomic: key! string; optional bool; path! string; volumeName! string
GRPCAction: port! int32; service string
HTTPGetAction: host string; httpHeaders [atomic]HTTPHeader; path string; port! intstr; scheme string(HTTP|HTTPS)
HTTPHeader: name! string; value! string
HostAlias: hostnames [atomic]string; ip! string
HostIP: ip! string
ImageVolumeStatus: imageRef! string
Lifecycle: postStart LifecycleHandler; preStop LifecycleHandler;
   stopSignal string(SIGABRT|SIGALRM|SIGBUS|SIGCHLD|SIGCLD|SIGCONT|SIGFPE|SIGHUP|SIGILL|SIGINT|SIGIO|SIGIOT|SIGKILL|SIGPIPE|SIGPOLL|SIGPROF|SIGPWR|SIGQUIT|SIGRTMAX|SIGRTMAX-1|SIGRTMAX-10|SIGRTMAX-11|SIGRTMAX-12|SIGRTMAX-13|SIGRTMAX-14|SIGRTMAX-2|SIGRTMAX-3|SIGRTMAX-4|SIGRTMAX-5|SIGRTMAX-6|SIGRTMAX-7|SIGRTMAX-8|SIGRTMAX-9|SIGRTMIN|SIGRTMIN+1|SIGRTMIN+10|SIGRTMIN+11|SIGRTMIN+12|SIGRTMIN+13|SIGRTMIN+14|SIGRTMIN+15|SIGRTMIN+2|SIGRTMIN+3|SIGRTMIN+4|SIGRTMIN+5|SIGRTMIN+6|SIGRTMIN+7|SIGRTMIN+8|SIGRTMIN+9|SIGSEGV|SIGSTKFLT|SIGSTOP|SIGSYS|SIGTERM|SIGTRAP|SIGTSTP|SIGTTIN|SIGTTOU|SIGURG|SIGUSR1|SIGUSR2|SIGVTALRM|SIGWINCH|SIGXCPU|SIGXFSZ)
LifecycleHandler: exec ExecAction; httpGet HTTPGetAction; sleep SleepAction; tcpSocket TCPSocketAction
LinuxContainerUser: gid! int64; supplementalGroups [atomic]int64; uid! int64
NodeAffinity: preferredDuringSchedulingIgnoredDuringExecution [atomic]PreferredSchedulingTerm;
   requiredDuringSchedulingIgnoredDuringExecution NodeSelector
NodeSelector @atomic: nodeSelectorTerms! [atomic]NodeSelectorTerm
NodeSelectorRequirement: key! string; operator! string(DoesNotExist|Exists|Gt|In|Lt|NotIn); values [atomic]string
NodeSelectorTerm @atomic: matchExpressions [atomic]NodeSelectorRequirement; matchFields [atomic]NodeSelectorRequirement
ObjectFieldSelector @atomic: apiVersion string; fieldPath! string
Pod: metadata ObjectMeta; spec PodSpec; status PodStatus
PodAffinity: preferredDuringSchedulingIgnoredDuringExecution [atomic]WeightedPodAffinityTerm;
   requiredDuringSchedulingIgnoredDuringExecution [atomic]PodAffinityTerm
PodAffinityTerm: labelSelector LabelSelector; matchLabelKeys [atomic]string; mismatchLabelKeys [atomic]string;
   namespaceSelector LabelSelector; namespaces [atomic]string; topologyKey! string
PodAntiAffinity: preferredDuringSchedulingIgnoredDuringExecution [atomic]WeightedPodAffinityTerm;
   requiredDuringSchedulingIgnoredDuringExecution [atomic]PodAffinityTerm
PodCondition: lastProbeTime time; lastTransitionTime time; message string; observedGeneration int64; reason string;
   status! string; type! string
PodDNSConfig: nameservers [atomic]string; options [atomic]PodDNSConfigOption; searches [atomic]string
PodDNSConfigOption: name string; value string
PodExtendedResourceClaimStatus: requestMappings! [atomic]ContainerExtendedResourceRequest; resourceClaimName! string
PodIP: ip! string
PodOS: name! string
PodReadinessGate: conditionType! string
PodResourceClaim: name! string; resourceClaimName string; resourceClaimTemplateName string
PodResourceClaimStatus: name! string; resourceClaimName string
PodSchedulingGate: name! string
PodSchedulingGroup: podGroupName string
PodSecurityContext: appArmorProfile AppArmorProfile; fsGroup int64; fsGroupChangePolicy string(Always|OnRootMismatch);
   runAsGroup int64; runAsNonRoot bool; runAsUser int64; seLinuxChangePolicy string; seLinuxOptions SELinuxOptions;
   seccompProfile SeccompProfile; supplementalGroups [atomic]int64; supplementalGroupsPolicy string(Merge|Strict);
   sysctls [atomic]Sysctl; windowsOptions WindowsSecurityContextOptions
PodSpec: activeDeadlineSeconds int64; affinity Affinity; automountServiceAccountToken bool;
   containers! [map name|merge name]Container; dnsConfig PodDNSConfig;
   dnsPolicy string(ClusterFirst|ClusterFirstWithHostNet|Default|None); enableServiceLinks bool;
   ephemeralContainers [map name|merge name]EphemeralContainer; hostAliases [map ip|merge ip]HostAlias; hostIPC bool;
   hostNetwork bool; hostPID bool; hostUsers bool; hostname string; hostnameOverride string;
   imagePullSecrets [map name|merge name]LocalObjectReference; initContainers [map name|merge name]Container; nodeName string;
   nodeSelector {string} @atomic; os PodOS; overhead {quantity}; preemptionPolicy string(Never|PreemptLowerPriority);
   priority int32; priorityClassName string; readinessGates [atomic]PodReadinessGate;
   resourceClaims [map name|merge,retainKeys name]PodResourceClaim; resources ResourceRequirements;
   restartPolicy string(Always|Never|OnFailure); runtimeClassName string; schedulerName string;
   schedulingGates [map name|merge name]PodSchedulingGate; schedulingGroup PodSchedulingGroup; securityContext PodSecurityContext;
   serviceAccount string; serviceAccountName string; setHostnameAsFQDN bool; shareProcessNamespace bool; subdomain string;
   terminationGracePeriodSeconds int64; tolerations [atomic]Toleration;
   topologySpreadConstraints [map topologyKey whenUnsatisfiable|merge topologyKey]TopologySpreadConstraint;
   volumes [map name|merge,retainKeys name]Volume
PodStatus: allocatedResources {quantity}; conditions [map type|merge type]PodCondition; containerStatuses [atomic]ContainerStatus;
   ephemeralContainerStatuses [atomic]ContainerStatus; extendedResourceClaimStatus PodExtendedResourceClaimStatus; hostIP string;
   hostIPs [atomic|merge ip]HostIP; initContainerStatuses [atomic]ContainerStatus; message string;
   nodeAllocatableResourceClaimStatuses [atomic]NodeAllocatableResourceClaimStatus; nominatedNodeName string;
   observedGeneration int64; phase string(Failed|Pending|Running|Succeeded|Unknown); podIP string; podIPs [map ip|merge ip]PodIP;
   qosClass string(BestEffort|Burstable|Guaranteed); reason string; resize string;
   resourceClaimStatuses [map name|merge,retainKeys name]PodResourceClaimStatus; resources ResourceRequirements; startTime time
PodTemplateSpec: metadata ObjectMeta; spec PodSpec
PreferredSchedulingTerm: preference! NodeSelectorTerm; weight! int32
Probe: exec ExecAction; failureThreshold int32; grpc GRPCAction; httpGet HTTPGetAction; initialDelaySeconds int32;
   periodSeconds int32; successThreshold int32; tcpSocket TCPSocketAction; terminationGracePeriodSeconds int64;
   timeoutSeconds int32
ResourceClaim: name! string; request string
ResourceFieldSelector @atomic: containerName string; divisor quantity; resource! string
ResourceHealth: health string; message string; resourceID! string
ResourceRequirements: claims [map name]ResourceClaim; limits {quantity}; requests {quantity}
ResourceStatus: name! string; resources [map resourceID]ResourceHealth
SELinuxOptions: level string; role string; type string; user string
SeccompProfile: localhostProfile string; type! string(Localhost|RuntimeDefault|Unconfined)
SecretEnvSource: name string; optional bool
SecretKeySelector @atomic: key! string; name string; optional bool
SecurityContext: allowPrivilegeEscalation bool; appArmorProfile AppArmorProfile; capabilities Capabilities; privileged bool;
   procMount string(Default|Unmasked); readOnlyRootFilesystem bool; runAsGroup int64; runAsNonRoot bool; runAsUser int64;
   seLinuxOptions SELinuxOptions; seccompProfile SeccompProfile; windowsOptions WindowsSecurityContextOptions
SleepAction: seconds! int64
Sysctl: name! string; value! string
TCPSocketAction: host string; port! intstr
Toleration: effect string(NoExecute|NoSchedule|PreferNoSchedule); key string; operator string(Equal|Exists|Gt|Lt);
   tolerationSeconds int64; value string
TopologySpreadConstraint: labelSelector LabelSelector; matchLabelKeys [atomic]string; maxSkew! int32; minDomains int32;
   nodeAffinityPolicy string(Honor|Ignore); nodeTaintsPolicy string(Honor|Ignore); topologyKey! string;
   whenUnsatisfiable! string(DoNotSchedule|ScheduleAnyway)
WeightedPodAffinityTerm: podAffinityTerm! PodAffinityTerm; weight! int32
WindowsSecurityContextOptions: gmsaCredentialSpec string; gmsaCredentialSpecName string; hostProcess bool; runAsUserName string
`,
};
