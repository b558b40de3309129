/** Kinds of authorization.k8s.io/v1. Written as {@link parseShapes} reads it. */
export const authorization = {
  prefix: 'io.k8s.api.authorization.v1',
  text: `
FieldSelectorAttributes: rawSelector string; requirements [atomic]FieldSelectorRequirement
LabelSelectorAttributes: rawSelector string; requirements [atomic]LabelSelectorRequirement
LocalSubjectAccessReview: metadata ObjectMeta; spec! SubjectAccessReviewSpec; status SubjectAccessReviewStatus
NonResourceAttributes: path string; verb string
ResourceAttributes: fieldSelector FieldSelectorAttributes; group string; labelSelector LabelSelectorAttributes; name string;
   namespace string; resource string; subresource string; verb string; version string
SelfSubjectAccessReview: metadata ObjectMeta; spec! SelfSubjectAccessReviewSpec; status SubjectAccessReviewStatus
SelfSubjectAccessReviewSpec: nonResourceAttributes NonResourceAttributes; resourceAttributes ResourceAttributes
SubjectAccessReview: metadata ObjectMeta; spec! SubjectAccessReviewSpec; status SubjectAccessReviewStatus
SubjectAccessReviewSpec: extra {[]string}; groups [atomic]string; nonResourceAttributes NonResourceAttributes;
   resourceAttributes ResourceAttributes; uid string; user string
SubjectAccessReviewStatus: allowed! bool; denied bool; evaluationError string; reason string
`,
};
