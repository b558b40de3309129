import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../runtime/index.ts';
import { rateWithin } from './prompt-queue.ts';

/** Share of prompts that wait longer, each given to the server with the fewest, by simulation. */
function lateShare(perSecond: number, servers: number, wait: number, service: () => number, seed: string): number {
  const random = createRandom(seed);
  // of each server the times at which what it was given ends
  const ends = Array.from({ length: servers }, (): number[] => []);
  let now = 0;
  let late = 0;
  const requests = 150_000;
  for (let each = 0; each < requests; each++) {
    now += -Math.log(1 - random.next()) / (perSecond * servers);
    for (const queue of ends) while (queue.length > 0 && (queue[0] as number) <= now) queue.shift();
    const shortest = ends.reduce((best, queue) => (queue.length < best.length ? queue : best));
    const begin = Math.max(now, shortest.at(-1) ?? 0);
    if (begin - now > wait) late++;
    shortest.push(begin + service());
  }
  return late / requests;
}

describe('prompts that a replica may be given', () => {
  // even between 0.1 and 0.5 s
  const queue = { service: 0.3, variation: 0.148, keeps: { wait: 2, tail: 0.01 } };

  it.each([1, 2, 4, 8])('wait no longer than they may, but for the share that may, before %d servers', (servers) => {
    const random = createRandom(`lengths/${servers}`);
    const most = rateWithin(queue, servers);
    const late = (share: number): number => lateShare(share * most, servers, 2, () => 0.1 + 0.4 * random.next(), `arrivals/${servers}`);
    expect(late(1)).toBeLessThanOrEqual(0.012);
    // and it is no rate that nobody needs to keep to
    expect(late(1.2)).toBeGreaterThan(0.01);
  });

  it('are never more than there is time for, and more where more wait, more may be late, or more replicas share them', () => {
    const any = fc.record({ service: fc.double({ min: 0.001, max: 20, noNaN: true }), variation: fc.double({ min: 0, max: 4, noNaN: true }), wait: fc.double({ min: 0, max: 60, noNaN: true }), tail: fc.double({ min: 1e-4, max: 0.4, noNaN: true }), replicas: fc.integer({ min: 1, max: 200 }) });
    fc.assert(
      fc.property(any, ({ service, variation, wait, tail, replicas }) => {
        const rate = (change: Partial<{ wait: number; tail: number; replicas: number }>): number => rateWithin({ service, variation, keeps: { wait, tail, ...change } }, change.replicas ?? replicas);
        const told = rate({});
        expect(told).toBeGreaterThan(0);
        expect(told).toBeLessThanOrEqual(1 / service);
        for (const change of [{ wait: wait + 1 }, { tail: tail * 1.5 }, { replicas: replicas + 1 }]) expect(rate(change)).toBeGreaterThanOrEqual(told * (1 - 1e-4));
      }),
    );
  });

  it('are as many as leave so many waiting in the mean, where there is no target', () => {
    const perSecond = rateWithin({ service: 0.3, variation: 0.5, keeps: { waiting: 2 } }, 3);
    const load = perSecond * 0.3;
    expect((load ** 2 * 1.5) / (2 * (1 - load))).toBeCloseTo(2, 6);
  });
});
