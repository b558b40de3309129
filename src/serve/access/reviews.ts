import { createHash } from 'node:crypto';
import { type KubernetesClient, resources } from '../../kubernetes/index.ts';
import type { Clock, Meters } from '../../runtime/index.ts';
import { createAnswers } from './answers.ts';
import { type Identity, type Wish, identityOf, wishKey } from './identity.ts';

/** Whether a caller may do something, and why not. */
export interface Verdict {
  readonly allowed: boolean;
  /** From the authorizer; may be empty. */
  readonly reason: string;
}

/** Asks the API server about callers. Promises reject when it cannot be asked and no grant is left. */
export interface Reviews {
  /** Whose token this is; `undefined`: nobody's. */
  identify(token: string): (Identity | undefined) | Promise<Identity | undefined>;
  judge(identity: Identity, wish: Wish): Verdict | Promise<Verdict>;
}

interface TokenReview {
  apiVersion: string;
  kind: string;
  spec: { token: string };
  status?: { authenticated?: boolean; error?: string; user?: { username?: string; uid?: string; groups?: string[]; extra?: Record<string, string[]> } };
}

interface SubjectAccessReview {
  apiVersion: string;
  kind: string;
  spec: object;
  status?: { allowed?: boolean; denied?: boolean; reason?: string };
}

/** A grant is believed for 10 s, as API servers do for those who delegate to them. */
const grantMs = 10_000;
/** While the API server does not answer, grants go on for five minutes: roles cannot change meanwhile, and Prometheus keeps its data. */
const outageMs = 300_000;
const reviewTimeoutMs = 3000;
const superusers = 'system:masters';

export function createReviews(parts: { readonly client: KubernetesClient; readonly clock: Clock; readonly meters: Meters }): Reviews {
  const { client, clock, meters } = parts;
  const tokens = createAnswers<Identity | undefined>({
    clock,
    grantMs,
    refusalMs: 1000,
    outageMs,
    most: 4096,
    isGrant: (identity) => identity !== undefined,
  });
  const verdicts = createAnswers<Verdict>({ clock, grantMs, refusalMs: 1000, outageMs, most: 16_384, isGrant: ({ allowed }) => allowed });

  async function counted<T>(review: string, ask: (signal: AbortSignal) => Promise<T>, granted: (answer: T) => boolean): Promise<T> {
    const limit = new AbortController();
    const cancel = clock.schedule(reviewTimeoutMs, () => limit.abort(new Error(`The API server did not answer a ${review} within ${reviewTimeoutMs / 1000} s.`)));
    try {
      const answer = await ask(limit.signal);
      meters.count('wva_access_reviews_total', { review, outcome: granted(answer) ? 'allowed' : 'denied' });
      return answer;
    } catch (error) {
      meters.count('wva_access_reviews_total', { review, outcome: 'failed' });
      throw error;
    } finally {
      cancel();
    }
  }

  async function tokenReview(token: string, signal: AbortSignal): Promise<Identity | undefined> {
    const review: TokenReview = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
    const { status } = await client.create(resources.tokenReviews, review, { signal });
    if (status?.authenticated !== true || !status.user?.username) return undefined;
    const { username, uid, groups = [], extra = {} } = status.user;
    return identityOf({ name: username, ...(uid && { uid }), groups, extra });
  }

  async function accessReview(identity: Identity, wish: Wish, signal: AbortSignal): Promise<Verdict> {
    const { name, uid, groups, extra } = identity;
    const attributes =
      wish.kind === 'path'
        ? { nonResourceAttributes: { path: wish.path, verb: wish.verb } }
        : { resourceAttributes: { group: wish.group, version: wish.version, resource: wish.resource, namespace: wish.namespace, verb: wish.verb } };
    const review: SubjectAccessReview = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user: name, groups, extra, ...(uid !== undefined && { uid }), ...attributes },
    };
    const { status } = await client.create(resources.subjectAccessReviews, review, { signal });
    return { allowed: status?.allowed === true && status.denied !== true, reason: status?.reason ?? '' };
  }

  return {
    identify(token) {
      // the token itself is a secret and is not kept
      const key = createHash('sha256').update(token).digest('base64');
      return tokens.get(key, () => counted('TokenReview', (signal) => tokenReview(token, signal), (identity) => identity !== undefined));
    },
    judge(identity, wish) {
      if (identity.groups.includes(superusers)) return { allowed: true, reason: '' };
      const key = `${identity.key}\n${wishKey(wish)}`;
      return verdicts.get(key, () => counted('SubjectAccessReview', (signal) => accessReview(identity, wish, signal), ({ allowed }) => allowed));
    },
  };
}
