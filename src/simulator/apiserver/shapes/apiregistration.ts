/** Kinds of apiregistration.k8s.io/v1. Written as {@link parseShapes} reads it. */
export const apiregistration = {
  prefix: 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1',
  text: `
APIService: metadata ObjectMeta; spec APIServiceSpec; status APIServiceStatus
APIServiceCondition: lastTransitionTime time; message string; reason string; status! string; type! string
APIServiceSpec: caBundle bytes; group string; groupPriorityMinimum! int32; insecureSkipTLSVerify bool; service ServiceReference;
   version string; versionPriority! int32
APIServiceStatus: conditions [map type|merge type]APIServiceCondition
ServiceReference: name string; namespace string; port int32
`,
};
