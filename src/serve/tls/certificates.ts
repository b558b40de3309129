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
