import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { X509Certificate } from 'node:crypto';
import type { Clock } from '../../runtime/index.ts';
import { isIssuedBy, subjectOf } from './client-certificate.ts';
import { type Identity, identityOf } from './identity.ts';
import type { Reviews } from './reviews.ts';
import type { Trust, TrustFollower } from './trust.ts';

/** Who a caller is. `unknown`: the credentials are nobody's. `later`: whom to trust is not known yet. */
export type Caller = { readonly kind: 'known'; readonly identity: Identity } | { readonly kind: 'unknown' } | { readonly kind: 'later' };

/** What a connection's certificate proves, for one reading of the trust and until the certificate ends. */
interface Proof {
  readonly trust: Trust;
  readonly untilMs: number;
  readonly isProxy: boolean;
  readonly user?: Identity;
}

const unknown: Caller = { kind: 'unknown' };

/**
 * Authenticates as every aggregated API server does: headers of the aggregator (whose certificate must come from the
 * request-header CA and bear an allowed name), else a client certificate, else a bearer token. There is no
 * anonymous caller here.
 */
export function createAuthentication(parts: { readonly follower: TrustFollower; readonly reviews: Reviews; readonly clock: Clock }): (request: IncomingMessage) => Caller | Promise<Caller> {
  const { follower, reviews, clock } = parts;
  const proofs = new WeakMap<object, Proof>();
  const identities = new Map<string, Caller>();
  let identitiesUnder: Trust | undefined;

  function proofOf(socket: TLSSocket, trust: Trust): Proof | undefined {
    const kept = proofs.get(socket);
    if (kept !== undefined && kept.trust === trust && clock.now() < kept.untilMs) return kept;
    const leaf = socket.getPeerX509Certificate();
    if (leaf === undefined) return undefined;
    const proof = prove(leaf, trust, clock.now());
    proofs.set(socket, proof);
    return proof;
  }

  /** Identities are built once per set of headers: the aggregator sends the same few users over and over. */
  function fromHeaders(rawHeaders: readonly string[], trust: Trust): Caller | undefined {
    if (identitiesUnder !== trust) identities.clear();
    identitiesUnder = trust;
    const said = identityHeaders(rawHeaders, trust);
    const key = said.join('\n');
    const kept = identities.get(key);
    if (kept !== undefined) return kept;
    const identity = identityFrom(said, trust);
    if (identity === undefined) return undefined;
    const caller: Caller = { kind: 'known', identity };
    if (identities.size >= 1024) identities.clear();
    identities.set(key, caller);
    return caller;
  }

  async function fromToken(token: string): Promise<Caller> {
    const identity = await reviews.identify(token);
    return identity === undefined ? unknown : { kind: 'known', identity };
  }

  return (request) => {
    const trust = follower.current();
    const { authorization } = request.headers;
    const socket = request.socket as TLSSocket;
    if (trust !== undefined) {
      const proof = proofOf(socket, trust);
      if (proof?.isProxy === true) {
        const caller = fromHeaders(request.rawHeaders, trust);
        if (caller !== undefined) return caller;
      }
      if (proof?.user !== undefined) return { kind: 'known', identity: proof.user };
      if (proof !== undefined && !proof.isProxy) follower.doubt();
    }
    const token = authorization === undefined ? undefined : /^bearer +(\S+)$/i.exec(authorization)?.[1];
    if (token !== undefined) {
      const identity = reviews.identify(token);
      if (identity instanceof Promise) return fromToken(token);
      return identity === undefined ? unknown : { kind: 'known', identity };
    }
    return trust === undefined && socket.getPeerX509Certificate() !== undefined ? { kind: 'later' } : unknown;
  };
}

function prove(leaf: X509Certificate, trust: Trust, nowMs: number): Proof {
  const untilMs = leaf.validToDate.getTime();
  const { commonName, organizations } = subjectOf(leaf);
  const isProxy = isIssuedBy(leaf, trust.proxyAuthorities, nowMs) && (trust.proxyNames.length === 0 || trust.proxyNames.includes(commonName));
  const isUser = commonName !== '' && isIssuedBy(leaf, trust.clientAuthorities, nowMs);
  return { trust, untilMs, isProxy, ...(isUser && { user: identityOf({ name: commonName, groups: organizations, extra: {} }) }) };
}

/** The pairs of lower-case name and value that say who the caller is, in the order in which they came. */
function identityHeaders(rawHeaders: readonly string[], trust: Trust): string[] {
  const said: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    if (
      trust.usernameHeaders.includes(name) ||
      trust.groupHeaders.includes(name) ||
      trust.uidHeaders.includes(name) ||
      trust.extraPrefixes.some((prefix) => name.startsWith(prefix))
    ) {
      said.push(name, rawHeaders[i + 1] as string);
    }
  }
  return said;
}

function identityFrom(said: readonly string[], trust: Trust): Identity | undefined {
  const valuesOf = (names: readonly string[]): string[] => {
    const values: string[] = [];
    for (const name of names) for (let i = 0; i < said.length; i += 2) if (said[i] === name && said[i + 1] !== '') values.push(said[i + 1] as string);
    return values;
  };
  const name = valuesOf(trust.usernameHeaders)[0];
  if (name === undefined) return undefined;
  const uid = valuesOf(trust.uidHeaders)[0];
  const extra: Record<string, string[]> = {};
  for (let i = 0; i < said.length; i += 2) {
    const header = said[i] as string;
    const prefix = trust.extraPrefixes.find((prefix) => header.startsWith(prefix));
    if (prefix === undefined) continue;
    const key = unescaped(header.slice(prefix.length));
    (extra[key] ??= []).push(said[i + 1] as string);
  }
  return identityOf({ name, ...(uid !== undefined && { uid }), groups: valuesOf(trust.groupHeaders), extra });
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
