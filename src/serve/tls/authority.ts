import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import 'reflect-metadata'; // asked for by the certificate library when it loads
import * as x509 from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
x509.cryptoProvider.set(webcrypto);

/** A certificate and its key, PEM. */
export interface KeyedCertificate {
  readonly cert: string;
  readonly key: string;
}

/** Clocks of a cluster differ; a certificate is good from a little before it was made. */
const skewMs = 5 * 60_000;

/** A new self-signed CA on P-256, allowed to sign serving certificates only. */
export async function createAuthority(commonName: string, nowMs: number, lifeMs: number): Promise<KeyedCertificate> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    serialNumber: serialNumber(),
    keys,
    signingAlgorithm: algorithm,
    ...period(nowMs, lifeMs),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pem(certificate), key: await pemKey(keys.privateKey) };
}

/** A serving certificate for `names` (DNS names, or IP addresses), signed by `authority`. */
export async function issueServing(authority: KeyedCertificate, names: readonly string[], nowMs: number, lifeMs: number): Promise<KeyedCertificate> {
  const issuer = new x509.X509Certificate(authority.cert);
  const signingKey = await webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(authority.key), algorithm, false, ['sign']);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [(names[0] ?? 'localhost').slice(0, 64)] }],
    issuer: issuer.subjectName,
    serialNumber: serialNumber(),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    ...period(nowMs, Math.min(lifeMs, issuer.notAfter.getTime() - nowMs)),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }))),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pem(certificate), key: await pemKey(keys.privateKey) };
}

function period(nowMs: number, lifeMs: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(nowMs - skewMs), notAfter: new Date(nowMs + lifeMs) };
}

/** 126 random bits, positive and never zero: RFC 5280 wants at most 20 octets and no repetition. */
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] as number) & 0x3f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

async function pemKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}
