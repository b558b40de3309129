/** Who answers `external.metrics.k8s.io` in this cluster. */
export type ExternalMetricsOwner =
  | { readonly kind: 'disabled' }
  | { readonly kind: 'ours' }
  | { readonly kind: 'none' }
  | { readonly kind: 'other'; readonly service: string }
  | { readonly kind: 'unknown'; readonly why: string };
