import { X509Certificate } from 'node:crypto';

/** What a TLS listener shows to its callers. PEM. */
export interface ServingCertificate {
  /** The serving certificate, followed by its chain. */
  readonly cert: string;
  readonly key: string;
  /** What callers should trust, for the `caBundle` of an APIService. `undefined`: not ours to say. */
  readonly bundle?: string;
  readonly notAfterMs: number;
}

/** Where a listener gets its certificate, and hears of new ones. */
export interface CertificateSource {
  current(): ServingCertificate;
  /** Called after each change; returns how to stop listening. */
  onChange(listener: (certificate: ServingCertificate) => void): () => void;
  stop(): Promise<void>;
}

/** @throws when `cert` is no certificate. */
export function servingCertificate(parts: { readonly cert: string; readonly key: string; readonly bundle?: string }): ServingCertificate {
  return { ...parts, notAfterMs: new X509Certificate(parts.cert).validToDate.getTime() };
}

/** Holds the certificate in use and tells listeners of another one. */
export function createHolder(first: ServingCertificate): {
  current(): ServingCertificate;
  replace(certificate: ServingCertificate): boolean;
  onChange(listener: (certificate: ServingCertificate) => void): () => void;
} {
  let held = first;
  const listeners = new Set<(certificate: ServingCertificate) => void>();
  return {
    current: () => held,
    replace(certificate) {
      if (certificate.cert === held.cert && certificate.key === held.key && certificate.bundle === held.bundle) return false;
      held = certificate;
      for (const listener of listeners) listener(certificate);
      return true;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
