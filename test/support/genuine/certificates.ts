import { webcrypto } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import 'reflect-metadata'; // what @peculiar/x509 stands on
import * as x509 from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const yearMs = 365 * 24 * 3600_000;
x509.cryptoProvider.set(webcrypto);

/** PEM texts of a certificate and its key, and the files that hold them. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export interface CertificateAuthority extends CertificateFiles {
  /** Signs a certificate for `commonName`, good for servers at localhost and for clients, into `<name>.crt` and `<name>.key`. */
  issue(name: string, commonName: string): Promise<CertificateFiles>;
}

/** A certificate authority of the test's own; every file lies in `folder`. */
export async function createAuthority(folder: string, name: string): Promise<CertificateAuthority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const validity = { notBefore: new Date(Date.now() - 3600_000), notAfter: new Date(Date.now() + yearMs) };
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    ...validity,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    ...(await writeFiles(folder, name, root, keys.privateKey)),
    async issue(fileName, commonName) {
      const leafKeys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
      const leaf = await x509.X509CertificateGenerator.create({
        subject: `CN=${commonName}`,
        issuer: root.subject,
        signingKey: keys.privateKey,
        publicKey: leafKeys.publicKey,
        signingAlgorithm: algorithm,
        ...validity,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
          new x509.SubjectAlternativeNameExtension([
            { type: 'dns', value: 'localhost' },
            { type: 'dns', value: 'kubernetes.default.svc' },
            { type: 'ip', value: '127.0.0.1' },
          ]),
          await x509.AuthorityKeyIdentifierExtension.create(root.publicKey),
        ],
      });
      return await writeFiles(folder, fileName, leaf, leafKeys.privateKey);
    },
  };
}

async function writeFiles(folder: string, name: string, certificate: x509.X509Certificate, privateKey: webcrypto.CryptoKey): Promise<CertificateFiles> {
  const der = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  const cert = `${certificate.toString('pem')}\n`;
  const key = `${x509.PemConverter.encode(der, 'PRIVATE KEY')}\n`;
  const certFile = join(folder, `${name}.crt`);
  const keyFile = join(folder, `${name}.key`);
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key, { mode: 0o600 });
  return { cert, key, certFile, keyFile };
}
