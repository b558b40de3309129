import { webcrypto, X509Certificate } from 'node:crypto';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { expect, it } from 'vitest';
import { createAuthority, issueServing, type KeyedCertificate } from '../tls/authority.ts';
import { isIssuedBy, subjectOf } from './client-certificate.ts';

const nowMs = Date.UTC(2026, 5, 1);
const dayMs = 24 * 3600_000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

async function clientOf(authority: KeyedCertificate, subject: string, purposes: x509.ExtendedKeyUsageType[] | undefined, lifeMs = dayMs): Promise<X509Certificate> {
  const issuer = new x509.X509Certificate(authority.cert);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingKey: await webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(authority.key), algorithm, false, ['sign']),
    signingAlgorithm: algorithm,
    notBefore: new Date(nowMs - dayMs),
    notAfter: new Date(nowMs + lifeMs),
    extensions: purposes === undefined ? [] : [new x509.ExtendedKeyUsageExtension(purposes)],
  });
  return new X509Certificate(certificate.toString('pem'));
}

it('takes a certificate that its CA signed for clients, while both are valid', async () => {
  const authority = await createAuthority('ca', nowMs, 10 * dayMs);
  const authorities = [new X509Certificate(authority.cert)];
  const leaf = await clientOf(authority, 'CN=jane', [x509.ExtendedKeyUsage.clientAuth]);
  expect(isIssuedBy(leaf, authorities, nowMs)).toBe(true);
  expect(isIssuedBy(leaf, [], nowMs)).toBe(false);
  expect(isIssuedBy(leaf, authorities, nowMs - 2 * dayMs)).toBe(false);
  expect(isIssuedBy(leaf, authorities, nowMs + 2 * dayMs)).toBe(false);
  const longer = await clientOf(authority, 'CN=jane', [x509.ExtendedKeyUsage.clientAuth], 100 * dayMs);
  expect(isIssuedBy(longer, authorities, nowMs + 11 * dayMs), 'the CA has ended').toBe(false);
});

it('looks at what a certificate is for', async () => {
  const authority = await createAuthority('ca', nowMs, 10 * dayMs);
  const authorities = [new X509Certificate(authority.cert)];
  expect(isIssuedBy(await clientOf(authority, 'CN=a', undefined), authorities, nowMs)).toBe(true);
  expect(isIssuedBy(await clientOf(authority, 'CN=a', [x509.ExtendedKeyUsage.serverAuth]), authorities, nowMs)).toBe(false);
  const serving = await issueServing(authority, ['localhost'], nowMs, dayMs);
  expect(isIssuedBy(new X509Certificate(serving.cert), authorities, nowMs)).toBe(false);
});

it('goes by the signature and not by the name of the CA', async () => {
  const [real, forged] = [await createAuthority('ca', nowMs, 10 * dayMs), await createAuthority('ca', nowMs, 10 * dayMs)];
  const leaf = await clientOf(forged, 'CN=front-proxy-client', [x509.ExtendedKeyUsage.clientAuth]);
  expect(leaf.issuer).toBe(new X509Certificate(real.cert).subject);
  expect(isIssuedBy(leaf, [new X509Certificate(real.cert)], nowMs)).toBe(false);
});

it('reads the user and its groups out of the subject', async () => {
  const authority = await createAuthority('ca', nowMs, 10 * dayMs);
  const purposes = [x509.ExtendedKeyUsage.clientAuth];
  expect(subjectOf(await clientOf(authority, 'CN=jane, O=dev, O=system:masters', purposes))).toEqual({ commonName: 'jane', organizations: ['dev', 'system:masters'] });
  expect(subjectOf(await clientOf(authority, 'O=dev', purposes))).toEqual({ commonName: '', organizations: ['dev'] });
});
