/** Kinds of coordination.k8s.io/v1. Written as {@link parseShapes} reads it. */
export const coordination = {
  prefix: 'io.k8s.api.coordination.v1',
  text: `
Lease: metadata ObjectMeta; spec LeaseSpec
LeaseSpec: acquireTime microtime; holderIdentity string; leaseDurationSeconds int32; leaseTransitions int32;
   preferredHolder string; renewTime microtime; strategy string
`,
};
