import type { IncomingMessage } from 'node:http';
import type { Clock, Log } from '../../runtime/index.ts';
import { type Refusal, refusals } from '../external-metrics/status.ts';
import { createAuthentication } from './authentication.ts';
import type { Identity, Wish } from './identity.ts';
import type { Reviews, Verdict } from './reviews.ts';
import type { TrustFollower } from './trust.ts';

/** Lets a request pass (`undefined`), or says why not. At once wherever the answer is known. */
export type Guard = (request: IncomingMessage, wish: Wish) => Refusal | undefined | Promise<Refusal | undefined>;

export function createGuard(parts: { readonly follower: TrustFollower; readonly reviews: Reviews; readonly clock: Clock; readonly log: Log }): Guard {
  const { reviews, clock, log } = parts;
  const authenticate = createAuthentication(parts);
  let complainedAtMs = -Infinity;

  function cannotAsk(error: unknown): Refusal {
    const message = error instanceof Error ? error.message : String(error);
    if (clock.now() - complainedAtMs > 60_000) {
      complainedAtMs = clock.now();
      log.warn({ error: message }, 'The API server could not be asked about a caller, who was turned away with 503. Callers it vouched for in the last five minutes go on.');
    }
    return refusals.unavailable(`the API server could not be asked who the caller is and what it may do: ${message}`);
  }

  function judged(identity: Identity, wish: Wish): Refusal | undefined | Promise<Refusal | undefined> {
    const verdict = reviews.judge(identity, wish);
    if (verdict instanceof Promise) return verdict.then((verdict) => refusalFor(identity, wish, verdict), cannotAsk);
    return refusalFor(identity, wish, verdict);
  }

  return (request, wish) => {
    const caller = authenticate(request);
    if (caller instanceof Promise) {
      return caller.then((caller) => (caller.kind === 'known' ? judged(caller.identity, wish) : refusals.unauthorized()), cannotAsk);
    }
    switch (caller.kind) {
      case 'known':
        return judged(caller.identity, wish);
      case 'unknown':
        return refusals.unauthorized();
      case 'later':
        return refusals.unavailable('whom to trust has not been read from ConfigMap kube-system/extension-apiserver-authentication yet');
    }
  };
}

function refusalFor({ name }: Identity, wish: Wish, verdict: Verdict): Refusal | undefined {
  if (verdict.allowed) return undefined;
  const because = verdict.reason === '' ? '' : `: ${verdict.reason}`;
  if (wish.kind === 'path') {
    return { code: 403, reason: 'Forbidden', message: `forbidden: User ${JSON.stringify(name)} cannot ${wish.verb} path ${JSON.stringify(wish.path)}${because}`, details: {} };
  }
  const { group, resource, namespace, verb } = wish;
  return {
    code: 403,
    reason: 'Forbidden',
    message: `${resource}.${group} is forbidden: User ${JSON.stringify(name)} cannot ${verb} resource "${resource}" in API group "${group}" in the namespace "${namespace}"${because}`,
    details: { group, kind: resource },
  };
}
