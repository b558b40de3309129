import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../runtime/index.ts';
import { createEventQueue } from '../agenda.ts';
import type { ServingProfile } from './profile.ts';
import { createEngine } from './engine.ts';
import type { InferenceRequest } from './request.ts';

const profile: ServingProfile = {
  modelID: 'test/model', accelerator: 'A100',
  baseMs: 10, perPrefillTokenMs: 0.1, perSequenceMs: 0.5, perResidentTokenMs: 0.001, networkMs: 0,
  maxSequences: 4, tokenBudget: 256, kvBlocks: 65, blockTokens: 16, maxModelTokens: 1024, costPerHour: 1,
};

interface Asked {
  readonly atMs: number;
  readonly prompt: number;
  readonly output: number;
  readonly prefix?: { readonly id: number; readonly tokens: number };
}

/** Runs requests through one engine; `lookEveryMs` scrapes it meanwhile. */
function play(
  arrivals: readonly Asked[],
  options: { readonly profile?: Partial<ServingProfile>; readonly lookEveryMs?: number; readonly at?: readonly (readonly [number, (engine: ReturnType<typeof createEngine>, requests: InferenceRequest[]) => void])[]; readonly untilMs?: number } = {},
) {
  const agenda = createEventQueue(0);
  const engine = createEngine({ ...profile, ...options.profile }, agenda);
  let [endings, accepted] = [0, 0];
  const requests = arrivals.map(({ atMs, prompt, output, prefix }, id): InferenceRequest => ({
    id, modelID: profile.modelID, arrivedAtMs: atMs, promptTokens: prompt, generationTokens: output, ...(prefix && { prefix }),
    onEnd: () => { endings += 1; },
  }));
  for (const request of requests) agenda.at(request.arrivedAtMs, () => { if (engine.submit(request)) accepted += 1; });
  const looks: number[] = [];
  const { lookEveryMs } = options;
  if (lookEveryMs !== undefined) {
    for (let atMs = 0; atMs < 20_000; atMs += lookEveryMs) agenda.at(atMs, () => { looks.push(engine.kvUsedFraction(), engine.running()); expect(engine.meters.generationTokens).toBeGreaterThanOrEqual(0); });
  }
  for (const [atMs, happens] of options.at ?? []) agenda.at(atMs, () => happens(engine, requests));
  agenda.runUntil(options.untilMs ?? 600_000);
  return { engine, requests, accepted, endings, looks };
}

const someArrivals = fc.array(
  fc.record({ atMs: fc.integer({ min: 0, max: 5000 }), prompt: fc.integer({ min: 1, max: 600 }), output: fc.integer({ min: 1, max: 300 }) }),
  { minLength: 1, maxLength: 25 },
);

describe('one engine', () => {
  it('takes base + prefill + sequence for the first token and a little more for each one after it', () => {
    const { requests } = play([{ atMs: 100, prompt: 100, output: 3 }]);
    // first: 10 + 100 × 0.1 + 0.5; then 10 + 0.5 + 100 × 0.001; then one more resident token
    expect(requests[0]?.firstTokenAtMs).toBeCloseTo(100 + 20.5, 6);
    expect(requests[0]?.endedAtMs).toBeCloseTo(100 + 20.5 + 10.6 + 10.601, 6);
  });

  it('prefills a long prompt in chunks of the token budget', () => {
    const { requests } = play([{ atMs: 0, prompt: 600, output: 1 }]);
    // 256 + 256 + 88 tokens: three iterations, the later ones with 256 and 512 resident tokens
    expect(requests[0]?.firstTokenAtMs).toBeCloseTo(3 * 10.5 + 60 + 0.256 + 0.512, 6);
  });

  it('runs no more than its sequences at once and queues the rest in order', () => {
    const { engine, requests } = play(Array.from({ length: 9 }, () => ({ atMs: 0, prompt: 10, output: 50 })), { untilMs: 300 });
    expect(engine.running()).toBe(4);
    expect(engine.waiting()).toBe(5);
    expect(engine.waitingTokens()).toBe(50);
    expect(requests.slice(4).every(({ firstTokenAtMs }) => firstTokenAtMs === undefined)).toBe(true);
  });

  it('preempts the youngest when the cache is full, and finishes it all the same', () => {
    const arrivals = Array.from({ length: 4 }, (_, index) => ({ atMs: index, prompt: 200, output: 300 }));
    const { engine, requests } = play(arrivals);
    expect(engine.meters.preemptions).toBeGreaterThan(0);
    expect(requests.every(({ ending }) => ending === 'completed')).toBe(true);
    expect(requests[0]?.endedAtMs).toBeLessThan(requests[3]?.endedAtMs ?? 0);
  });

  it('refuses what can never fit', () => {
    expect(play([{ atMs: 0, prompt: 1000, output: 100 }]).accepted).toBe(0);
    expect(play([{ atMs: 0, prompt: 500, output: 100 }], { profile: { kvBlocks: 38 } }).accepted).toBe(0);
  });

  it('gives back every block and ends every request once, whatever comes', () => {
    fc.assert(
      fc.property(someArrivals, (arrivals) => {
        const { engine, requests, accepted, endings } = play(arrivals);
        expect(endings).toBe(accepted);
        expect(engine.kvUsedFraction()).toBe(0);
        expect(engine.running() + engine.waiting()).toBe(0);
        expect(engine.meters.succeeded).toBe(accepted);
        const done = requests.filter(({ ending }) => ending !== undefined);
        expect(engine.meters.generationTokens).toBe(done.reduce((total, { generationTokens }) => total + generationTokens, 0));
        expect(engine.meters.promptTokens).toBe(done.reduce((total, { promptTokens }) => total + promptTokens, 0));
        const tokensAfterFirst = done.reduce((total, { generationTokens }) => total + generationTokens - 1, 0);
        expect(engine.meters.interToken.snapshot().count).toBe(tokensAfterFirst);
      }),
      { numRuns: 200 },
    );
  });

  it('loses what is in it when it dies, each once, and holds no block', () => {
    const arrivals = Array.from({ length: 12 }, () => ({ atMs: 0, prompt: 100, output: 200 }));
    const { engine, requests, endings } = play(arrivals, { at: [[4000, (dying) => dying.kill()]] });
    expect(endings).toBe(12);
    expect(new Set(requests.map(({ ending }) => ending))).toEqual(new Set(['completed', 'lost']));
    expect(engine.kvUsedFraction()).toBe(0);
    expect(engine.meters.aborted).toBe(requests.filter(({ ending }) => ending === 'lost').length);
  });

  it('lets a client give up: its blocks are free, the iteration under way goes on, and the next one is without it', () => {
    const { engine, requests } = play(
      [{ atMs: 0, prompt: 100, output: 100 }, { atMs: 0, prompt: 100, output: 3 }],
      // in the middle of the iteration that samples the second token of both
      { at: [[35, (server, [first]) => expect(first && server.cancel(first)).toBe(true)]] },
    );
    expect(requests.map(({ ending }) => ending)).toEqual(['timed-out', 'completed']);
    // 20.5 the first alone; 21 + 0.1 the second one's prompt beside its second token; then 10.5 + 0.1 and 10.5 + 0.101 alone
    expect(requests[1]?.endedAtMs).toBeCloseTo(20.5 + 21.1 + 10.6 + 10.601, 6);
    expect(engine.meters).toMatchObject({ aborted: 1, succeeded: 1 });
    expect(requests[0] && engine.cancel(requests[0])).toBe(false);
  });

  it('becomes slower from the iteration after the one that is under way', () => {
    const { requests } = play([{ atMs: 0, prompt: 100, output: 4 }], { at: [[25, (server) => server.slowDown(2)]] });
    expect(requests[0]?.endedAtMs).toBeCloseTo(20.5 + 10.6 + 2 * (10.601 + 10.602), 6);
  });

  it('does the same whether it is looked at or not: equal iterations are one event, and nobody can tell', () => {
    fc.assert(
      fc.property(someArrivals, fc.integer({ min: 3, max: 97 }), fc.constantFrom('vllm', 'sglang'), (arrivals, lookEveryMs, engine) => {
        const unseen = play(arrivals, { profile: { engine } });
        const seen = play(arrivals, { profile: { engine }, lookEveryMs });
        for (const [index, request] of unseen.requests.entries()) {
          expect(seen.requests[index]?.endedAtMs ?? -1).toBeCloseTo(request.endedAtMs ?? -1, 6);
          expect(seen.requests[index]?.firstTokenAtMs ?? -1).toBeCloseTo(request.firstTokenAtMs ?? -1, 6);
        }
        expect(seen.engine.meters.interToken.snapshot().counts).toEqual(unseen.engine.meters.interToken.snapshot().counts);
        expect(seen.engine.meters.iterationTokens.snapshot()).toEqual(unseen.engine.meters.iterationTokens.snapshot());
        expect(Math.max(...seen.looks)).toBeLessThanOrEqual(profile.maxSequences);
      }),
      { numRuns: 100 },
    );
  });

  it('is a queue with the throughput that its parameters say', () => {
    const random = createRandom('throughput');
    const arrivals = Array.from({ length: 200 }, (_, index) => ({ atMs: index * 100, prompt: 50 + random.integer(20), output: 40 }));
    const { requests } = play(arrivals);
    const last = Math.max(...requests.map(({ endedAtMs }) => endedAtMs ?? 0));
    // 4 sequences of 40 tokens at about 12.4 ms an iteration: about 8 requests a second, 200 of them in about 25 s
    expect(last).toBeGreaterThan(22_000);
    expect(last).toBeLessThan(30_000);
  });
});

describe('the prefix cache', () => {
  const text = (tokens: number): Pick<Asked, 'prefix'> => ({ prefix: { id: 7, tokens } });

  it.each<[string, readonly Asked[], Partial<ServingProfile>, number]>([
    ['finds the full blocks of a beginning that was there before', [{ atMs: 0, prompt: 110, output: 1, ...text(100) }, { atMs: 1000, prompt: 110, output: 1, ...text(100) }], {}, 96],
    ['finds them while the first request still runs', [{ atMs: 0, prompt: 110, output: 50, ...text(100) }, { atMs: 100, prompt: 110, output: 1, ...text(100) }], {}, 96],
    ['finds nothing in other texts', [{ atMs: 0, prompt: 110, output: 1, ...text(100) }, { atMs: 1000, prompt: 110, output: 1, prefix: { id: 8, tokens: 100 } }], {}, 0],
    ['finds the earlier turns of a conversation', [32, 64, 96].map((tokens, turn) => ({ atMs: turn * 1000, prompt: tokens + 8, output: 1, ...text(tokens) })), {}, 32 + 64],
    ['leaves at least one token to compute', [{ atMs: 0, prompt: 96, output: 1, ...text(96) }, { atMs: 1000, prompt: 96, output: 1, ...text(96) }], {}, 80],
    ['is off when the profile says so', [{ atMs: 0, prompt: 110, output: 1, ...text(100) }, { atMs: 1000, prompt: 110, output: 1, ...text(100) }], { prefixCaching: false }, 0],
    ['forgets the longest unused first: the end of a text before its beginning', [
      { atMs: 0, prompt: 110, output: 1, ...text(100) },
      // 16 blocks in all: 7 were used before, 9 never; this one needs 11 of them, so 2 of the text's go after the 9 and its tail
      { atMs: 1000, prompt: 175, output: 1 },
      { atMs: 2000, prompt: 110, output: 1, ...text(100) },
    ], { kvBlocks: 17 }, 80],
  ])('%s', (_name, arrivals, changes, hits) => {
    const { engine } = play(arrivals, { profile: changes });
    expect(engine.meters.prefixQueries).toBe(arrivals.reduce((total, { prompt }) => total + prompt, 0));
    expect(engine.meters.prefixHits).toBe(hits);
    expect(engine.countFreeBlocks()).toBe(engine.profile.kvBlocks - 1);
  });

  it('saves the work of what it finds', () => {
    const { requests, engine } = play([{ atMs: 0, prompt: 110, output: 1, ...text(100) }, { atMs: 1000, prompt: 110, output: 1, ...text(100) }]);
    // 14 tokens to compute, 96 resident
    expect((requests[1]?.firstTokenAtMs ?? 0) - 1000).toBeCloseTo(10.5 + 1.4 + 0.096, 6);
    expect(engine.meters.prefillTokensComputed).toBe(110 + 14);
  });
});

describe('an engine that schedules as SGLang', () => {
  const sglang: Partial<ServingProfile> = { engine: 'sglang', blockTokens: 1, kvBlocks: 1025 };

  it('computes prompts in a batch of their own, and the others stand still meanwhile', () => {
    const { requests } = play([{ atMs: 0, prompt: 100, output: 3 }, { atMs: 21, prompt: 100, output: 1 }], { profile: sglang });
    // 20.5 the first prompt; 10.6 its second token; 20.5 the second prompt; 10.601 its third token
    expect(requests[1]?.firstTokenAtMs).toBeCloseTo(20.5 + 10.6 + 20.5, 6);
    expect(requests[0]?.endedAtMs).toBeCloseTo(20.5 + 10.6 + 20.5 + 10.601, 6);
  });

  it('lets in only what has room for its answer and 0.7 of what the running ones may still add, less with every iteration', () => {
    const beside = (output: number): ReturnType<typeof play> => play([{ atMs: 0, prompt: 100, output: 600 }, { atMs: 15, prompt: 100, output }], { profile: sglang });
    // 924 tokens are free, 0.7 × 599 promised: 504 are left for a prompt and its answer
    expect(beside(400).requests[1]?.firstTokenAtMs).toBeCloseTo(20.5 + 20.5, 6);
    const { requests: [first, second] } = beside(420);
    expect(second?.firstTokenAtMs).toBeGreaterThan(500);
    expect(second?.firstTokenAtMs).toBeLessThan(first?.endedAtMs ?? 0);
  });

  it('retracts those with the fewest tokens when its hope was too bold, and finishes them all the same', () => {
    // 700 iterations of one sequence have made it bold when forty come at once
    const arrivals = [{ atMs: 0, prompt: 10, output: 2000 }, ...Array.from({ length: 40 }, () => ({ atMs: 8000, prompt: 10, output: 200 }))];
    const { engine, requests } = play(arrivals, { profile: { ...sglang, kvBlocks: 4097, maxSequences: 64, maxModelTokens: 4096 } });
    expect(engine.meters.preemptions).toBeGreaterThan(5);
    expect(engine.meters.requestPreemptions.snapshot().sum).toBe(engine.meters.preemptions);
    expect(requests.every(({ ending }) => ending === 'completed')).toBe(true);
    expect(engine.meters.generationTokens).toBe(2000 + 40 * 200);
    expect(engine.countFreeBlocks()).toBe(4096);
  });
});
