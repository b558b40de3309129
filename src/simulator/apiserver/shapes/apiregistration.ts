/** Kinds of apiregistration.k8s.io/v1. Written as {@link parseShapes} reads it. */
export const apiregistration = {
  prefix: 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1',
  text: `
APIService: metadata:1 ObjectMeta; spec:2 APIServiceSpec; status:3 APIServiceStatus
APIServiceCondition: lastTransitionTime:3 time; message:5 string; reason:4 string; status:2! string; type:1! string
APIServiceSpec: caBundle:5 bytes; group:2 string; groupPriorityMinimum:7! int32; insecureSkipTLSVerify:4 bool?;
   service:1 ServiceReference; version:3 string; versionPriority:8! int32
APIServiceStatus: conditions:1 [map type|merge type]APIServiceCondition
ServiceReference: name:2 string; namespace:1 string; port:3 int32
`,
};
