import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fresh, missing, type ReplicaReadings } from '../../model/index.ts';
import { createRandom } from '../../runtime/index.ts';
import { promptWindow, serviceWithin } from './prompt-time.ts';

/** Mean time in a system of servers with one queue each, the next request to the one with the least work, by simulation. */
function sojourn(perSecond: number, servers: number, lengths: () => number, seed: string): number {
  const random = createRandom(seed);
  const freeAt = Array.from({ length: servers }, () => 0);
  let now = 0;
  let total = 0;
  const requests = 60_000;
  for (let each = 0; each < requests; each++) {
    now += -Math.log(1 - random.next()) / (perSecond * servers);
    const first = freeAt.indexOf(Math.min(...freeAt));
    const end = Math.max(now, freeAt[first] as number) + lengths();
    freeAt[first] = end;
    total += end - now;
  }
  return total / requests;
}

describe('the time that a prompt takes, from how long it takes with its queue', () => {
  it.each([[1, 0.3], [1, 0.7], [1, 0.9], [2, 0.6], [3, 0.9], [8, 0.8]])('is found before %d servers at a load of %d', (servers, load) => {
    const random = createRandom(`lengths/${servers}/${load}`);
    // even between 0.1 and 0.5 s: a variation of 0.148
    const told = sojourn(load / 0.3, servers, () => 0.1 + 0.4 * random.next(), `arrivals/${servers}/${load}`);
    expect(serviceWithin(told, load / 0.3, 0.148, servers) / 0.3).toBeCloseTo(1, 1);
  });

  it('is no more than all of it, nor than a busy server has for each, and comes to those ends', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 600, noNaN: true }), fc.double({ min: 0.001, max: 100, noNaN: true }), fc.double({ min: 0, max: 4, noNaN: true }), fc.integer({ min: 1, max: 50 }), (told, rate, variation, servers) => {
        const service = serviceWithin(told, rate, variation, servers);
        expect(service).toBeGreaterThanOrEqual(0);
        expect(service).toBeLessThanOrEqual(Math.min(told, 1 / rate));
        expect(serviceWithin(told * 1.5, rate, variation, servers)).toBeGreaterThanOrEqual(service - 1e-6 * service);
      }),
    );
    expect(serviceWithin(0.3, 0.001, 0.5, 1)).toBeCloseTo(0.3, 3);
    expect(serviceWithin(500, 3, 0.5, 1)).toBeCloseTo(1 / 3, 2);
  });
});

describe('a minute of a server that computes prompts', () => {
  // as a simulated server shows it: 15 ms and 66.7 ms for 1000 tokens, 2 prompts a second
  const shown = { completionsPerSecond: 2, promptTokensPerSecond: 7755, generationTokensPerSecond: 2, meanPromptTokens: 3878, ttftSeconds: 0.5295, queueSeconds: 0.1488, kvUsedFraction: 0.01, prefixHitFraction: 0 };
  const readings = (told: Partial<Record<keyof ReplicaReadings, number>>) => ({ readings: new Proxy({}, { get: (_, name: keyof typeof shown) => (told[name] === undefined ? missing('NotReported') : fresh(told[name], 0)) }) as ReplicaReadings });

  it('tells what a prompt takes, without a time between tokens', () => {
    const window = promptWindow(readings(shown), 0.3, 8192, 1);
    expect((window?.promptMs ?? 0) / (15 + 66.7 * 3.878)).toBeCloseTo(1, 1);
    expect(window?.promptK).toBeCloseTo(3.878);
    // about one is there at a time, so it has an iteration of its own
    expect(window?.iterations).toBeCloseTo(0.94, 1);
  });

  it('counts what is found in the prefix cache as not computed', () => {
    expect(promptWindow(readings({ ...shown, prefixHitFraction: 0.75 }), 0.3, 8192, 1)?.promptK).toBeCloseTo(3.878 / 4);
  });

  it.each([
    ['nothing was computed', { promptTokensPerSecond: 0 }],
    ['requests were given up', { completionsPerSecond: 8 }],
    ['decode servers are waited for, with the cache full of prompts that they have not copied', { kvUsedFraction: 0.99 }],
  ])('tells nothing where %s', (_, changed) => {
    expect(promptWindow(readings({ ...shown, ...changed }), 0.3, 8192, 1)).toBeUndefined();
  });

  it.each(['promptTokensPerSecond', 'meanPromptTokens', 'ttftSeconds'] as const)('tells nothing without %s', (name) => {
    const { [name]: left, ...others } = shown;
    expect(left).toBeGreaterThan(0);
    expect(promptWindow(readings(others), 0.3, 8192, 1)).toBeUndefined();
  });
});
