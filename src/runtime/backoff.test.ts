import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBackoff, retry } from './backoff.ts';
import { createManualClock } from './clock.ts';
import { createRandom } from './random.ts';

class Failure extends Error {
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  constructor(retryable: boolean, retryAfterMs?: number) {
    super('failed');
    this.retryable = retryable;
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }
}

describe('backoff', () => {
  it('stays between half and all of a range that doubles up to its limit', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 1000 }), (seed, initialMs) => {
        const backoff = createBackoff(createRandom(seed), { initialMs, maxMs: 16_000 });
        for (let n = 0; n < 20; n++) {
          const range = Math.min(16_000, initialMs * 2 ** n);
          const wait = backoff.next();
          if (wait < range / 2 || wait >= range) return false;
        }
        backoff.reset();
        return backoff.next() < initialMs;
      }),
    );
  });

  it('never comes back before the server said, and then not all at once', () => {
    const backoff = createBackoff(createRandom(1));
    const waits = Array.from({ length: 5 }, () => backoff.next(60_000));
    for (const wait of waits) expect(wait).toBeGreaterThanOrEqual(60_000);
    expect(new Set(waits).size).toBe(5);
  });
});

describe('retry', () => {
  it('goes on after errors that call themselves retryable, waiting as told', async () => {
    const clock = createManualClock();
    const failures = [new Failure(true), new Failure(true, 7000)];
    const triedMs: number[] = [];
    const result = retry(
      async (count) => {
        triedMs.push(clock.now());
        const failure = failures.shift();
        if (failure) throw failure;
        return count;
      },
      { clock, random: createRandom(3) },
    );
    await clock.advance(60_000);
    expect(await result).toBe(3);
    expect(triedMs[1]).toBeGreaterThanOrEqual(250);
    expect((triedMs[2] ?? 0) - (triedMs[1] ?? 0)).toBeGreaterThanOrEqual(7000);
  });

  it.each([
    ['an error that says no', new Failure(false), 1],
    ['an error that says nothing', new Error('bug'), 1],
    ['too many', new Failure(true), 5],
  ])('gives up on %s', async (_, failure, expected) => {
    const clock = createManualClock();
    let tried = 0;
    const result = retry(
      async () => {
        tried++;
        throw failure;
      },
      { clock, random: createRandom(3) },
    ).catch((error: unknown) => error);
    await clock.advance(120_000);
    expect(await result).toBe(failure);
    expect(tried).toBe(expected);
  });

  it('ends a wait with the signal, and gives the error that made it wait', async () => {
    const clock = createManualClock();
    const stop = new AbortController();
    const failure = new Failure(true);
    const result = retry(() => Promise.reject(failure), { clock, random: createRandom(3), signal: stop.signal }).catch((error: unknown) => error);
    await clock.advance(1);
    stop.abort();
    expect(await result).toBe(failure);
  });
});
