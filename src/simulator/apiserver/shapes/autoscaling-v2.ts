/** Kinds of autoscaling/v2. Written as {@link parseShapes} reads it. */
export const autoscalingV2 = {
  prefix: 'io.k8s.api.autoscaling.v2',
  text: `
ContainerResourceMetricSource: container:3! string; name:1! string; target:2! MetricTarget
ContainerResourceMetricStatus: container:3! string; current:2! MetricValueStatus; name:1! string
CrossVersionObjectReference: apiVersion:3 string; kind:1! string; name:2! string
ExternalMetricSource: metric:1! MetricIdentifier; target:2! MetricTarget
ExternalMetricStatus: current:2! MetricValueStatus; metric:1! MetricIdentifier
HPAScalingPolicy: periodSeconds:3! int32; type:1! string; value:2! int32
HPAScalingRules: policies:2 [atomic]HPAScalingPolicy; selectPolicy:1 string; stabilizationWindowSeconds:3 int32;
   tolerance:4 quantity
HorizontalPodAutoscaler: metadata:1 ObjectMeta; spec:2! HorizontalPodAutoscalerSpec; status:3 HorizontalPodAutoscalerStatus
HorizontalPodAutoscalerBehavior: scaleDown:2 HPAScalingRules; scaleUp:1 HPAScalingRules
HorizontalPodAutoscalerCondition: lastTransitionTime:3 time; message:5 string; reason:4 string; status:2! string; type:1! string
HorizontalPodAutoscalerSpec: behavior:5 HorizontalPodAutoscalerBehavior; maxReplicas:3! int32; metrics:4 [atomic]MetricSpec;
   minReplicas:2 int32; scaleTargetRef:1! CrossVersionObjectReference
HorizontalPodAutoscalerStatus: conditions:6 [map type|merge type]HorizontalPodAutoscalerCondition;
   currentMetrics:5 [atomic]MetricStatus; currentReplicas:3 int32?; desiredReplicas:4! int32; lastScaleTime:2 time;
   observedGeneration:1 int64
MetricIdentifier: name:1! string; selector:2 LabelSelector
MetricSpec: containerResource:7 ContainerResourceMetricSource; external:5 ExternalMetricSource; object:2 ObjectMetricSource;
   pods:3 PodsMetricSource; resource:4 ResourceMetricSource; type:1! string
MetricStatus: containerResource:7 ContainerResourceMetricStatus; external:5 ExternalMetricStatus; object:2 ObjectMetricStatus;
   pods:3 PodsMetricStatus; resource:4 ResourceMetricStatus; type:1! string
MetricTarget: averageUtilization:4 int32; averageValue:3 quantity; type:1! string; value:2 quantity
MetricValueStatus: averageUtilization:3 int32; averageValue:2 quantity; value:1 quantity
ObjectMetricSource: describedObject:1! CrossVersionObjectReference; metric:3! MetricIdentifier; target:2! MetricTarget
ObjectMetricStatus: current:2! MetricValueStatus; describedObject:3! CrossVersionObjectReference; metric:1! MetricIdentifier
PodsMetricSource: metric:1! MetricIdentifier; target:2! MetricTarget
PodsMetricStatus: current:2! MetricValueStatus; metric:1! MetricIdentifier
ResourceMetricSource: name:1! string; target:2! MetricTarget
ResourceMetricStatus: current:2! MetricValueStatus; name:1! string
`,
};
