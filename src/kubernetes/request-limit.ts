import { TransportError, type Clock } from '../runtime/index.ts';
import { KubernetesError } from './kubernetes-error.ts';

export interface RequestLimit {
  readonly signal: AbortSignal;
  /** The error that is worth telling: an abort that was ours because time ran out is a time-out. */
  explain(error: unknown): unknown;
  /** For a request whose answer was read to the end, which holds nothing any more: forgets parent and time. */
  release(): void;
  /** Frees what the request still holds. */
  end(): void;
}

/** Ends a request with the caller's signal; by a plain listener, because `AbortSignal.any` holds on to long-lived parents. */
export function linkedTo(parent: AbortSignal | undefined): Omit<RequestLimit, 'explain'> {
  const own = new AbortController();
  const follow = (): void => own.abort(parent?.reason);
  if (parent?.aborted) follow();
  parent?.addEventListener('abort', follow, { once: true });
  const release = (): void => parent?.removeEventListener('abort', follow);
  return {
    signal: own.signal,
    release,
    end() {
      release();
      own.abort();
    },
  };
}

/** The same, and after `timeoutMs`. */
export function limitedTo(timeoutMs: number, clock: Clock, parent: AbortSignal | undefined): RequestLimit {
  const link = linkedTo(parent);
  let timedOut = false;
  const cancel = clock.schedule(timeoutMs, () => {
    timedOut = true;
    link.end();
  });
  return {
    signal: link.signal,
    explain(error) {
      if (!timedOut || error instanceof KubernetesError) return error;
      return new TransportError('TimedOut', `no complete answer came within ${timeoutMs / 1000} s.`, { cause: error });
    },
    release() {
      cancel();
      link.release();
    },
    end() {
      cancel();
      link.end();
    },
  };
}
