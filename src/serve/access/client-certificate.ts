import type { X509Certificate } from 'node:crypto';

const clientAuthentication = '1.3.6.1.5.5.7.3.2';
const anyPurpose = '2.5.29.37.0';

/**
 * Whether one of `authorities` signed a caller's certificate for use by clients, both being valid at this moment. The
 * handshake has proved that the caller holds the certificate's key; who signed it is looked at here alone, because it
 * matters which of the cluster's CAs it was, and because time goes by and CAs change while a connection lasts.
 *
 * The CA must be the one that signed: Node does not show a server the certificates that a caller sends along. A bundle
 * may hold an intermediate CA, with or without its root.
 */
export function isIssuedBy(leaf: X509Certificate, authorities: readonly X509Certificate[], nowMs: number): boolean {
  const purposes = leaf.keyUsage as readonly string[] | undefined;
  if (purposes !== undefined && !purposes.includes(clientAuthentication) && !purposes.includes(anyPurpose)) return false;
  return (
    isValidAt(leaf, nowMs) &&
    authorities.some((authority) => authority.ca && isValidAt(authority, nowMs) && leaf.checkIssued(authority) && leaf.verify(authority.publicKey))
  );
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
