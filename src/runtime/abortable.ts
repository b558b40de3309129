import { TransportError } from './transport.ts';

function ended(): TransportError {
  return new TransportError('Aborted', 'the request was ended on our side.');
}

/** The promise's outcome, or `Aborted` as soon as the signal says so, whether what is behind the promise listens to the signal or not. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(ended());
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const last = <A>(settle: (answer: A) => void) => (answer: A): void => {
      signal.removeEventListener('abort', onAbort);
      settle(answer);
    };
    promise.then(last(resolve), last(reject));
  });
}

/**
 * The stream, until the signal ends it with `Aborted`. One listener for the whole stream: a `Promise.race` with one long-lived promise
 * would keep a reaction for every chunk that ever came.
 */
export async function* abortable<T>(stream: AsyncIterable<T>, signal: AbortSignal | undefined): AsyncGenerator<T, void, undefined> {
  if (signal === undefined) {
    yield* stream;
    return;
  }
  let wake: (() => void) | undefined;
  const onAbort = (): void => wake?.();
  signal.addEventListener('abort', onAbort, { once: true });
  const items = stream[Symbol.asyncIterator]();
  let finished = false;
  try {
    for (;;) {
      const next = await new Promise<IteratorResult<T, unknown>>((resolve, reject) => {
        wake = () => reject(ended());
        if (signal.aborted) wake();
        items.next().then(resolve, reject);
      });
      if (next.done === true) {
        finished = true;
        return;
      }
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    // what is behind the stream may wait for something that never comes, so its end is not waited for
    if (!finished) Promise.resolve(items.return?.()).catch(() => {});
  }
}
