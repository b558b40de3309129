/** Kinds of rbac.authorization.k8s.io/v1. Written as {@link parseShapes} reads it. */
export const rbac = {
  prefix: 'io.k8s.api.rbac.v1',
  text: `
AggregationRule: clusterRoleSelectors [atomic]LabelSelector
ClusterRole: aggregationRule AggregationRule; metadata ObjectMeta; rules [atomic]PolicyRule
ClusterRoleBinding: metadata ObjectMeta; roleRef! RoleRef; subjects [atomic]Subject
PolicyRule: apiGroups [atomic]string; nonResourceURLs [atomic]string; resourceNames [atomic]string; resources [atomic]string;
   verbs! [atomic]string
Role: metadata ObjectMeta; rules [atomic]PolicyRule
RoleBinding: metadata ObjectMeta; roleRef! RoleRef; subjects [atomic]Subject
RoleRef @atomic: apiGroup string; kind! string; name! string
Subject @atomic: apiGroup string; kind! string; name! string; namespace string
`,
};
