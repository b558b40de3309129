/** Kinds of authentication.k8s.io/v1. Written as {@link parseShapes} reads it. */
export const authentication = {
  prefix: 'io.k8s.api.authentication.v1',
  text: `
TokenReview: metadata ObjectMeta; spec! TokenReviewSpec; status TokenReviewStatus
TokenReviewSpec: audiences [atomic]string; token! string
TokenReviewStatus: audiences [atomic]string; authenticated bool; error string; user UserInfo
UserInfo: extra {[]string}; groups [atomic]string; uid string; username string
`,
};
