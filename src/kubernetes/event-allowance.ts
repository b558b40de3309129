import type { Clock } from '../runtime/index.ts';

/** So many at once for each key, and then one in each `refillMs`. */
export interface Allowance {
  /** Whether one more is allowed now. */
  take(key: string): boolean;
}

export function createAllowance(clock: Clock, options: { readonly burst: number; readonly refillMs: number }): Allowance {
  const { burst, refillMs } = options;
  /** When the key's bucket will be full again; a bucket that is full is not remembered. */
  const fullAt = new Map<string, number>();
  let sweptMs = clock.now();

  return {
    take(key) {
      const nowMs = clock.now();
      if (nowMs - sweptMs > burst * refillMs) {
        sweptMs = nowMs;
        for (const [known, atMs] of fullAt) if (atMs <= nowMs) fullAt.delete(known);
      }
      const from = Math.max(nowMs, fullAt.get(key) ?? nowMs);
      if (from + refillMs - nowMs > burst * refillMs) return false;
      fullAt.set(key, from + refillMs);
      return true;
    },
  };
}
