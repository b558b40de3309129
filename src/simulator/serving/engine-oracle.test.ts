import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createEventQueue } from '../agenda.ts';
import { createEngine } from './engine.ts';
import type { ServingProfile } from './profile.ts';
import type { InferenceRequest } from './request.ts';

// The same server written the plain way: one iteration after the other, one block after the other, contents as texts, and a list of
// free blocks. It is slow and has nothing to count wrongly; the engine has to do the same to the microsecond.

interface Arrival {
  readonly atMs: number;
  readonly prompt: number;
  readonly output: number;
  readonly prefix?: { readonly id: number; readonly tokens: number };
}

interface Plain extends Arrival {
  readonly id: number;
  blocks: number[];
  computed: number;
  generated: number;
  target: number;
  prefilling: boolean;
  firstMs?: number;
  endMs?: number;
}

const profile: ServingProfile = {
  modelID: 'test/model', accelerator: 'A100',
  baseMs: 10, perPrefillTokenMs: 0.125, perSequenceMs: 0.5, perResidentTokenMs: 0.001, networkMs: 0,
  maxSequences: 6, tokenBudget: 96, kvBlocks: 41, blockTokens: 8, maxModelTokens: 320, costPerHour: 1,
};

function playPlainly(arrivals: readonly Arrival[]) {
  const { blockTokens, maxSequences, tokenBudget } = profile;
  const content = new Map<number, string>();
  const found = new Map<string, number>();
  const holders = new Map<number, number>();
  let free = Array.from({ length: profile.kvBlocks - 1 }, (_, index) => index);
  const coming = arrivals.map((arrival, id): Plain => ({ ...arrival, id, blocks: [], computed: 0, generated: 0, target: arrival.prompt, prefilling: true }));
  const requests = [...coming];
  const waiting: Plain[] = [];
  const running: Plain[] = [];
  let [nowMs, preemptions, hits] = [0, 0, 0];

  const textOf = (plain: Plain, index: number): string =>
    plain.prefix !== undefined && (index + 1) * blockTokens <= plain.prefix.tokens ? `text ${plain.prefix.id} block ${index}` : `request ${plain.id} block ${index}`;

  function cachedBlocks(plain: Plain): number[] {
    const blocks: number[] = [];
    for (let index = 0; (index + 1) * blockTokens <= plain.target - 1; index++) {
      const block = found.get(textOf(plain, index));
      if (block === undefined) break;
      blocks.push(block);
    }
    return blocks;
  }

  function allocate(plain: Plain, tokens: number): boolean {
    const more = Math.ceil((plain.computed + tokens) / blockTokens) - plain.blocks.length;
    if (more > free.length) return false;
    for (let count = 0; count < more; count++) {
      const block = free.shift() as number;
      const before = content.get(block);
      if (before !== undefined && found.get(before) === block) found.delete(before);
      content.delete(block);
      holders.set(block, 1);
      plain.blocks.push(block);
    }
    for (let index = 0; (index + 1) * blockTokens <= plain.computed + tokens; index++) {
      const text = textOf(plain, index);
      if (found.has(text)) continue;
      found.set(text, plain.blocks[index] as number);
      content.set(plain.blocks[index] as number, text);
    }
    return true;
  }

  function release(plain: Plain): void {
    for (const block of plain.blocks.toReversed()) {
      const left = (holders.get(block) ?? 0) - 1;
      holders.set(block, left);
      if (left === 0) free.push(block);
    }
    plain.blocks = [];
    plain.computed = 0;
  }

  function iterate(): void {
    const work: { plain: Plain; tokens: number }[] = [];
    let budget = tokenBudget;
    let preempted = false;
    for (let index = 0; index < running.length; index++) {
      const plain = running[index] as Plain;
      const tokens = Math.min(plain.target - plain.computed, budget);
      while (!allocate(plain, tokens)) {
        const youngest = running.pop() as Plain;
        release(youngest);
        youngest.target = youngest.prompt + youngest.generated;
        youngest.prefilling = true;
        waiting.unshift(youngest);
        preemptions += 1;
        preempted = true;
        if (youngest === plain) break;
      }
      if (plain !== running[index]) break;
      budget -= tokens;
      work.push({ plain, tokens });
    }
    const most = preempted ? 0 : maxSequences;
    while (budget > 0 && running.length < most && waiting[0] !== undefined) {
      const [plain] = waiting;
      const cached = cachedBlocks(plain);
      const unused = cached.filter((block) => (holders.get(block) ?? 0) === 0);
      if (Math.ceil(plain.target / blockTokens) - cached.length + unused.length > free.length) break;
      waiting.shift();
      free = free.filter((block) => !unused.includes(block));
      for (const block of cached) holders.set(block, (holders.get(block) ?? 0) + 1);
      plain.blocks = cached;
      plain.computed = cached.length * blockTokens;
      if (plain.target === plain.prompt && plain.firstMs === undefined && !seen.has(plain.id)) {
        hits += plain.computed;
        seen.add(plain.id);
      }
      const tokens = Math.min(plain.target - plain.computed, budget);
      allocate(plain, tokens);
      running.push(plain);
      budget -= tokens;
      work.push({ plain, tokens });
    }
    let ms = profile.baseMs + work.length * profile.perSequenceMs;
    for (const { plain, tokens } of work) {
      ms += plain.computed * profile.perResidentTokenMs;
      if (plain.prefilling) ms += tokens * profile.perPrefillTokenMs;
    }
    nowMs += ms;
    for (const { plain, tokens } of work) {
      plain.computed += tokens;
      if (plain.computed < plain.target) continue;
      plain.prefilling = false;
      plain.generated += 1;
      plain.target = plain.prompt + plain.generated;
      plain.firstMs ??= nowMs;
      if (plain.generated < plain.output) continue;
      plain.endMs = nowMs;
      running.splice(running.indexOf(plain), 1);
      release(plain);
    }
  }

  const seen = new Set<number>();
  while (coming.length > 0 || waiting.length > 0 || running.length > 0) {
    if (waiting.length === 0 && running.length === 0) nowMs = Math.max(nowMs, (coming[0] as Plain).atMs);
    while (coming[0] !== undefined && coming[0].atMs <= nowMs) waiting.push(coming.shift() as Plain);
    iterate();
  }
  return { requests: requests.map(({ firstMs, endMs }) => ({ firstMs, endMs })), preemptions, hits, free: free.length };
}

function playEngine(arrivals: readonly Arrival[], lookEveryMs?: number) {
  const agenda = createEventQueue(0);
  const engine = createEngine(profile, agenda);
  const requests = arrivals.map(({ atMs, prompt, output, prefix }, id): InferenceRequest => ({
    id, modelID: 'm', arrivedAtMs: atMs, promptTokens: prompt, generationTokens: output, ...(prefix && { prefix }), onEnd: () => {},
  }));
  for (const request of requests) agenda.at(request.arrivedAtMs, () => void engine.submit(request));
  if (lookEveryMs !== undefined) for (let atMs = 1; atMs < 10_000; atMs += lookEveryMs) agenda.at(atMs, () => void engine.kvUsedFraction());
  agenda.runUntil(10_000_000);
  return { requests, engine };
}

const arrivals = fc
  .uniqueArray(
    fc.record(
      {
        atMs: fc.integer({ min: 0, max: 4000 }),
        prompt: fc.integer({ min: 2, max: 160 }),
        output: fc.integer({ min: 1, max: 120 }),
        prefix: fc.record({ id: fc.integer({ min: 1, max: 3 }), tokens: fc.integer({ min: 1, max: 150 }) }),
      },
      { requiredKeys: ['atMs', 'prompt', 'output'] },
    ),
    { minLength: 1, maxLength: 30, selector: ({ atMs }) => atMs },
  )
  .map((list): Arrival[] =>
    list
      .map(({ prefix, ...rest }) => ({ ...rest, ...(prefix && { prefix: { ...prefix, tokens: Math.min(prefix.tokens, rest.prompt - 1) } }) }))
      .toSorted((a, b) => a.atMs - b.atMs)
      // moments that no iteration can end at, so that nobody is in doubt what came first: iterations take whole microseconds from an arrival on, and no two arrivals are those apart
      .map((arrival, index) => ({ ...arrival, atMs: arrival.atMs + 0.000137 * (index + 1) })),
  );

it('does to the microsecond what a plain server does, one iteration and one block after the other', () => {
  let [preemptions, hits] = [0, 0];
  fc.assert(
    fc.property(arrivals, fc.option(fc.integer({ min: 5, max: 90 })), (list, lookEveryMs) => {
      const plain = playPlainly(list);
      const { requests, engine } = playEngine(list, lookEveryMs ?? undefined);
      for (const [index, { firstMs = -1, endMs = -1 }] of plain.requests.entries()) {
        expect(requests[index]?.firstTokenAtMs).toBeCloseTo(firstMs, 3);
        expect(requests[index]?.endedAtMs).toBeCloseTo(endMs, 3);
      }
      expect({ preemptions: engine.meters.preemptions, hits: engine.meters.prefixHits }).toEqual({ preemptions: plain.preemptions, hits: plain.hits });
      expect(engine.countFreeBlocks()).toBe(plain.free);
      preemptions += plain.preemptions;
      hits += plain.hits;
    }),
    { numRuns: 300 },
  );
  expect(preemptions).toBeGreaterThan(100);
  expect(hits).toBeGreaterThan(1000);
});
