/** What every object carries. Written as {@link parseShapes} reads it. */
export const meta = {
  prefix: 'io.k8s.apimachinery.pkg.apis.meta.v1',
  text: `
Condition: lastTransitionTime:4! time; message:6! string; observedGeneration:3 int64?; reason:5! string; status:2! string;
   type:1! string
DeleteOptions: dryRun:5 [atomic]string; gracePeriodSeconds:1 int64; ignoreStoreReadErrorWithClusterBreakingPotential:6 bool;
   orphanDependents:3 bool; preconditions:2 Preconditions; propagationPolicy:4 string
FieldSelectorRequirement: key:1! string; operator:2! string; values:3 [atomic]string
LabelSelector @atomic: matchExpressions:2 [atomic]LabelSelectorRequirement; matchLabels:1 {string}
LabelSelectorRequirement: key:1! string; operator:2! string; values:3 [atomic]string
ManagedFieldsEntry: apiVersion:3 string; fieldsType:6 string; fieldsV1:7 fields; manager:1 string; operation:2 string;
   subresource:8 string; time:4 time
ObjectMeta: annotations:12 {string}; creationTimestamp:8 time; deletionGracePeriodSeconds:10 int64; deletionTimestamp:9 time;
   finalizers:14 [set|merge]string; generateName:2 string; generation:7 int64?; labels:11 {string};
   managedFields:17 [atomic]ManagedFieldsEntry; name:1 string; namespace:3 string;
   ownerReferences:13 [map uid|merge uid]OwnerReference; resourceVersion:6 string; selfLink:4 string; uid:5 string
OwnerReference @atomic: apiVersion:5! string; blockOwnerDeletion:7 bool; controller:6 bool; kind:1! string; name:3! string;
   uid:4! string
Preconditions: resourceVersion:2 string; uid:1 string
`,
};
