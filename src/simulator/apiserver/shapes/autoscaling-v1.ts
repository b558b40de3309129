/** Kinds of autoscaling/v1. Written as {@link parseShapes} reads it. */
export const autoscalingV1 = {
  prefix: 'io.k8s.api.autoscaling.v1',
  text: `
CrossVersionObjectReference @atomic: apiVersion string; kind! string; name! string
HorizontalPodAutoscaler: metadata ObjectMeta; spec! HorizontalPodAutoscalerSpec; status HorizontalPodAutoscalerStatus
HorizontalPodAutoscalerSpec: maxReplicas! int32; minReplicas int32; scaleTargetRef! CrossVersionObjectReference;
   targetCPUUtilizationPercentage int32
HorizontalPodAutoscalerStatus: currentCPUUtilizationPercentage int32; currentReplicas! int32; desiredReplicas! int32;
   lastScaleTime time; observedGeneration int64
Scale: metadata ObjectMeta; spec ScaleSpec; status ScaleStatus
ScaleSpec: replicas int32
ScaleStatus: replicas! int32; selector string
`,
};
