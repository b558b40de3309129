import { X509Certificate, createPrivateKey } from 'node:crypto';
import { isIP } from 'node:net';
import { createAuthority, issueServing, type KeyedCertificate } from './authority.ts';

/** What is kept in the Secret, all PEM. */
export interface StoredCertificates {
  /** Every CA that callers should trust, the newest first. */
  readonly bundle: string;
  /** Key of the newest CA. */
  readonly authorityKey: string;
  readonly cert: string;
  readonly key: string;
}

export interface RotationTimes {
  readonly authorityLifeMs: number;
  readonly servingLifeMs: number;
  /**
   * How long a new CA is published before anything is signed by it, and an old one after the last certificate of it was
   * replaced: every instance has read the Secret, and the APIService carries the bundle, well before.
   */
  readonly overlapMs: number;
}

const dayMs = 24 * 3600_000;
/** A CA of ten years, serving certificates of 90 days, an hour of overlap. */
export const defaultTimes: RotationTimes = { authorityLifeMs: 3650 * dayMs, servingLifeMs: 90 * dayMs, overlapMs: 3600_000 };

/** What to do now about what is stored. A pure function of the certificates and the time. */
export type RotationStep =
  | { readonly kind: 'keep' }
  | { readonly kind: 'new authority'; readonly why: string }
  | { readonly kind: 'new serving certificate'; readonly why: string }
  | { readonly kind: 'retire authorities'; readonly keep: readonly string[]; readonly why: string };

/** A third of life is left, by when a certificate is replaced. */
function isAging(certificate: X509Certificate, nowMs: number): boolean {
  const [from, to] = [certificate.validFromDate.getTime(), certificate.validToDate.getTime()];
  return to - nowMs < (to - from) / 3;
}

export function nextStep(stored: StoredCertificates | undefined, names: readonly string[], times: RotationTimes, nowMs: number): RotationStep {
  if (stored === undefined) return { kind: 'new authority', why: 'there is none yet' };
  const broken = brokenness(stored);
  if (broken !== undefined) return { kind: 'new authority', why: `what is stored cannot be used: ${broken}` };
  const authorities = certificatesIn(stored.bundle).map((pem) => ({ pem, certificate: new X509Certificate(pem) }));
  const newest = authorities[0] as (typeof authorities)[number];
  const serving = new X509Certificate(stored.cert);

  if (isAging(newest.certificate, nowMs)) return { kind: 'new authority', why: `less than a third of the life of the CA is left (it ends ${newest.certificate.validTo})` };
  const newestIsKnown = nowMs - newest.certificate.validFromDate.getTime() >= times.overlapMs;
  const signedByNewest = serving.checkIssued(newest.certificate);
  const signer = authorities.find(({ certificate }) => serving.checkIssued(certificate));
  if (signer === undefined) return { kind: 'new serving certificate', why: 'no CA in the bundle signed it' };
  const missing = names.filter((name) => (isIP(name) === 0 ? serving.checkHost(name) : serving.checkIP(name)) === undefined);
  if (missing.length > 0) return { kind: 'new serving certificate', why: `it is not for ${missing.join(', ')}` };
  const ended = serving.validToDate.getTime() <= nowMs || signer.certificate.validToDate.getTime() <= nowMs;
  // An aging certificate of the old CA waits for the overlap: a third of its life is far longer than that.
  if (ended || ((signedByNewest || newestIsKnown) && isAging(serving, nowMs))) {
    return { kind: 'new serving certificate', why: `${ended ? 'it has ended' : 'less than a third of its life is left'} (${serving.validTo})` };
  }
  if (!signedByNewest && newestIsKnown) return { kind: 'new serving certificate', why: 'the CA that signed it is being replaced' };
  const servedForMs = nowMs - serving.validFromDate.getTime();
  if (signedByNewest && authorities.length > 1 && servedForMs >= times.overlapMs) {
    return { kind: 'retire authorities', keep: [newest.pem], why: 'nothing in use is signed by the older ones' };
  }
  return { kind: 'keep' };
}

/** Carries out one step, or `undefined` where there is nothing to do. */
export async function takeStep(
  step: RotationStep,
  stored: StoredCertificates | undefined,
  names: readonly string[],
  times: RotationTimes,
  nowMs: number,
): Promise<StoredCertificates | undefined> {
  switch (step.kind) {
    case 'keep':
      return undefined;
    case 'new authority': {
      const authority = await createAuthority(`workload-variant-autoscaler-ca@${Math.floor(nowMs / 1000)}`, nowMs, times.authorityLifeMs);
      const usable = stored !== undefined && brokenness(stored) === undefined;
      const old = usable ? certificatesIn(stored.bundle).filter((pem) => new X509Certificate(pem).validToDate.getTime() > nowMs) : [];
      if (old.length > 0 && usable) return { ...stored, bundle: [authority.cert, ...old].join(''), authorityKey: authority.key };
      return { bundle: authority.cert, authorityKey: authority.key, ...renamed(await issueServing(authority, names, nowMs, times.servingLifeMs)) };
    }
    case 'new serving certificate': {
      if (stored === undefined) return undefined;
      const authority = { cert: certificatesIn(stored.bundle)[0] ?? '', key: stored.authorityKey };
      return { ...stored, ...renamed(await issueServing(authority, names, nowMs, times.servingLifeMs)) };
    }
    case 'retire authorities':
      return stored && { ...stored, bundle: step.keep.join('') };
  }
}

/** The certificates of a PEM text, one text each. */
export function certificatesIn(pem: string): string[] {
  return [...pem.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)].map(([one]) => `${one}\n`);
}

/** Why a set cannot be used at all, or `undefined`. */
function brokenness(stored: StoredCertificates): string | undefined {
  try {
    const newest = certificatesIn(stored.bundle)[0];
    if (newest === undefined) return 'there is no CA in it';
    if (!new X509Certificate(newest).checkPrivateKey(createPrivateKey(stored.authorityKey))) return 'the key of the CA is that of another';
    if (!new X509Certificate(stored.cert).checkPrivateKey(createPrivateKey(stored.key))) return 'the serving certificate has the key of another';
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function renamed({ cert, key }: KeyedCertificate): Pick<StoredCertificates, 'cert' | 'key'> {
  return { cert, key };
}
