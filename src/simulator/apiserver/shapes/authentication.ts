/** Kinds of authentication.k8s.io/v1. Written as {@link parseShapes} reads it. */
export const authentication = {
  prefix: 'io.k8s.api.authentication.v1',
  text: `
TokenReview: metadata:1 ObjectMeta; spec:2! TokenReviewSpec; status:3 TokenReviewStatus
TokenReviewSpec: audiences:2 [atomic]string; token:1! string
TokenReviewStatus: audiences:4 [atomic]string; authenticated:1 bool?; error:3 string; user:2 UserInfo
UserInfo: extra:4 {[]string}; groups:3 [atomic]string; uid:2 string; username:1 string
`,
};
