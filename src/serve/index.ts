export { replicaFamilies } from './exposition/families.ts';
export * from './series-source.ts';
export * from './server.ts';
export type { CertificateSource } from './tls/certificates.ts';
export { followCertificateFiles } from './tls/file-certificates.ts';
export { keepCertificates, serviceNames } from './tls/kept-certificates.ts';
export { describeOwner, followOwnership, type Ownership } from './tls/ownership.ts';
