import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

export interface BackoffOptions {
  /** First wait. Default 500 ms. */
  readonly initialMs?: number;
  /** No wait grows beyond it. Default 30 s. */
  readonly maxMs?: number;
  /** Default 2. */
  readonly factor?: number;
}

export interface Backoff {
  /** How long to wait before the next attempt: never less than what the server asked for, where it did. */
  next(retryAfterMs?: number): number;
  /** After a success. */
  reset(): void;
}

/**
 * Waits that double, each drawn from the upper half of its range: [0.5, 1) times. Fewer than the whole range, so that a wait is never
 * near zero; enough, so that a thousand clients that lost the same server do not come back in one moment.
 */
export function createBackoff(random: Random, options: BackoffOptions = {}): Backoff {
  const { initialMs = 500, maxMs = 30_000, factor = 2 } = options;
  let rangeMs = initialMs;
  return {
    next(retryAfterMs) {
      const drawn = rangeMs * (0.5 + random.next() / 2);
      rangeMs = Math.min(maxMs, rangeMs * factor);
      // a server's wish is met a little late, by up to a tenth of the drawn wait: not all of those it told the same come at once
      return retryAfterMs === undefined ? drawn : Math.max(retryAfterMs + drawn / 10, drawn);
    },
    reset() {
      rangeMs = initialMs;
    },
  };
}

export interface RetryOptions extends BackoffOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** In all, the first included. Default 5. */
  readonly attempts?: number;
  readonly signal?: AbortSignal;
  /** Default: what the error says in `retryable`. */
  readonly shouldRetry?: (error: unknown) => boolean;
  /** Told before each wait. */
  readonly onRetry?: (error: unknown, waitMs: number) => void;
}

/**
 * Runs `attempt` until it succeeds, its error says that trying again is no use, the attempts are spent or the signal ends it; then rejects
 * with the last error. An error's `retryAfterMs` is honoured.
 */
export async function retry<T>(attempt: (count: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const backoff = createBackoff(options.random, options);
  const shouldRetry = options.shouldRetry ?? ((error) => (error as { retryable?: unknown } | undefined)?.retryable === true);
  const attempts = options.attempts ?? 5;
  for (let count = 1; ; count++) {
    try {
      return await attempt(count);
    } catch (error) {
      if (count >= attempts || options.signal?.aborted || !shouldRetry(error)) throw error;
      const waitMs = backoff.next((error as { retryAfterMs?: number }).retryAfterMs);
      options.onRetry?.(error, waitMs);
      const goOn = await options.clock.sleep(waitMs, options.signal).then(
        () => true,
        () => false,
      );
      if (!goOn) throw error;
    }
  }
}
