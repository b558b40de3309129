import { TransportError, type Clock } from '../runtime/index.ts';

/**
 * Runs `work` for at most `limitMs`, and no longer than `signal` allows. The answer does not wait for work
 * that ignores its own signal.
 * @throws {TransportError} `TimedOut` at the limit, `Aborted` when `signal` ended it, or what `work` throws.
 */
export async function withinDeadline<T>(
  clock: Clock,
  limitMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let cancel = (): void => {};
  let stopListening = (): void => {};
  const ended = new Promise<never>((_, reject) => {
    const end = (reason: TransportError): void => {
      reject(reason);
      controller.abort(reason);
    };
    const onAbort = (): void => end(new TransportError('Aborted', 'The look was called off.', { cause: signal.reason }));
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    stopListening = () => signal.removeEventListener('abort', onAbort);
    cancel = clock.schedule(limitMs, () => end(new TransportError('TimedOut', `No answer within ${limitMs} ms.`)));
  });
  try {
    const working = work(controller.signal);
    // whichever loses the race must not become an unhandled rejection
    working.catch(() => {});
    ended.catch(() => {});
    return await Promise.race([ended, working]);
  } finally {
    cancel();
    stopListening();
  }
}
