import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createManualClock, createRandom } from '../../runtime/index.ts';
import { createAgenda } from '../agenda.ts';
import type { ServingProfile } from './profile.ts';
import { createEngine } from './engine.ts';
import { writeMetricsPage } from './metrics-page.ts';
import type { InferenceRequest } from './request.ts';

const profile: ServingProfile = {
  modelID: 'test/model', accelerator: 'A100',
  baseMs: 10, perPrefillTokenMs: 0.1, perSequenceMs: 0.5, perResidentTokenMs: 0.001, networkMs: 0,
  maxSequences: 4, tokenBudget: 256, kvBlocks: 65, blockTokens: 16, maxModelTokens: 1024, costPerHour: 1,
};

/** Runs requests through one engine; `lookEveryMs` scrapes it meanwhile. */
async function play(
  arrivals: readonly { readonly atMs: number; readonly prompt: number; readonly output: number }[],
  options: { readonly profile?: Partial<ServingProfile>; readonly lookEveryMs?: number; readonly killAtMs?: number; readonly untilMs?: number } = {},
) {
  const clock = createManualClock(0);
  const agenda = createAgenda(clock, 50);
  const engine = createEngine({ ...profile, ...options.profile }, agenda);
  const requests: InferenceRequest[] = [];
  let endings = 0;
  let accepted = 0;
  for (const [id, { atMs, prompt, output }] of arrivals.entries()) {
    const request: InferenceRequest = {
      id, modelID: profile.modelID, arrivedAtMs: atMs, promptTokens: prompt, generationTokens: output,
      onEnd: () => { endings += 1; },
    };
    requests.push(request);
    agenda.at(atMs, () => { if (engine.submit(request)) accepted += 1; });
  }
  const looks: number[] = [];
  if (options.lookEveryMs !== undefined) {
    for (let atMs = 0; atMs < 20_000; atMs += options.lookEveryMs) {
      agenda.at(atMs, () => { looks.push(engine.kvUsedFraction(), engine.running()); writeMetricsPage(engine); });
    }
  }
  if (options.killAtMs !== undefined) agenda.at(options.killAtMs, () => engine.kill());
  agenda.start();
  await clock.advance(options.untilMs ?? 600_000);
  agenda.stop();
  return { engine, requests, accepted, endings: () => endings, looks };
}

const someArrivals = fc.array(
  fc.record({ atMs: fc.integer({ min: 0, max: 5000 }), prompt: fc.integer({ min: 1, max: 600 }), output: fc.integer({ min: 1, max: 300 }) }),
  { minLength: 1, maxLength: 25 },
);

describe('one engine', () => {
  it('takes base + prefill + sequence for the first token and a little more for each one after it', async () => {
    const { requests } = await play([{ atMs: 100, prompt: 100, output: 3 }]);
    // first: 10 + 100 × 0.1 + 0.5; then 10 + 0.5 + 100 × 0.001; then one more resident token
    expect(requests[0]?.firstTokenAtMs).toBeCloseTo(100 + 20.5, 6);
    expect(requests[0]?.endedAtMs).toBeCloseTo(100 + 20.5 + 10.6 + 10.601, 6);
  });

  it('prefills a long prompt in chunks of the token budget', async () => {
    const { requests } = await play([{ atMs: 0, prompt: 600, output: 1 }]);
    // 256 + 256 + 88 tokens: three iterations, the later ones with 256 and 512 resident tokens
    expect(requests[0]?.firstTokenAtMs).toBeCloseTo(3 * 10.5 + 60 + 0.256 + 0.512, 6);
  });

  it('runs no more than its sequences at once and queues the rest in order', async () => {
    const { engine, requests } = await play(Array.from({ length: 9 }, () => ({ atMs: 0, prompt: 10, output: 50 })), { untilMs: 300 });
    expect(engine.running()).toBe(4);
    expect(engine.waiting()).toBe(5);
    expect(requests.slice(4).every(({ firstTokenAtMs }) => firstTokenAtMs === undefined)).toBe(true);
  });

  it('preempts the youngest when the cache is full, and finishes it all the same', async () => {
    const arrivals = Array.from({ length: 4 }, (_, index) => ({ atMs: index, prompt: 200, output: 300 }));
    const { engine, requests } = await play(arrivals);
    expect(engine.meters.preemptions).toBeGreaterThan(0);
    expect(requests.every(({ ending }) => ending === 'completed')).toBe(true);
    expect(requests[0]?.endedAtMs).toBeLessThan(requests[3]?.endedAtMs ?? 0);
  });

  it('refuses what can never fit', async () => {
    const { accepted } = await play([{ atMs: 0, prompt: 1000, output: 100 }]);
    expect(accepted).toBe(0);
  });

  it('gives back every block and ends every request once, whatever comes', async () => {
    await fc.assert(
      fc.asyncProperty(someArrivals, async (arrivals) => {
        const { engine, requests, accepted, endings } = await play(arrivals);
        expect(endings()).toBe(accepted);
        expect(engine.kvUsedFraction()).toBe(0);
        expect(engine.running() + engine.waiting()).toBe(0);
        expect(engine.meters.succeeded).toBe(accepted);
        const done = requests.filter(({ ending }) => ending !== undefined);
        expect(engine.meters.generationTokens).toBe(done.reduce((total, { generationTokens }) => total + generationTokens, 0));
        expect(engine.meters.promptTokens).toBe(done.reduce((total, { promptTokens }) => total + promptTokens, 0));
        const tokensAfterFirst = done.reduce((total, { generationTokens }) => total + generationTokens - 1, 0);
        expect(engine.meters.interToken.snapshot().count).toBe(tokensAfterFirst);
      }),
      { numRuns: 40 },
    );
  });

  it('loses what is in it when it dies, each once, and holds no block', async () => {
    const arrivals = Array.from({ length: 12 }, () => ({ atMs: 0, prompt: 100, output: 200 }));
    const { engine, requests, endings } = await play(arrivals, { killAtMs: 4000, untilMs: 10_000 });
    expect(endings()).toBe(12);
    expect(new Set(requests.map(({ ending }) => ending))).toEqual(new Set(['completed', 'lost']));
    expect(engine.kvUsedFraction()).toBe(0);
  });

  it('does the same whether it is looked at or not: equal iterations are one event, and nobody can tell', async () => {
    await fc.assert(
      fc.asyncProperty(someArrivals, fc.integer({ min: 3, max: 97 }), async (arrivals, lookEveryMs) => {
        const unseen = await play(arrivals);
        const seen = await play(arrivals, { lookEveryMs });
        for (const [index, request] of unseen.requests.entries()) {
          expect(seen.requests[index]?.endedAtMs ?? -1).toBeCloseTo(request.endedAtMs ?? -1, 6);
          expect(seen.requests[index]?.firstTokenAtMs ?? -1).toBeCloseTo(request.firstTokenAtMs ?? -1, 6);
        }
        expect(seen.engine.meters.interToken.snapshot().counts).toEqual(unseen.engine.meters.interToken.snapshot().counts);
        expect(seen.engine.meters.iterationTokens.snapshot()).toEqual(unseen.engine.meters.iterationTokens.snapshot());
        expect(Math.max(...seen.looks)).toBeLessThanOrEqual(profile.maxSequences);
      }),
      { numRuns: 20 },
    );
  });

  it('is a queue with the throughput that its parameters say', async () => {
    const random = createRandom('throughput');
    const arrivals = Array.from({ length: 200 }, (_, index) => ({ atMs: index * 100, prompt: 50 + random.integer(20), output: 40 }));
    const { requests } = await play(arrivals);
    const last = Math.max(...requests.map(({ endedAtMs }) => endedAtMs ?? 0));
    // 4 sequences of 40 tokens at about 12.4 ms an iteration: about 8 requests a second, 200 of them in about 25 s
    expect(last).toBeGreaterThan(22_000);
    expect(last).toBeLessThan(30_000);
  });
});
