import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fresh, missing, type ReplicaObservation, type ReplicaReadings, type SequencesMemory } from '../../model/index.ts';
import { learnSequences, seenBound, type BatchContext } from './most-sequences.ts';

const shape: BatchContext['shape'] = { promptTokens: 500, generationTokens: 300, hitFraction: 0, tokensPerSequence: 650, promptVariation: 0.2, requests: 1000 };
const context: BatchContext = { shape, stage: 'all', budgetTokens: 2048, heldAtRouter: false };
const lookMs = 15_000;

/** A replica that runs so many for a minute and more, 30 ms a token, while 30 wait. */
type Shown = Partial<Record<Exclude<keyof ReplicaReadings, 'asleep'>, number | undefined>>;
const full = (running: number, more: Shown = {}): Shown => ({
  running, waiting: 30, kvUsedFraction: 0.2, kvCapacityTokens: 400_000, itlSeconds: 0.03, generationTokensPerSecond: running / 0.03, completionsPerSecond: running / 9, promptTokensPerSecond: (500 * running) / 9, prefixHitFraction: 0, preemptionsPerSecond: 0, ...more,
});
const replica = (shown: Shown, atMs: number): ReplicaObservation => ({ readings: new Proxy({}, { get: (_, name: keyof Shown) => (shown[name] === undefined ? missing('NotReported') : fresh(shown[name], atMs)) }) }) as ReplicaObservation;

function learned(looks: readonly (readonly Shown[])[], its: BatchContext = context, before?: SequencesMemory): SequencesMemory | undefined {
  const beginMs = (before?.atMs ?? 0) + lookMs;
  return looks.reduce((memory: SequencesMemory | undefined, shown, look) => learnSequences(memory, shown.map((one) => replica(one, beginMs + look * lookMs)), its), before);
}
const times = <T>(count: number, of: (look: number) => T): T[] => Array.from({ length: count }, (_, look) => of(look));
const boundAfter = (looks: readonly (readonly Shown[])[], its?: BatchContext, before?: SequencesMemory): number | undefined => {
  const memory = learned(looks, its, before);
  return memory && seenBound(memory, memory.atMs ?? 0);
};

describe('the sequences that an engine runs at once', () => {
  it('are seen where requests wait before full batches, after four looks of several replicas', () => {
    const looks = times(4, () => [full(16), full(16), full(16)]);
    expect(boundAfter(looks.slice(0, 3))).toBeUndefined();
    expect(boundAfter(looks)).toBe(16);
  });

  it('take longer to see in one replica: its batch is to be replaced five times', () => {
    // answers of 9 s, looks of 15
    expect(boundAfter(times(3, () => [full(16)]))).toBeUndefined();
    expect(boundAfter(times(4, () => [full(16)]))).toBe(16);
    const slow = { completionsPerSecond: 16 / 60 };
    expect(boundAfter(times(20, () => [full(16, slow)]))).toBeUndefined();
    expect(boundAfter(times(21, () => [full(16, slow)]))).toBe(16);
  });

  it('may show fewer: who ended in the last iteration has gone', () => {
    const short = { ...context, shape: { ...shape, generationTokens: 40 } };
    // 6.4 of 256 end with each iteration
    expect(boundAfter(times(8, (look) => [full(256 - ((5 * look) % 13), { waiting: 60 })]), short)).toBe(256);
    expect(boundAfter(times(8, (look) => [full(256 - ((5 * look) % 13), { waiting: 60 })]))).toBeUndefined();
  });

  it.each<[string, Shown, Partial<BatchContext>]>([
    ['no more wait than come just then', { waiting: 1 }, {}],
    ['few wait beside many: for a grammar or an adapter', { waiting: 7, running: 64, generationTokensPerSecond: 64 / 0.03 }, {}],
    ['half as many wait where prompts come from elsewhere: for the copy of their cache', { waiting: 7 }, { stage: 'answers' }],
    ['the cache is full', { kvUsedFraction: 0.85 }, {}],
    ['the cache has no room for a few long ones', { kvUsedFraction: 0.6, kvCapacityTokens: 7000 }, {}],
    ['nobody says how full the cache is', { kvUsedFraction: undefined }, {}],
    ['some were turned out of the cache', { preemptionsPerSecond: 0.1 }, {}],
    ['prompts fill the iterations', { promptTokensPerSecond: 50_000 }, {}],
    ['the engine hangs', { generationTokensPerSecond: 0, completionsPerSecond: 0 }, {}],
    ['the batch has just grown to that', { generationTokensPerSecond: 8 / 0.03 }, {}],
  ])('are not told by what runs while %s', (_, shown, more) => {
    const looks = times(40, () => [full(16, shown), full(16, shown)]);
    expect(boundAfter(looks, { ...context, ...more })).toBeUndefined();
  });

  it('are not told by what comes and goes while some wait for something else', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 40, maxLength: 80 }), fc.integer({ min: 3, max: 60 }), (chances, mean) => {
        // as widely as chance has it: two standard deviations either way
        const looks = chances.map((chance) => [full(Math.max(1, Math.round(mean + (4 * chance / 100 - 2) * Math.sqrt(mean))))]);
        const found = boundAfter(looks);
        if (found !== undefined) expect(found).toBe(Math.max(...looks.map(([one]) => one?.running ?? 0)));
        // only who stands still for as long as that
        const standing = Math.max(...looks.map((__, index) => looks.slice(index, index + 4).filter(([one]) => (one?.running ?? 0) >= (found ?? Infinity) * 0.875).length));
        if (standing < 4) expect(found).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });

  it('are seen too where a router holds requests back, which wait for no replica yet', () => {
    const looks = times(8, () => [full(16, { waiting: 0 }), full(16, { waiting: 0 })]);
    expect(boundAfter(looks)).toBeUndefined();
    expect(boundAfter(looks, { ...context, heldAtRouter: true })).toBe(16);
    // one that came late has no part in it
    expect(boundAfter(looks.map((look) => [...look, full(5, { waiting: 0 })]), { ...context, heldAtRouter: true })).toBe(16);
  });

  it('are one look by however many looks at the same sample', () => {
    let memory: SequencesMemory | undefined;
    for (let look = 0; look < 20; look++) memory = learnSequences(memory, [replica(full(16), 1000), replica(full(16), 1000)], context);
    expect(memory).toEqual({ most: 16, looks: 1, renewals: 0, atMs: 1000 });
  });

  it('are none where readings are old', () => {
    const old = { readings: new Proxy({}, { get: (_, name: keyof Shown) => ({ kind: 'stale', value: full(16)[name] ?? 0, atMs: 0, ageMs: 90_000 }) }) } as ReplicaObservation;
    expect(times(20, () => old).reduce((memory: SequencesMemory | undefined, one) => learnSequences(memory, [one], context), undefined)).toBeUndefined();
  });

  const sure = learned(times(20, () => [full(16), full(16)]));

  it('are begun anew at once when one runs more, and raised when it is hardly more', () => {
    expect(boundAfter([[full(16), full(24)]], context, sure)).toBeUndefined();
    expect(learned([[full(3, { waiting: 0 }), full(24, { waiting: 0 })]], context, sure)).toEqual({ most: 24 });
    expect(boundAfter([[full(16), full(17)]], context, sure)).toBe(17);
  });

  it('are doubted when replicas stand still below, and given up when they do so three times', () => {
    const below = [full(8), full(16)];
    expect(boundAfter([below, below], context, sure)).toBe(16);
    expect(boundAfter([below, below, below], context, sure)).toBeUndefined();
  });

  it('stay as they are while nobody waits', () => {
    expect(learned(times(100, () => [full(3, { waiting: 0 })]), context, sure)).toBe(sure);
  });

  it('are thought to be twice as many a week later, where nobody has waited since', () => {
    const memory = sure as SequencesMemory;
    expect(seenBound(memory, (memory.atMs as number) + 7 * 86_400_000)).toBe(32);
    expect(seenBound(memory, (memory.atMs as number) + 3_600_000)).toBe(16);
  });

  it('are never fewer than one has run, whatever is shown', () => {
    const any = fc.record({ running: fc.nat(40), waiting: fc.nat(40), kvUsedFraction: fc.double({ min: 0, max: 1, noNaN: true }), itlSeconds: fc.constant(0.03), generationTokensPerSecond: fc.nat(1200), completionsPerSecond: fc.nat(5), promptTokensPerSecond: fc.nat(2000) });
    fc.assert(
      fc.property(fc.array(fc.array(any, { maxLength: 3 }), { maxLength: 30 }), (looks) => {
        const memory = learned(looks);
        const most = Math.max(0, ...looks.flat().map(({ running }) => running));
        expect(memory?.most ?? 0).toBe(most);
        if (memory !== undefined) expect(seenBound(memory, memory.atMs ?? 0) ?? Infinity).toBeGreaterThanOrEqual(most);
        if (memory !== undefined) expect(JSON.parse(JSON.stringify(memory))).toEqual(memory);
      }),
    );
  });
});
