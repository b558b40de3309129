export { type ExternalMetricName, externalMetrics } from './external-metrics/metrics.ts';
export { replicaFamilies } from './exposition/families.ts';
export type { Readiness } from './readiness.ts';
export * from './series-source.ts';
export * from './server.ts';
export type { CertificateSource, ServingCertificate } from './tls/certificates.ts';
export { type CertificateFilesOptions, followCertificateFiles } from './tls/file-certificates.ts';
export { keepCertificates, type KeptCertificatesOptions, serviceNames } from './tls/kept-certificates.ts';
export { apiServiceName, describeOwner, type ExternalMetricsOwner, followOwnership, type Ownership, type OwnershipOptions } from './tls/ownership.ts';
