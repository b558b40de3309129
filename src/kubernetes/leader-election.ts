import type { Lease } from '../wire/index.ts';
import type { Clock, Log, Random } from '../runtime/index.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { isKubernetesError, KubernetesError } from './kubernetes-error.ts';
import { microTime } from './micro-time.ts';
import { apiVersionOf, resources } from './resource-kind.ts';

export interface LeaderElectionOptions {
  readonly client: KubernetesClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  /** Unique among all processes that ever contend, restarts of this one included. */
  readonly identity: string;
  readonly namespace: string;
  readonly leaseName: string;
  /** How long others wait after the last renewal that they saw. */
  readonly leaseDurationMs: number;
  /** How long a leader that cannot renew goes on leading; less than the lease's duration. */
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
  /** Called on becoming leader; the signal says that leadership has ended, and the promise must settle soon after. */
  onLeading(signal: AbortSignal): void | Promise<void>;
  /** Told of each new holder, `undefined` when the lease is free. */
  onChange?(holder: string | undefined): void;
  readonly signal: AbortSignal;
}

interface Seen {
  readonly lease: Lease;
  /** On our own clock: whoever wrote the lease may have another idea of the time. */
  readonly seenMs: number;
}

/**
 * Leads while a Lease is held, as client-go does it: a holder counts as alive for the lease's duration after WE saw its lease change, so clocks of
 * other machines do not matter. Where client-go ends the process on losing the lease, this waits for `onLeading` to settle and contends
 * again. Leadership ends `renewDeadlineMs` after the last successful renewal was SENT, and nobody else can have seen that renewal earlier,
 * so two never lead at once as long as clocks run at the same speed within the ratio of the lease's duration and the deadline.
 *
 * Resolves when the signal has ended it and the lease is released; rejects only when `onLeading` does or `onChange` throws.
 */
export async function runLeaderElection(options: LeaderElectionOptions): Promise<void> {
  const { client, clock, log, random, identity, namespace, leaseName, signal, retryPeriodMs } = options;
  let seen: Seen | undefined;
  let told: string | undefined;
  let warned: string | undefined;

  function see(lease: Lease): void {
    if (seen?.lease.metadata?.resourceVersion === lease.metadata?.resourceVersion && seen?.lease.metadata?.uid === lease.metadata?.uid) return;
    seen = { lease, seenMs: clock.now() };
    const holder = lease.spec?.holderIdentity || undefined;
    if (holder === told) return;
    told = holder;
    options.onChange?.(holder);
  }

  /** Held by somebody else who may still be alive. */
  function isTaken(): boolean {
    const spec = seen?.lease.spec;
    if (!seen || !spec?.holderIdentity || spec.holderIdentity === identity) return false;
    // the holder's own duration counts: it may have been configured differently from ours
    return clock.now() < seen.seenMs + (spec.leaseDurationSeconds ?? options.leaseDurationMs / 1000) * 1000;
  }

  function wanted(): Lease {
    const before = seen?.lease;
    const renewTime = microTime(clock.now());
    const isOurs = before?.spec?.holderIdentity === identity;
    return {
      apiVersion: apiVersionOf(resources.leases),
      kind: 'Lease',
      metadata: { ...before?.metadata, name: leaseName, namespace },
      spec: {
        ...before?.spec,
        holderIdentity: identity,
        leaseDurationSeconds: Math.ceil(options.leaseDurationMs / 1000),
        acquireTime: (isOurs ? before.spec?.acquireTime : undefined) ?? renewTime,
        renewTime,
        leaseTransitions: (before?.spec?.leaseTransitions ?? 0) + (before && !isOurs ? 1 : 0),
      },
    };
  }

  /**
   * One attempt to get or to keep the lease. The resource version in the update is what makes two contenders exclude each other.
   * @returns whether we hold it now.
   */
  async function attempt(limit: AbortSignal): Promise<boolean> {
    try {
      // a leader knows its lease and saves the read; a conflict says that it was wrong, and the next attempt reads
      if (seen?.lease.spec?.holderIdentity !== identity) see(await client.get<Lease>(resources.leases, leaseName, { namespace, signal: limit }));
      if (isTaken()) return false;
      see(await client.replace<Lease>(resources.leases, leaseName, wanted(), { namespace, signal: limit }));
    } catch (error) {
      if (isKubernetesError(error, 404, 'NotFound')) {
        seen = undefined;
        see(await client.create<Lease>(resources.leases, wanted(), { namespace, signal: limit }));
      } else {
        if (isKubernetesError(error, 409)) seen = await reread(limit);
        throw error;
      }
    }
    return true;
  }

  /** After a conflict: what is there now, seen now. */
  async function reread(limit: AbortSignal): Promise<Seen | undefined> {
    see(await client.get<Lease>(resources.leases, leaseName, { namespace, signal: limit }));
    return seen;
  }

  /** An attempt with at most `limitMs`; an error is a line in the log, once for each kind. */
  async function tryFor(limitMs: number): Promise<boolean> {
    const limit = new AbortController();
    const cancels = [clock.schedule(limitMs, () => limit.abort())];
    // stopping gives an update under way a moment to be answered: whether it was done decides whether there is something to release
    const onStop = (): void => void cancels.push(clock.schedule(retryPeriodMs, () => limit.abort()));
    signal.addEventListener('abort', onStop, { once: true });
    try {
      const holds = await attempt(limit.signal);
      warned = undefined;
      return holds;
    } catch (error) {
      if (!(error instanceof KubernetesError)) throw error;
      const text = error.message;
      // losing a race is how an election goes
      if (error.status !== 409 && text !== warned) log.warn({ lease: leaseName, namespace, identity }, `The lease ${namespace}/${leaseName} could not be acquired or renewed: ${text}`);
      warned = text;
      return false;
    } finally {
      for (const cancel of cancels) cancel();
      signal.removeEventListener('abort', onStop);
    }
  }

  /** When the request was sent that made us the holder, or `undefined` when we were stopped first. */
  async function acquire(): Promise<number | undefined> {
    while (!signal.aborted) {
      const sentMs = clock.now();
      if (await tryFor(options.renewDeadlineMs)) return sentMs;
      // client-go's jitter of 1.2, so that contenders spread out
      await clock.sleep(retryPeriodMs * (1 + 1.2 * random.next()), signal).catch(() => {});
    }
    return undefined;
  }

  /** Returns when leadership has ended, for whatever reason. `sentMs`: when the renewal that made us leader was sent. */
  async function renew(sentMs: number, ended: AbortSignal): Promise<void> {
    let deadlineMs = sentMs + options.renewDeadlineMs;
    while (!signal.aborted && !ended.aborted) {
      const napMs = Math.min(retryPeriodMs, deadlineMs - clock.now());
      if (napMs > 0) await clock.sleep(napMs, ended).catch(() => {});
      if (signal.aborted || ended.aborted) return;
      const leftMs = deadlineMs - clock.now();
      // less than a millisecond is nothing to a timer
      if (leftMs < 1) {
        log.error({ lease: leaseName, namespace, identity }, `The lease ${namespace}/${leaseName} was not renewed for ${options.renewDeadlineMs / 1000} s; leadership is given up.`);
        return;
      }
      const sentMs = clock.now();
      if (await tryFor(leftMs)) deadlineMs = sentMs + options.renewDeadlineMs;
      else if (isTaken()) {
        log.error({ lease: leaseName, namespace, identity, holder: told }, `The lease ${namespace}/${leaseName} is held by ${told} now; leadership is given up.`);
        return;
      }
    }
  }

  /** So that another need not wait for the lease to expire. */
  async function release(): Promise<void> {
    if (seen?.lease.spec?.holderIdentity !== identity) return;
    const now = microTime(clock.now());
    const spec = { ...seen.lease.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: now, acquireTime: now };
    const limit = new AbortController();
    const cancel = clock.schedule(options.retryPeriodMs, () => limit.abort());
    try {
      see(await client.replace<Lease>(resources.leases, leaseName, { ...seen.lease, spec }, { namespace, signal: limit.signal }));
    } catch (error) {
      log.warn({ lease: leaseName, namespace, err: error }, `The lease ${namespace}/${leaseName} could not be released; another instance takes over when it expires.`);
    } finally {
      cancel();
    }
  }

  async function lead(sentMs: number): Promise<void> {
    log.info({ lease: leaseName, namespace, identity }, `This instance (${identity}) leads.`);
    const over = new AbortController();
    // stopping, or a failure of what we lead, ends the renewals' naps too
    const ended = new AbortController();
    const stop = (): void => ended.abort();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    let failure: { readonly error: unknown } | undefined;
    const leading = (async () => options.onLeading(over.signal))().catch((error: unknown) => {
      failure = { error };
      stop();
    });
    await renew(sentMs, ended.signal).catch((error: unknown) => (failure ??= { error }));
    over.abort(new Error('Leadership has ended.'));
    signal.removeEventListener('abort', stop);
    await leading;
    // released only when nothing of ours runs any more
    if (signal.aborted || failure) await release();
    if (failure) throw failure.error;
  }

  for (;;) {
    const sentMs = await acquire();
    if (sentMs !== undefined && !signal.aborted) await lead(sentMs);
    else await release();
    if (signal.aborted) return;
  }
}
