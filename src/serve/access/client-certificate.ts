import type { X509Certificate } from 'node:crypto';

const clientAuthentication = '1.3.6.1.5.5.7.3.2';
const anyPurpose = '2.5.29.37.0';
/** Certificates between a caller's and its CA. */
const deepest = 4;

/**
 * Whether a chain of valid signatures leads from a caller's certificate, through what the caller sent along, to one
 * of `authorities`, at this moment. OpenSSL has checked the same at the handshake against all CAs
 * together; this says against which of them, and again as time goes by and CAs change.
 */
export function isIssuedBy(leaf: X509Certificate, authorities: readonly X509Certificate[], nowMs: number): boolean {
  const purposes = leaf.keyUsage as readonly string[] | undefined;
  if (purposes !== undefined && !purposes.includes(clientAuthentication) && !purposes.includes(anyPurpose)) return false;
  let certificate = leaf;
  for (let depth = 0; depth <= deepest; depth++) {
    if (!isValidAt(certificate, nowMs)) return false;
    if (authorities.some((authority) => isValidAt(authority, nowMs) && signed(authority, certificate))) return true;
    const issuer = certificate.issuerCertificate;
    if (issuer === undefined || !issuer.ca || !signed(issuer, certificate) || issuer.fingerprint256 === certificate.fingerprint256) return false;
    certificate = issuer;
  }
  return false;
}

/** Common name and organisations of a certificate's subject: user and groups of a Kubernetes client certificate. */
export function subjectOf(certificate: X509Certificate): { commonName: string; organizations: string[] } {
  const subject = certificate.toLegacyObject().subject as unknown as Record<string, string | string[] | undefined>;
  const values = (key: string): string[] => [subject[key] ?? []].flat();
  return { commonName: values('CN').at(-1) ?? '', organizations: values('O') };
}

function isValidAt(certificate: X509Certificate, nowMs: number): boolean {
  return certificate.validFromDate.getTime() <= nowMs && nowMs <= certificate.validToDate.getTime();
}

function signed(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
