import { describe, expect, it } from 'vitest';
import { createEventQueue } from '../agenda.ts';
import { createEngine } from './engine.ts';
import type { ServingProfile } from './profile.ts';
import type { InferenceRequest } from './request.ts';

// 10 kB a token at 1 Gbit/s (125 kB/ms): 100 tokens are copied in 8 ms, and 2 ms of latency
const profile: ServingProfile = {
  modelID: 'test/model', accelerator: 'A100',
  baseMs: 10, perPrefillTokenMs: 0.1, perSequenceMs: 0.5, perResidentTokenMs: 0, networkMs: 1,
  maxSequences: 4, tokenBudget: 256, kvBlocks: 65, blockTokens: 10, maxModelTokens: 640, costPerHour: 1,
  kvBytesPerToken: 1e4, transferGbps: 1, transferLatencyMs: 2,
};

function stand(changes: Partial<ServingProfile> = {}) {
  const agenda = createEventQueue(0);
  const prefill = createEngine({ ...profile, ...changes }, agenda, { role: 'prefill' });
  const decode = createEngine({ ...profile, ...changes }, agenda, { role: 'decode' });
  const requests: InferenceRequest[] = [];
  function send(promptTokens: number, generationTokens: number, prefix?: { readonly id: number; readonly tokens: number }): InferenceRequest {
    const request: InferenceRequest = {
      id: requests.length, modelID: 'm', arrivedAtMs: agenda.now(), promptTokens, generationTokens, ...(prefix && { prefix }), onEnd: () => {},
    };
    requests.push(request);
    expect(decode.submit(request, { prefillAt: prefill })).toBe(true);
    return request;
  }
  return { agenda, prefill, decode, send, requests };
}

describe('a prompt on its way from a prefill to a decode server', () => {
  it('is computed there, copied, and its first token is sampled here', () => {
    const { agenda, prefill, decode, send } = stand();
    const request = send(100, 3);
    expect({ expected: decode.expected(), running: prefill.running() }).toEqual({ expected: 1, running: 1 });
    agenda.runUntil(25);
    // 10.5 + 100 × 0.1 of prefill; the copy ends 10 ms later, and both hold the blocks until then
    expect({ expected: decode.expected(), waiting: decode.waiting(), copying: decode.copying(), handingOver: prefill.handingOver() }).toEqual({ expected: 0, waiting: 1, copying: 1, handingOver: 1 });
    expect(prefill.kvUsedFraction()).toBeCloseTo(10 / 64, 9);
    expect(decode.kvUsedFraction()).toBeCloseTo(10 / 64, 9);
    agenda.runUntil(32);
    expect({ prefill: prefill.kvUsedFraction(), handingOver: prefill.handingOver(), running: decode.running() }).toEqual({ prefill: 0, handingOver: 0, running: 1 });
    agenda.runUntil(1000);
    // the last token of the prompt is computed again, 0.1 ms; then two decode iterations
    expect(request.firstTokenAtMs).toBeCloseTo(20.5 + 8 + 2 + 10.6 + 1, 6);
    expect(request.endedAtMs).toBeCloseTo(20.5 + 8 + 2 + 10.6 + 2 * 10.5 + 1, 6);
    expect(prefill.meters).toMatchObject({ succeeded: 1, aborted: 0, generationTokens: 1, promptTokens: 100 });
    expect(decode.meters).toMatchObject({ succeeded: 1, aborted: 0, generationTokens: 3, promptTokens: 100 });
    // its own clock began when the prompt was computed
    expect(decode.meters.ttft.snapshot().sum).toBeCloseTo((8 + 2 + 10.6) / 1000, 9);
  });

  it('shares the link with others: one after the other, their latencies side by side', () => {
    const { agenda, send, requests } = stand();
    send(100, 1);
    send(100, 1);
    agenda.runUntil(1000);
    // the second prompt is through at 41; the decode server gives it blocks after its iteration, at 41.1
    expect(requests.map(({ firstTokenAtMs = 0 }) => firstTokenAtMs)).toEqual([expect.closeTo(20.5 + 10 + 10.6 + 1, 6), expect.closeTo(41.1 + 10 + 10.6 + 1, 6)]);
    const slow = stand({ transferGbps: 0.1 });
    slow.send(100, 1);
    slow.send(100, 1);
    slow.agenda.runUntil(1000);
    // 80 ms each: the second waits for the first
    expect(slow.requests[1]?.firstTokenAtMs).toBeCloseTo(20.5 + 80 + 80 + 2 + 10.6 + 1, 6);
  });

  it('is copied only as far as it is not here already', () => {
    const { agenda, decode, send } = stand();
    const text = { id: 1, tokens: 100 };
    send(110, 1, text);
    agenda.runUntil(500);
    const second = send(110, 1, text);
    agenda.runUntil(1000);
    // the prefill server finds 100 tokens as well, and computes 10; 10 are copied, in 0.8 ms
    expect(second.firstTokenAtMs).toBeCloseTo(500 + 10.5 + 1 + 0.8 + 2 + 10.6 + 1, 6);
    expect(decode.meters).toMatchObject({ prefixQueries: 220, prefixHits: 100 });
  });

  it('waits at the prefill server, which holds its blocks, until the decode server has room', () => {
    const { agenda, prefill, decode, send, requests } = stand();
    send(400, 100);
    send(400, 2);
    // the second prompt begins when the first one's blocks are copied, at 95, and is through at 156
    agenda.runUntil(200);
    expect({ waiting: decode.waiting(), copying: decode.copying(), handingOver: prefill.handingOver() }).toEqual({ waiting: 1, copying: 0, handingOver: 1 });
    expect(prefill.kvUsedFraction()).toBeCloseTo(40 / 64, 9);
    agenda.runUntil(5000);
    expect(requests[1]?.firstTokenAtMs).toBeGreaterThan(requests[0]?.endedAtMs ?? Infinity);
    expect(prefill.kvUsedFraction() + decode.kvUsedFraction()).toBe(0);
  });

  it.each([['while it is computed', 10], ['while it is copied', 25], ['while it decodes', 35]] as const)('leaves nothing behind when its client gives up %s', (_when, atMs) => {
    const { agenda, prefill, decode, send } = stand();
    const request = send(100, 50);
    agenda.runUntil(atMs);
    expect(decode.cancel(request)).toBe(true);
    agenda.runUntil(2000);
    expect(request).toMatchObject({ ending: 'timed-out', endedAtMs: atMs });
    expect(prefill.countFreeBlocks() + decode.countFreeBlocks()).toBe(128);
    expect(prefill.running() + prefill.handingOver() + decode.running() + decode.waiting() + decode.expected()).toBe(0);
  });

  it.each([['prefill', 10, 'lost'], ['prefill', 25, 'lost'], ['prefill', 35, 'completed'], ['decode', 10, 'lost'], ['decode', 25, 'lost'], ['decode', 35, 'lost']] as const)(
    'when the %s server dies at %i ms it is %s',
    (which, atMs, ending) => {
      const { agenda, prefill, decode, send } = stand();
      const request = send(100, 50);
      agenda.runUntil(atMs);
      (which === 'prefill' ? prefill : decode).kill();
      agenda.runUntil(2000);
      expect(request.ending).toBe(ending);
      expect(prefill.countFreeBlocks() + decode.countFreeBlocks()).toBe(128);
    },
  );

  it('lets the next one have the blocks of a copy that was lost with its prefill server', () => {
    const { agenda, prefill, decode, send, requests } = stand({ transferGbps: 0.01 });
    send(400, 2);
    const other = createEngine(profile, agenda, { role: 'prefill' });
    const next: InferenceRequest = { id: 1, modelID: 'm', arrivedAtMs: 0, promptTokens: 400, generationTokens: 2, onEnd: () => {} };
    expect(decode.submit(next, { prefillAt: other })).toBe(true);
    agenda.runUntil(500);
    // 40 of 64 blocks each: the second has to wait for the first, whose copy would take 3.2 s
    expect({ waiting: decode.waiting(), copying: decode.copying() }).toEqual({ waiting: 2, copying: 1 });
    prefill.kill();
    agenda.runUntil(10_000);
    expect([requests[0]?.ending, next.ending]).toEqual(['lost', 'completed']);
    expect(prefill.countFreeBlocks() + other.countFreeBlocks() + decode.countFreeBlocks()).toBe(3 * 64);
  });

  it('says of a decode server that is drained that it is empty when its last prompt is lost elsewhere', () => {
    const { agenda, prefill, decode, send } = stand();
    send(100, 2);
    let emptyAtMs: number | undefined;
    decode.whenEmpty(() => (emptyAtMs = agenda.now()));
    agenda.runUntil(10);
    prefill.kill();
    expect(emptyAtMs).toBe(10);
  });

  it('keeps a prefill server that is drained until its blocks are copied', () => {
    const { agenda, prefill, send } = stand();
    send(100, 50);
    let emptyAtMs: number | undefined;
    prefill.whenEmpty(() => (emptyAtMs = agenda.now()));
    agenda.runUntil(2000);
    expect(emptyAtMs).toBeCloseTo(30.5, 6);
  });
});
