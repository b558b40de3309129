/** What every object carries. Written as {@link parseShapes} reads it. */
export const meta = {
  prefix: 'io.k8s.apimachinery.pkg.apis.meta.v1',
  text: `
Condition: lastTransitionTime! time; message! string; observedGeneration int64; reason! string; status! string; type! string
DeleteOptions: dryRun [atomic]string; gracePeriodSeconds int64; ignoreStoreReadErrorWithClusterBreakingPotential bool;
   orphanDependents bool; preconditions Preconditions; propagationPolicy string
FieldSelectorRequirement: key! string; operator! string; values [atomic]string
LabelSelector @atomic: matchExpressions [atomic]LabelSelectorRequirement; matchLabels {string}
LabelSelectorRequirement: key! string; operator! string; values [atomic]string
ManagedFieldsEntry: apiVersion string; fieldsType string; fieldsV1 fields; manager string; operation string; subresource string;
   time time
ObjectMeta: annotations {string}; creationTimestamp time; deletionGracePeriodSeconds int64; deletionTimestamp time;
   finalizers [set|merge]string; generateName string; generation int64; labels {string}; managedFields [atomic]ManagedFieldsEntry;
   name string; namespace string; ownerReferences [map uid|merge uid]OwnerReference; resourceVersion string; selfLink string;
   uid string
OwnerReference @atomic: apiVersion! string; blockOwnerDeletion bool; controller bool; kind! string; name! string; uid! string
Preconditions: resourceVersion string; uid string
`,
};
