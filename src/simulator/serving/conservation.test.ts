import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../runtime/index.ts';
import { createEventQueue } from '../agenda.ts';
import { createEngine } from './engine.ts';
import type { Engine, EngineRole } from './engine.ts';
import type { ServingProfile } from './profile.ts';
import type { InferenceRequest } from './request.ts';
import { createRouter } from './router.ts';

const profile: ServingProfile = {
  modelID: 'test/model', accelerator: 'A100',
  baseMs: 10, perPrefillTokenMs: 0.1, perSequenceMs: 0.5, perResidentTokenMs: 0.001, networkMs: 2,
  maxSequences: 5, tokenBudget: 64, kvBlocks: 33, blockTokens: 8, maxModelTokens: 256, costPerHour: 1,
  kvBytesPerToken: 1e5, transferGbps: 1, transferLatencyMs: 3,
};

const fleets: readonly (readonly EngineRole[])[] = [['both'], ['both', 'both'], ['decode', 'prefill'], ['decode', 'decode', 'prefill'], ['decode', 'prefill', 'prefill', 'both']];

const plans = fc.record({
  roles: fc.constantFrom(...fleets),
  kind: fc.constantFrom('vllm', 'sglang'),
  policy: fc.constantFrom('least-loaded', 'round-robin', 'scored'),
  flowControl: fc.boolean(),
  requests: fc.array(
    fc.record({
      atMs: fc.integer({ min: 0, max: 3000 }), prompt: fc.integer({ min: 1, max: 150 }), output: fc.integer({ min: 1, max: 100 }),
      prefix: fc.option(fc.record({ id: fc.integer({ min: 1, max: 3 }), tokens: fc.integer({ min: 1, max: 200 }) }), { nil: undefined }),
      givesUpAfterMs: fc.option(fc.integer({ min: 0, max: 2000 }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 40 },
  ),
  blows: fc.array(
    fc.record({ atMs: fc.integer({ min: 0, max: 6000 }), server: fc.nat(5), what: fc.constantFrom('kill', 'drain', 'add', 'slow', 'look') }),
    { maxLength: 6 },
  ),
});

function play({ roles, kind, policy, flowControl, requests: asked, blows }: typeof plans extends fc.Arbitrary<infer Plan> ? Plan : never) {
  const agenda = createEventQueue(0);
  const router = createRouter(agenda, { policy, flowControl, patienceMs: 2000, random: createRandom('router') });
  const engines: Engine[] = [];
  const [drained, emptied, killed] = [new Set<number>(), new Set<number>(), new Set<number>()];
  function add(role: EngineRole): void {
    const engine = createEngine({ ...profile, engine: kind, ...(kind === 'sglang' && { blockTokens: 1, kvBlocks: 257 }) }, agenda, { role });
    engines.push(engine);
    router.addServer(`server ${engines.length}`, engine);
  }
  roles.forEach(add);
  const requests = asked.map(({ atMs, prompt, output, prefix }, id): InferenceRequest => ({
    id, modelID: 'm', arrivedAtMs: atMs, promptTokens: prompt, generationTokens: output, ...(prefix && { prefix }), onEnd: () => {},
  }));
  for (const [index, request] of requests.entries()) {
    agenda.at(request.arrivedAtMs, () => router.submit(request));
    const { givesUpAfterMs } = asked[index] ?? {};
    if (givesUpAfterMs !== undefined) agenda.at(request.arrivedAtMs + givesUpAfterMs, () => expect(router.cancel(request)).toBe(request.ending === 'timed-out'));
  }
  for (const { atMs, server, what } of blows) {
    agenda.at(atMs, () => {
      const index = server % engines.length;
      const engine = engines[index] as Engine;
      if (what === 'add') add(roles[server % roles.length] as EngineRole);
      if (what === 'slow') engine.slowDown(3);
      if (what === 'look') expect(engine.meters.generationTokens).toBeGreaterThanOrEqual(0);
      if (what === 'kill' || what === 'drain') router.removeServer(`server ${index + 1}`);
      if (what === 'kill') {
        killed.add(index);
        engine.kill();
      }
      if (what === 'drain') {
        drained.add(index);
        engine.whenEmpty(() => {
          expect(engine.kvUsedFraction()).toBe(0);
          emptied.add(index);
        });
      }
    });
  }
  agenda.runUntil(10_000_000);
  return { agenda, router, engines, requests, emptied, drained, killed };
}

describe('whatever happens to a fleet', () => {
  it('every request ends exactly once, tokens in are tokens out, and no block is held by nobody', () => {
    const endings = new Map<string | undefined, number>();
    fc.assert(
      fc.property(plans, (plan) => {
        const { agenda, router, engines, requests } = play(plan);
        for (const { ending } of requests) endings.set(ending, (endings.get(ending) ?? 0) + 1);
        expect(requests.every(({ ending }) => ending !== undefined)).toBe(true);
        expect(router.inFlight() + router.held() + router.heldTokens()).toBe(0);
        expect(router.meters.arrived).toBe(requests.length);
        expect(router.meters.answered + router.meters.refused).toBe(requests.length);
        expect(agenda.nextAtMs()).toBeUndefined();
        const completed = requests.filter(({ ending }) => ending === 'completed');
        const tokens = completed.reduce((total, { generationTokens }) => total + generationTokens, 0);
        expect(router.meters.generationTokens).toBe(tokens);
        for (const { arrivedAtMs, firstTokenAtMs = 0, endedAtMs = 0 } of completed) {
          expect(firstTokenAtMs).toBeGreaterThan(arrivedAtMs);
          expect(endedAtMs).toBeGreaterThanOrEqual(firstTokenAtMs);
        }
        for (const engine of engines) {
          expect(engine.kvUsedFraction()).toBe(0);
          expect(engine.countFreeBlocks()).toBe(engine.profile.kvBlocks - 1);
          expect(engine.running() + engine.waiting() + engine.waitingTokens() + engine.expected() + engine.copying() + engine.handingOver()).toBe(0);
        }
        const answering = engines.filter(({ role }) => role !== 'prefill');
        const sum = (of: (engine: Engine) => number): number => answering.reduce((total, engine) => total + of(engine), 0);
        expect(sum(({ meters }) => meters.succeeded)).toBe(completed.length);
        expect(sum(({ meters }) => meters.requestGenerationTokens.snapshot().sum)).toBe(tokens);
        // what was sampled for requests that did not complete comes on top
        expect(sum(({ meters }) => meters.generationTokens)).toBeGreaterThanOrEqual(tokens);
        if (completed.length === requests.length) expect(sum(({ meters }) => meters.generationTokens)).toBe(tokens);
        // one gap for each token after the first, whether iterations ran one by one or as one event
        if (completed.length === requests.length) expect(sum(({ meters }) => meters.interToken.snapshot().count)).toBe(tokens - completed.length);
        if (completed.length === requests.length) {
          const seconds = completed.reduce((total, { firstTokenAtMs = 0, endedAtMs = 0 }) => total + (endedAtMs - firstTokenAtMs) / 1000, 0);
          expect(sum(({ meters }) => meters.interToken.snapshot().sum)).toBeCloseTo(seconds, 6);
        }
      }),
      { numRuns: 1500 },
    );
    for (const ending of ['completed', 'lost', 'refused', 'timed-out']) expect(endings.get(ending)).toBeGreaterThan(50);
  });

  it('is the same for the same plan', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const ends = (): unknown => play(plan).requests.map(({ firstTokenAtMs, endedAtMs, ending }) => ({ firstTokenAtMs, endedAtMs, ending }));
        expect(ends()).toEqual(ends());
      }),
      { numRuns: 50 },
    );
  });

  it('a server that is drained says so once it is empty, whoever else dies meanwhile', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const { emptied, drained, killed } = play(plan);
        for (const server of drained) expect(emptied.has(server) || killed.has(server)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
