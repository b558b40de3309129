/** Kinds of rbac.authorization.k8s.io/v1. Written as {@link parseShapes} reads it. */
export const rbac = {
  prefix: 'io.k8s.api.rbac.v1',
  text: `
AggregationRule: clusterRoleSelectors:1 [atomic]LabelSelector
ClusterRole: aggregationRule:3 AggregationRule; metadata:1 ObjectMeta; rules:2 [atomic]PolicyRule
ClusterRoleBinding: metadata:1 ObjectMeta; roleRef:3! RoleRef; subjects:2 [atomic]Subject
PolicyRule: apiGroups:2 [atomic]string; nonResourceURLs:5 [atomic]string; resourceNames:4 [atomic]string;
   resources:3 [atomic]string; verbs:1! [atomic]string
Role: metadata:1 ObjectMeta; rules:2 [atomic]PolicyRule
RoleBinding: metadata:1 ObjectMeta; roleRef:3! RoleRef; subjects:2 [atomic]Subject
RoleRef @atomic: apiGroup:1 string; kind:2! string; name:3! string
Subject @atomic: apiGroup:2 string; kind:1! string; name:3! string; namespace:4 string
`,
};
