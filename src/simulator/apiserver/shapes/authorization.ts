/** Kinds of authorization.k8s.io/v1. Written as {@link parseShapes} reads it. */
export const authorization = {
  prefix: 'io.k8s.api.authorization.v1',
  text: `
FieldSelectorAttributes: rawSelector:1 string; requirements:2 [atomic]FieldSelectorRequirement
LabelSelectorAttributes: rawSelector:1 string; requirements:2 [atomic]LabelSelectorRequirement
LocalSubjectAccessReview: metadata:1 ObjectMeta; spec:2! SubjectAccessReviewSpec; status:3 SubjectAccessReviewStatus
NonResourceAttributes: path:1 string; verb:2 string
ResourceAttributes: fieldSelector:8 FieldSelectorAttributes; group:3 string; labelSelector:9 LabelSelectorAttributes;
   name:7 string; namespace:1 string; resource:5 string; subresource:6 string; verb:2 string; version:4 string
SelfSubjectAccessReview: metadata:1 ObjectMeta; spec:2! SelfSubjectAccessReviewSpec; status:3 SubjectAccessReviewStatus
SelfSubjectAccessReviewSpec: nonResourceAttributes:2 NonResourceAttributes; resourceAttributes:1 ResourceAttributes
SubjectAccessReview: metadata:1 ObjectMeta; spec:2! SubjectAccessReviewSpec; status:3 SubjectAccessReviewStatus
SubjectAccessReviewSpec: extra:5 {[]string}; groups:4 [atomic]string; nonResourceAttributes:2 NonResourceAttributes;
   resourceAttributes:1 ResourceAttributes; uid:6 string; user:3 string
SubjectAccessReviewStatus: allowed:1! bool; denied:4 bool?; evaluationError:3 string; reason:2 string
`,
};
