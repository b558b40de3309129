/** Kinds of coordination.k8s.io/v1. Written as {@link parseShapes} reads it. */
export const coordination = {
  prefix: 'io.k8s.api.coordination.v1',
  text: `
Lease: metadata:1 ObjectMeta; spec:2 LeaseSpec
LeaseSpec: acquireTime:3 microtime; holderIdentity:1 string; leaseDurationSeconds:2 int32; leaseTransitions:5 int32;
   preferredHolder:7 string; renewTime:4 microtime; strategy:6 string
`,
};
