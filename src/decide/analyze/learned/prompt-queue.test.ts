import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../runtime/index.ts';
import { rateWithin } from './prompt-queue.ts';

/** Share of prompts that are computed later, each given to the server with the fewest, by simulation. */
function lateShare(perSecond: number, servers: number, within: number, service: () => number, seed: string): number {
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
    const end = begin + service();
    if (end - now > within) late++;
    shortest.push(end);
  }
  return late / requests;
}

describe('prompts that a replica may be given', () => {
  // even between 0.1 and 0.5 s
  const queue = { service: 0.3, variation: 0.148, keeps: { within: 2.3, late: 0.01 } };

  it.each([1, 2, 4, 8])('are computed in time, but for the share that may be late, before %d servers', (servers) => {
    const random = createRandom(`lengths/${servers}`);
    const most = rateWithin(queue, servers);
    const late = (share: number): number => lateShare(share * most, servers, 2.3, () => 0.1 + 0.4 * random.next(), `arrivals/${servers}`);
    expect(late(1)).toBeLessThanOrEqual(0.012);
    // and it is no rate that nobody needs to keep to
    expect(late(1.2)).toBeGreaterThan(0.01);
  });

  it('are never more than there is time for, and more where more wait, more may be late, or more replicas share them', () => {
    const any = fc.record({ service: fc.double({ min: 0.001, max: 20, noNaN: true }), variation: fc.double({ min: 0, max: 4, noNaN: true }), within: fc.double({ min: 0, max: 60, noNaN: true }), late: fc.double({ min: 1e-4, max: 0.4, noNaN: true }), replicas: fc.integer({ min: 1, max: 200 }) });
    fc.assert(
      fc.property(any, ({ service, variation, within, late, replicas }) => {
        const rate = (change: Partial<{ within: number; late: number; replicas: number }>): number => rateWithin({ service, variation, keeps: { within, late, ...change } }, change.replicas ?? replicas);
        const told = rate({});
        expect(told).toBeGreaterThan(0);
        expect(told).toBeLessThanOrEqual(1 / service);
        for (const change of [{ within: within + 1 }, { late: late * 1.5 }, { replicas: replicas + 1 }]) expect(rate(change)).toBeGreaterThanOrEqual(told * (1 - 2e-3));
      }),
    );
  });

  it('are as many as leave so many waiting in the mean, where there is no target', () => {
    const perSecond = rateWithin({ service: 0.3, variation: 0.5, keeps: { waiting: 2 } }, 3);
    const load = perSecond * 0.3;
    expect((load ** 2 * 1.5) / (2 * (1 - load))).toBeCloseTo(2, 6);
  });
});
