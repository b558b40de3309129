import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Log } from '../../runtime/index.ts';
import { type CertificateSource, createHolder, servingCertificate, type ServingCertificate } from './certificates.ts';

const checkMs = 10_000;

export interface CertificateFilesOptions {
  readonly folder: string;
  /** `tls.crt` unless told. */
  readonly certName?: string;
  /** `tls.key` unless told. */
  readonly keyName?: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Certificates of another issuer: a certificate, its key and, where the issuer gives it, `ca.crt` in a folder, as cert-manager and
 * mounted Secrets leave them. Read every ten seconds; files that do not belong together (a write is under way) leave
 * what was read before in use.
 *
 * @throws when the first read finds no usable certificate: a mistake in the installation.
 */
export async function followCertificateFiles(options: CertificateFilesOptions): Promise<CertificateSource> {
  const { folder, clock, log } = options;
  const holder = createHolder(await read(options));
  const stopping = new AbortController();
  let complaint = '';

  async function follow(): Promise<void> {
    for (;;) {
      await clock.sleep(checkMs, stopping.signal);
      try {
        if (holder.replace(await read(options))) {
          log.info({ folder, notAfter: new Date(holder.current().notAfterMs).toISOString() }, `New certificate files in ${folder} are in use.`);
        }
        complaint = '';
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (message !== complaint) log.warn({ folder, error: message }, `The certificate files in ${folder} cannot be used; the certificate read before stays in use.`);
        complaint = message;
      }
    }
  }
  const following = follow().catch(() => {});

  return {
    current: () => holder.current(),
    onChange: (listener) => holder.onChange(listener),
    async stop() {
      stopping.abort();
      await following;
    },
  };
}

async function read({ folder, certName = 'tls.crt', keyName = 'tls.key' }: CertificateFilesOptions): Promise<ServingCertificate> {
  // one after the other: of two that are absent the message names the same one each time
  const cert = await readFile(join(folder, certName), 'utf8');
  const key = await readFile(join(folder, keyName), 'utf8');
  const bundle = await readFile(join(folder, 'ca.crt'), 'utf8').catch(() => '');
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) throw new Error(`${keyName} in ${folder} is not the key of ${certName}.`);
  return servingCertificate({ cert, key, ...(bundle.trim() !== '' && { bundle }) });
}
